"""Labels of texts: what is not staff's is not trusted, and a labelled text does not print."""

import pytest

from phiward.domain.trust import NO_RISK, LabelledText, TextOrigin, Trust, least_trusted


@pytest.mark.parametrize(("trust", "expected"), [(Trust.STAFF, True), (Trust.PATIENT, False), (Trust.OUTSIDE, False)])
def test_only_the_organisations_own_staff_is_trusted(trust: Trust, expected: bool) -> None:
    """A patient is respected, and not trusted with tools."""
    assert trust.trusted is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), Trust.STAFF),
        ((Trust.STAFF, Trust.STAFF), Trust.STAFF),
        ((Trust.STAFF, Trust.PATIENT), Trust.PATIENT),
        ((Trust.OUTSIDE, Trust.PATIENT, Trust.STAFF), Trust.OUTSIDE),
    ],
)
def test_the_least_trusted_of_several_decides(found: tuple[Trust, ...], expected: Trust) -> None:
    """Whatever their order; nothing at all is nobody's."""
    assert least_trusted(found) is least_trusted(reversed(found)) is expected


def test_a_labelled_text_prints_its_labels_only() -> None:
    """And no risk is nothing found."""
    assert "Zelda" not in repr(LabelledText("Zelda", TextOrigin.PASSAGE, Trust.OUTSIDE, "note 1"))
    assert (NO_RISK.score, NO_RISK.findings, NO_RISK.review) == (0, (), False)
