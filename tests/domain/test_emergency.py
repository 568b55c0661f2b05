"""Emergency access, as it is named."""

from phiward.domain.emergency import EmergencyAsk, EmergencyReason, ReviewOutcome


def test_codes_of_reasons_and_outcomes_stand_in_the_log_and_do_not_change() -> None:
    """Old entries must stay readable."""
    assert {str(one) for one in EmergencyReason} == {
        "cannot_consent", "threat_to_life", "covering", "consult", "other",
    }  # fmt: skip
    assert {str(one) for one in ReviewOutcome} == {"appropriate", "clarify", "training", "inappropriate"}


def test_what_is_asked_prints_no_reference_date_or_words() -> None:
    """PHI stays out of logs."""
    told = repr(EmergencyAsk("mrn-40017723", EmergencyReason.OTHER, "found in the street", "1949-07-22", None))
    for phi in ("40017723", "street", "1949"):
        assert phi not in told
