"""Who asks: standard codes, and a session that does not print."""

from datetime import UTC, datetime
from uuid import uuid4

from phiward.domain.people import Caller, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret


def test_purposes_are_the_codes_of_hl7() -> None:
    """v3 PurposeOfUse, as the headers carry them."""
    assert {str(one) for one in PurposeOfUse} == {"TREAT", "HPAYMT", "HOPERAT", "HRESCH", "ETREAT", "PATRQT"}


def test_a_caller_does_not_print_her_credential() -> None:
    """It is the key to her patients."""
    caller = Caller(
        PersonId(uuid4()), TenantId(uuid4()), frozenset([Role.NURSE]), uuid4(), datetime.now(UTC), Secret("phw_x")
    )
    assert "phw_x" not in repr(caller)
