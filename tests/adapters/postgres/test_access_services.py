"""Services: added by the provider's client id, deactivated for good."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from phiward.domain.administration import ServiceKind, UnknownIdError
from phiward.domain.errors import InvalidRequestError
from phiward.identity.keys import key_digest
from tests.adapters.postgres.access_house import ROLES, UNKNOWN, AccessHouse, access_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture(params=ROLES)
async def house(db: Any, running: RunningDatabase, request: pytest.FixtureRequest) -> AsyncIterator[AccessHouse]:
    """An organisation of its own for each test."""
    async with access_house(db, running, request.param) as made:
        yield made


@pytest.mark.parametrize(
    ("client_id", "name"),
    [
        pytest.param("", "Scribe", id="no client id"),
        pytest.param("two words", "Scribe", id="a client id with a space"),
        pytest.param("x" * 201, "Scribe", id="too long a client id"),
        pytest.param("scribe", "", id="no name"),
        pytest.param("scribe", "a\nb", id="a name in two lines"),
        pytest.param("taken", "Scribe", id="a client id that is taken"),
    ],
)
async def test_a_service_without_a_name_of_its_own_is_refused(house: AccessHouse, client_id: str, name: str) -> None:
    """And nothing is on record."""
    await house.access.services.add(house.tenant, "taken", "First", ServiceKind.APPLICATION)
    before = await house.home.log()
    with pytest.raises(InvalidRequestError):
        await house.access.services.add(house.tenant, client_id, name, ServiceKind.APPLICATION)
    assert await house.home.log() == before


async def test_a_foreign_service_is_answered_like_an_unknown_one(
    house: AccessHouse, db: Any, running: RunningDatabase
) -> None:
    """And stays active."""
    async with access_house(db, running, "registrar") as other:
        theirs, _ = await other.access.services.add(other.tenant, "scribe", "Scribe", ServiceKind.APPLICATION)
        said = []
        for wanted in (UNKNOWN, theirs):
            with pytest.raises(UnknownIdError) as caught:
                await house.access.services.deactivate(house.tenant, wanted)
            said.append(repr(caught.value))
        assert said[0] == said[1]
        assert (await other.access.services.services(other.tenant))[0].active


async def test_only_a_directory_gets_a_token_of_ours(house: AccessHouse) -> None:
    """Of which the database holds the digest."""
    _, none = await house.access.services.add(house.tenant, "scribe", "Scribe", ServiceKind.AI_SYSTEM)
    made, token = await house.access.services.add(house.tenant, "scim", "Directory", ServiceKind.DIRECTORY)
    assert none is None
    assert token is not None
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        row = await (await connection.execute("SELECT digest FROM service WHERE id = %s", [made])).fetchone()
    assert row is not None
    assert bytes(row[0]) == key_digest(token.text)
    assert token.text.value not in str(await house.home.log())


async def test_a_service_is_deactivated_once(house: AccessHouse) -> None:
    """With before and after."""
    made, _ = await house.access.services.add(house.tenant, "scribe", "Scribe", ServiceKind.APPLICATION)
    await house.access.services.deactivate(house.tenant, made)
    told = await house.last()
    assert (told["before"], told["after"], told["service"]) == ({"active": True}, {"active": False}, str(made))
    with pytest.raises(UnknownIdError):
        await house.access.services.deactivate(house.tenant, made)
