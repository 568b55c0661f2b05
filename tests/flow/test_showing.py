"""An answer as its reader sees it: what is cut, what is marked, and what is shown as sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.evidence import SentenceEvidence, SentenceKind
from phiward.domain.shown import SentPiece
from phiward.flow.showing import pieces_of, replaced_of, sentence
from tests.flow.fakes import NOW
from tests.flow.test_answering import AnswersTwin, ask
from tests.flow.test_journey import House


def found(text: str) -> SentenceEvidence:
    """All of it."""
    return SentenceEvidence(0, len(text), SentenceKind.CLAIM, (1,), "model", True, (), ())


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Takes it [note 1].", "Takes it."),
        ("- Takes it [1, 2], daily.", "Takes it, daily."),
        ("3. Takes\n  it.", "Takes it."),
        ("<b>Takes</b> it.", "<b>Takes</b> it."),
    ],
)
def test_a_sentence_is_shown_without_its_marks_and_otherwise_as_it_is(said: str, shown: str) -> None:
    """Markup stays text; the page escapes it."""
    assert sentence(said, found(said), 2).text == shown


@given(st.text(alphabet="ab [_]1PATIENT:", max_size=60))
def test_cutting_at_placeholders_loses_nothing(text: str) -> None:
    """Joined, it is the text again."""
    assert "".join(piece for _, piece in pieces_of(text)) == text


@pytest.mark.parametrize(
    ("seen", "sent", "replaced"),
    [
        ("Zora came 1 May.", "[PATIENT_1] came [DATE_1].", ["Zora", "1 May"]),
        ("Zora", "[PATIENT_1]", ["Zora"]),
        ("No names.", "No names.", []),
        ("Zora came.", "Something else [PATIENT_1].", []),
    ],
)
def test_what_was_replaced_is_found_between_the_words_that_both_share(
    seen: str, sent: str, replaced: list[str]
) -> None:
    """In one piece where they differ; nothing is lost."""
    cut = replaced_of(SentPiece("x", seen, sent))
    assert [text for was, text in cut if was] == replaced
    assert "".join(text for _, text in cut) == seen


async def test_what_was_sent_is_the_very_body_without_the_mark_of_the_session() -> None:
    """Piece by piece; no identifier of the patient is in what was sent, and the canary is shown to nobody."""
    house = House()
    made = (await ask(house, AnswersTwin(), "Does Margaret Okafor take lisinopril?"))[-1]
    sent = {one.what: one for one in made.sent}  # type: ignore[union-attr]
    assert sent["Your question"].seen == "Does Margaret Okafor take lisinopril?"
    assert "Okafor" not in sent["Your question"].sent
    assert "[PATIENT_1]" in sent["Your question"].sent
    assert "Takes lisinopril daily." in sent["Excerpt 1"].sent
    assert "a mark of this session" in sent["Our instructions"].sent
    assert made.asked_at == NOW  # type: ignore[union-attr]
