"""Labels of texts: what is not staff's is not trusted, and a labelled text does not print."""

import pytest

from phiward.domain.trust import NO_RISK, LabelledText, TextOrigin, Trust


@pytest.mark.parametrize(("trust", "expected"), [(Trust.STAFF, True), (Trust.PATIENT, False), (Trust.OUTSIDE, False)])
def test_only_the_organisations_own_staff_is_trusted(trust: Trust, expected: bool) -> None:
    """A patient is respected, and not trusted with tools."""
    assert trust.trusted is expected


def test_a_labelled_text_prints_its_labels_only() -> None:
    """And no risk is nothing found."""
    assert "Zelda" not in repr(LabelledText("Zelda", TextOrigin.PASSAGE, Trust.OUTSIDE, "note 1"))
    assert (NO_RISK.score, NO_RISK.findings, NO_RISK.review) == (0, (), False)
