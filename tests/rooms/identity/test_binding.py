"""The purpose of use of a request."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import Caller, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret
from phiward.identity.binding import bind_purpose


def caller(bound: PurposeOfUse | None = None) -> Caller:
    """A nurse whose key may be bound to a purpose."""
    return Caller(
        PersonId(uuid4()),
        TenantId(uuid4()),
        frozenset([Role.NURSE]),
        uuid4(),
        datetime(2026, 11, 25, tzinfo=UTC),
        Secret("phw_invented"),
        bound_purpose=bound,
    )


def test_a_missing_purpose_is_refused_with_the_name_of_the_header_and_the_codes() -> None:
    """So that the caller can correct it without a manual."""
    with pytest.raises(InvalidRequestError) as error:
        bind_purpose(caller(), None)
    assert "X-Phiward-Purpose" in str(error.value)
    assert all(code in str(error.value) for code in PurposeOfUse)


@pytest.mark.parametrize("asked", ["", "treat", " TREAT", "TREAT ", "TREAT,HPAYMT", "BTG", "TREATMENT", "T" * 9999])
def test_an_unknown_code_is_refused_and_not_repeated(asked: str) -> None:
    """Codes are exact. A header may hold anything, also PHI."""
    with pytest.raises(InvalidRequestError) as error:
        bind_purpose(caller(PurposeOfUse.TREAT), asked)
    assert str(error.value).endswith("PATRQT.")
    assert len(str(error.value)) < 150


def test_a_key_bound_to_a_purpose_serves_no_other() -> None:
    """The rule is named for the log."""
    with pytest.raises(NotPermittedError) as error:
        bind_purpose(caller(PurposeOfUse.HPAYMT), "TREAT")
    assert error.value.rule == "bound_purpose"


@pytest.mark.parametrize("purpose", PurposeOfUse)
def test_the_purpose_is_what_was_stated_or_bound(purpose: PurposeOfUse) -> None:
    """A bound key may repeat its purpose or leave it out."""
    assert bind_purpose(caller(), str(purpose)) is purpose
    assert bind_purpose(caller(purpose), str(purpose)) is purpose
    assert bind_purpose(caller(purpose), None) is purpose
