"""What an answer rests on: the gate that its text passes, and the citations that are kept of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from phiward.clinical.calibration import Calibration
from phiward.clinical.evidence import SentenceEvidence
from phiward.clinical.gate import EvidenceGate, UnsupportedPolicy
from phiward.domain.chart import Citation
from phiward.domain.passages import Passage


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """The organisation's rules: what becomes of unsupported sentences, and what was calibrated here."""

    unsupported: UnsupportedPolicy = UnsupportedPolicy.MARK
    calibration: Calibration | None = None

    def gate_over(self, passages: Sequence[Passage]) -> Callable[[], EvidenceGate]:
        """What makes a gate for each choice of an answer that is to rest on these passages."""
        return lambda: EvidenceGate(passages, self.unsupported)


def citations(passages: Sequence[Passage], sentences: Mapping[int, Sequence[SentenceEvidence]]) -> list[Citation]:
    """Every passage of the prompt by its number, and whether a sentence of any choice rests on it."""
    cited = {number for found in sentences.values() for one in found for number in one.passages}
    return [
        Citation(number, one.origin, source, version, one.start, one.end, number in cited)
        for number, one in enumerate(passages, 1)
        for source, version in _sources(one)
    ]


def _sources(passage: Passage) -> Sequence[tuple[UUID, int]]:
    """What a passage rests on, each in its version: one document, or every fact of it."""
    if passage.facts:
        return list(zip(passage.facts, passage.fact_versions, strict=True))
    return [(passage.source, passage.version)]
