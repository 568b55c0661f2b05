"""What stands beside a clinical answer: its label, how much of it is supported, what could not be read, how sure it is.

Source of what must be shown: the FDA's guidance on clinical decision support software (2026), by which a clinician must
be able to review the basis of a recommendation, the inputs that were missing, and the limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from phiward.clinical.calibration import Calibration, Confidence, confidence
from phiward.clinical.evidence import SentenceEvidence, SentenceKind

LABEL = "AI-generated suggestion: clinical judgment required"


@dataclass(frozen=True, slots=True)
class ClinicalAnswer:
    """`supported` of `claims` sentences rest on passages; `sentences` say on which, by offsets into the released text.

    `not_available` are fixed sentences of the caller about what was not read, with counts. `coverage` is None where
    nothing was claimed, which is not the same as full support.
    """

    sentences: tuple[SentenceEvidence, ...]
    not_available: tuple[str, ...]
    confidence: Confidence
    label: str = LABEL

    @property
    def claims(self) -> int:
        """Sentences that claim something, those left out and those that could not be checked included."""
        return len(_claims(self.sentences))

    @property
    def supported(self) -> int:
        """Claims with support."""
        return sum(one.supported for one in _claims(self.sentences))

    @property
    def coverage(self) -> float | None:
        """Supported claims of all claims, 0 to 1; None without claims."""
        return coverage(self.sentences)


def coverage(sentences: Sequence[SentenceEvidence]) -> float | None:
    """Supported claims of all claims, 0 to 1; None without claims."""
    claims = _claims(sentences)
    return sum(one.supported for one in claims) / len(claims) if claims else None


def summarize(
    sentences: Sequence[SentenceEvidence], not_available: Sequence[str], calibration: Calibration | None
) -> ClinicalAnswer:
    """The summary of one answer. Raises nothing; a calibration that is missing says "not calibrated"."""
    return ClinicalAnswer(tuple(sentences), tuple(not_available), confidence(calibration, coverage(sentences)))


def _claims(sentences: Sequence[SentenceEvidence]) -> list[SentenceEvidence]:
    return [one for one in sentences if one.kind is not SentenceKind.NONE]
