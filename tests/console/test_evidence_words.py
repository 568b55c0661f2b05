"""What is said of evidence and gaps."""

from dataclasses import replace
from uuid import UUID

import pytest

from phiward.clinical.claims import Claim
from phiward.console.evidence_words import LACKING, excerpt, lacking, not_used, sent, shown_first
from phiward.domain.passages import Origin
from phiward.domain.shown import NotUsed, SaidSentence, SentPiece, ShownSource
from tests.domain.test_shown import ANSWER


def test_every_reason_that_the_check_knows_has_its_words() -> None:
    """And no other."""
    assert set(LACKING) == {str(one) for one in Claim}
    assert lacking(SaidSentence("x", "claim", False, (), ("drug", "words"))) == "Drug not in source"
    assert lacking(SaidSentence("x", "claim", False)) == "No source"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (NotUsed(), []),
        (NotUsed(not_shown=2), [("Closed", "2 documents or facts closed to you by policy for this purpose")]),
        (NotUsed(not_indexed=1), [("Unreadable", "1 document cannot be searched yet")]),
        (NotUsed(by_meaning=False), [("By words only", "the chart's vectors are of another embedding model")]),
    ],
)
def test_each_gap_is_said_with_its_count(left: NotUsed, said: list[tuple[str, str]]) -> None:
    """And nothing where there is none."""
    assert list(not_used(left)) == said


def test_every_count_of_what_was_not_used_is_said() -> None:
    """A new one cannot be forgotten."""
    every = NotUsed(1, 1, 1, 1, False, 1, 1, 1)
    assert len(not_used(every)) == len(NotUsed.__dataclass_fields__)


def test_what_was_sent_is_counted_and_one_pair_is_shown_first() -> None:
    """The excerpt that the answer rests on."""
    assert sent(ANSWER) == "your question and 0 excerpts, 1 identifier replaced"
    source = ShownSource(2, Origin.CHART, UUID(int=9), 1, 0, 1, True, "t", "t")
    pieces = (*ANSWER.sent, SentPiece("Excerpt 1", "a", "a"), SentPiece("Excerpt 2", "b", "b"))
    made = replace(ANSWER, sources=(source,), sent=pieces)
    assert [one.what for one in shown_first(made)] == ["Excerpt 2"]
    assert [one.what for one in shown_first(ANSWER)] == ["Your question"]


def test_an_excerpt_ends_with_a_word() -> None:
    """On one line."""
    assert excerpt("an invented\nnote", 100) == "an invented note"
    assert excerpt("an invented note", 12) == "an invented …"
