"""What is kept of an answer's sources."""

from uuid import UUID

from phiward.clinical.gate import UnsupportedPolicy
from phiward.domain.facts import FactId
from phiward.domain.passages import Origin, Passage
from phiward.flow.citing import EvidenceRules, citations


def passage(number: int, text: str) -> Passage:
    """A passage of a document."""
    return Passage(Origin.CHART, UUID(int=number), 1, 7, 7 + len(text), text, "Note")


def test_each_fact_of_a_passage_is_kept_in_its_own_version() -> None:
    """So that each is followed by itself."""
    ids = (FactId(UUID(int=4)), FactId(UUID(int=2)))
    facts = Passage(Origin.FACTS, ids[0], 3, 0, 9, "two lines", "Facts", facts=ids, fact_versions=(3, 1))
    kept = citations((facts, passage(9, "Note.")), {})
    assert [(one.number, one.source.int, one.version) for one in kept] == [(1, 4, 3), (1, 2, 1), (2, 9, 1)]


def test_each_choice_has_a_gate_of_its_own_and_every_passage_is_kept() -> None:
    """Whether a sentence rested on it or not: both were in the prompt."""
    passages = (passage(1, "Potassium was 4.1 mmol/L."), passage(2, "Sodium was 140 mmol/L."))
    make = EvidenceRules(UnsupportedPolicy.MARK).gate_over(passages)
    one, other = make(), make()
    assert one is not other
    released = one.feed("Potassium was 4.1 mmol/L. [note 1]\n") + one.finish()
    assert "unsupported" not in released
    kept = citations(passages, {0: one.sentences, 1: other.sentences})
    assert [(k.number, k.source.int, k.start, k.end, k.cited) for k in kept] == [
        (1, 1, 7, 32, True),
        (2, 2, 7, 29, False),
    ]
