"""One request as the handlers see it."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from phiward.domain.administration import Span
from phiward.domain.errors import NotPermittedError, PatientNotFoundError
from phiward.domain.people import Role
from phiward.gateway.admin.asked import Asked
from tests.flow.fakes import NOW
from tests.gateway.admin.twins import PATIENT, REFERENCE, DeskTwin, logged_in


def asked(**body: object) -> Asked:
    """By a privacy officer."""
    holder = logged_in(Role.PRIVACY_OFFICER)
    return Asked(holder, DeskTwin(holder), {}, SimpleNamespace(**body), UUID(int=0), 10, (), {})


async def test_a_reference_that_names_nobody_is_no_patient() -> None:
    """By the registry of the caller's organisation."""
    with pytest.raises(PatientNotFoundError):
        await asked(patient="99999999").patient()
    assert await asked(patient=REFERENCE).patient() == PATIENT


def test_ones_own_access_is_a_colleagues_to_change() -> None:
    """By the rule that the log names."""
    request = asked()
    with pytest.raises(NotPermittedError) as caught:
        request.refuse_own(request.caller.person)
    assert caught.value.rule == "own_access"
    request.refuse_own(UUID(int=8))


def test_span_and_organisation_are_those_of_the_request() -> None:
    """There is no way to name another organisation."""
    request = asked(starts_at=None, ends_at=NOW)
    assert request.span == Span(None, NOW)
    assert request.tenant == request.caller.tenant
