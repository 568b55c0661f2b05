"""The layout: never above the budget, text unchanged, headings that can be cited."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.documents import SourceFormat
from phiward.domain.facts import FactId
from phiward.domain.passages import Origin, Passage
from phiward.retrieval.layout import SCANNED, context_text, fit, heading

_DAY = datetime(2020, 1, 31, 23, 30, tzinfo=UTC)
_SOURCE = "Fever came back. No cough. " * 30


def _passage(number: int = 1, start: int = 0, end: int = 26, *, day: int | None = 0, title: str = "Note") -> Passage:
    at = None if day is None else _DAY + timedelta(days=day)
    text = _SOURCE[start:end]
    return Passage(Origin.CHART, UUID(int=number), 1, start, end, text, title=title, written_at=at)


def _facts(lines: int) -> Passage:
    text = "\n".join(f"2020-01-01 Sodium: 14{n}" for n in range(lines))
    ids = tuple(FactId(UUID(int=n)) for n in range(lines))
    return Passage(Origin.FACTS, ids[0], 1, 0, len(text), text, title="Facts", facts=ids)


def _guideline(number: int, end: int = 26) -> Passage:
    return Passage(
        Origin.CORPUS, UUID(int=number), 1, 0, end, _SOURCE[:end], title="Fever", section="Adults", corpus="g"
    )


_PASSAGES = st.lists(
    st.one_of(
        st.builds(
            _passage,
            st.integers(1, 3),
            st.integers(0, 20),
            st.integers(21, 400),
            day=st.none() | st.integers(0, 3),
            title=st.sampled_from(["", "Progress\nnote"]),
        ),
        st.builds(_facts, st.integers(1, 6)),
        st.builds(_guideline, st.integers(1, 3), st.integers(1, 400)),
    ),
    max_size=8,
)


@given(_PASSAGES, st.integers(-1, 9), st.integers(-5, 1500))
@settings(max_examples=300)
def test_the_layout_never_exceeds_the_budget(passages: list[Passage], most: int, characters: int) -> None:
    """Neither the number of passages nor that of characters, headings and blank lines included."""
    chosen = fit(passages, most, characters)
    assert len(context_text(chosen)) <= max(characters, 0)
    assert len(chosen) <= max(most, 0)


@given(_PASSAGES, st.integers(0, 1500))
def test_a_passage_is_left_as_it_is_or_left_out_but_for_the_first(passages: list[Passage], characters: int) -> None:
    """What is cut still says exactly what its source says from `start` to `end`."""
    for passage in fit(passages, 9, characters):
        if passage in passages:
            continue
        first = passages[0]
        assert (passage.source, passage.start) == (first.source, first.start)
        assert passage.text == first.text[: passage.end - passage.start]
        assert passage.origin is not Origin.FACTS or len(passage.facts) == len(passage.text.splitlines())


@given(_PASSAGES, st.integers(0, 1500))
def test_the_best_come_first_where_there_is_room(passages: list[Passage], characters: int) -> None:
    """A passage is left out only for those before it."""
    chosen = list(fit(passages, 9, characters))
    for n, passage in enumerate(passages):
        if passage not in chosen:
            better = fit(passages[: n + 1], 9, characters)
            assert passage not in better


def test_a_passage_that_does_not_fit_makes_room_for_a_shorter_one() -> None:
    """It is left out whole."""
    assert fit([_passage(1), _passage(2, 0, 800), _passage(3)], 9, 130) == (_passage(1), _passage(3))


def test_a_first_passage_that_is_too_long_is_cut_at_the_end_of_a_sentence() -> None:
    """With its end moved, and no mark: what stands there is the source."""
    (cut,) = fit([_passage(1, 27, 700)], 9, 90)
    assert cut.text == _SOURCE[27 : cut.end] == "Fever came back. No cough. Fever came back. No cough."
    (facts,) = fit([_facts(6)], 9, 80)
    assert facts.text == "2020-01-01 Sodium: 140\n2020-01-01 Sodium: 141"
    assert facts.facts == (FactId(UUID(int=0)), FactId(UUID(int=1)))


def test_a_first_passage_without_room_for_one_sentence_is_left_out() -> None:
    """Half a sentence may say the opposite of the whole."""
    assert fit([_passage(1, 0, 700)], 9, 44) == ()
    assert len(fit([_passage(1, 0, 700)], 9, 45)) == 1


def test_the_chart_is_read_in_order_of_time_between_facts_and_guidelines() -> None:
    """Within a document in its own order; guidelines as they were found."""
    late, early, undated = _passage(1, day=5), _passage(2, day=1), _passage(4, day=None)
    second = _passage(1, 27, 43, day=5)
    guidelines = [_guideline(9), _guideline(8)]
    chosen = fit([late, guidelines[0], second, early, _facts(1), guidelines[1], undated], 99, 9999)
    assert chosen == (_facts(1), undated, early, late, second, *guidelines)


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        (_passage(), "[note 3] Note, 2020-01-31"),
        (_passage(title="Two\nlines "), "[note 3] Two lines, 2020-01-31"),
        (_passage(title="", day=None), "[note 3] Untitled"),
        (_facts(1), "[note 3] Facts"),
        (_guideline(1), "[note 3] Guideline: Fever, Adults"),
        (
            Passage(
                *(Origin.CHART, UUID(int=1), 1, 0, 1, "x"),
                title="Letter",
                section="Plan",
                author="A. Testperson",
                written_at=_DAY,
                format=SourceFormat.SCAN,
            ),
            f"[note 3] Letter, Plan, A. Testperson, 2020-01-31 {SCANNED}",
        ),
    ],
)
def test_a_heading_is_one_line_that_says_what_it_is(passage: Passage, expected: str) -> None:
    """Number, title, section, author, UTC date; a guideline and a scan say so."""
    assert heading(3, passage) == expected


def test_passages_are_numbered_from_1_with_their_text_unchanged() -> None:
    """A blank line between; nothing for none."""
    assert context_text([]) == ""
    assert context_text([_passage(), _passage(2)]) == (
        "[note 1] Note, 2020-01-31\nFever came back. No cough.\n\n[note 2] Note, 2020-01-31\nFever came back. No cough."
    )
