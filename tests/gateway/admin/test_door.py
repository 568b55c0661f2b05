"""Who asks."""

from datetime import timedelta

import pytest

from phiward.domain.errors import NotAuthenticatedError
from phiward.gateway.admin.door import BearerDoor
from phiward.identity.keys import issue
from tests.flow.fakes import NOW, OpenedTwin, PeopleTwin, caller, treats

KEY = issue(NOW, timedelta(days=1)).text.value


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic eDp5", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}"])
async def test_what_is_no_credential_is_refused_before_anything_is_asked(header: str | None) -> None:
    """In the same words as one that is not in force."""
    door = BearerDoor(PeopleTwin(OpenedTwin(caller(), None, treats())))
    with pytest.raises(NotAuthenticatedError) as malformed:
        await door.caller(header)
    with pytest.raises(NotAuthenticatedError) as unknown:
        await BearerDoor(PeopleTwin(None)).caller(f"Bearer {KEY}")
    assert str(malformed.value) == str(unknown.value)


async def test_a_credential_in_force_is_its_holder() -> None:
    """As for every other request."""
    holder = caller()
    assert await BearerDoor(PeopleTwin(OpenedTwin(holder, None, treats()))).caller(f"Bearer {KEY}") == holder
