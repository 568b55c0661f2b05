"""Why a document gives no text."""

from phiward.adapters.extraction.reasons import Reason, Refused


def test_a_reason_is_a_sentence_without_full_stop() -> None:
    """It stands after the place, and a full stop follows."""
    assert [reason.name for reason in Reason if reason.endswith(".") or reason != reason.strip()] == []


def test_a_refusal_prints_no_more_than_its_name() -> None:
    """Tracebacks may be logged."""
    refused = Refused(Reason.BROKEN, 3)
    assert (str(refused), refused.page) == ("BROKEN", 3)
