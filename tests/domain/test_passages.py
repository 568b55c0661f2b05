"""A passage does not print what it says."""

from uuid import uuid4

from phiward.domain.passages import NOTHING_RETRIEVED, Origin, Passage, RetrievalAsk, Retrieved

CANARY = "Zelda Quagmire"


def test_a_passage_prints_its_place_only() -> None:
    """Alone, within what was retrieved, and what was asked."""
    made = Passage(Origin.CHART, uuid4(), 1, 0, 14, CANARY, CANARY, CANARY, CANARY)
    assert CANARY not in repr(Retrieved((made,)))
    assert CANARY not in repr(RetrievalAsk(section=CANARY))


def test_nothing_was_retrieved_where_nothing_was_asked() -> None:
    """Every count is none."""
    assert Retrieved() == NOTHING_RETRIEVED
    assert not NOTHING_RETRIEVED.passages
