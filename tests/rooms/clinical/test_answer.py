"""What stands beside an answer."""

from datetime import date

from phiward.clinical.answer import LABEL, coverage, summarize
from phiward.clinical.calibration import BandName, fit

from .made import released

LABS = "Labs today: potassium 4.1 mmol/L, creatinine 1.20 mg/dL."


def test_coverage_counts_claims_only() -> None:
    """Headings and words that say that nothing was found are not claims."""
    _, sentences = released(["## Labs\nPotassium 4.1 [1]. K 9.9. The notes do not say more. Creatinine 1.2 [1]."], LABS)
    answer = summarize(sentences, ["2 documents could not be read."], None)
    assert (answer.supported, answer.claims) == (2, 3)
    assert answer.coverage == 2 / 3
    assert answer.not_available == ("2 documents could not be read.",)
    assert answer.label == LABEL == "AI-generated suggestion: clinical judgment required"


def test_data_has_no_coverage_but_counts() -> None:
    """What could not be checked is a claim without support."""
    assert coverage(released(["{}"], LABS)[1]) == 0.0


def test_without_claims_there_is_no_coverage() -> None:
    """Which is not the same as full coverage."""
    answer = summarize(released(["## Labs"], LABS)[1], [], None)
    assert answer.coverage is None
    assert answer.confidence.band is BandName.NOT_CALIBRATED


def test_the_confidence_is_that_of_the_local_calibration() -> None:
    """Of the coverage, never of the model."""
    calibration = fit([(1.0, True)] * 60 + [(0.0, False)] * 60, date(2026, 1, 2), "invented answers")
    _, sentences = released(["Potassium 4.1 [1]."], LABS)
    assert summarize(sentences, [], calibration).confidence.band is BandName.HIGH
