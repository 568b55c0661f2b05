"""What must be known before a text leaves for an embedding model: as it is now, not as it was at the last look."""

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.known import PostgresKnown
from phiward.adapters.postgres.surroundings import GatewaySurroundings, RegistrarSurroundings
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import TenantId
from phiward.retrieval.ports import EmbeddingScope
from tests.adapters.postgres.organisation import DAY, Organisation, now

PLACE = {
    "vendor": "Vendor",
    "service": "inference",
    "feature": "embeddings",
    "endpoint": "https://api.vendor.example/v1",
}


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


async def _agreement(house: Organisation) -> Any:
    span = {"starts_at": now() - DAY, "ends_at": now() + DAY}
    return await house.vendors.add_baa(house.tenant, **PLACE, **span)


def gateway(house: Organisation) -> GatewaySurroundings:
    """As the gateway has it."""
    return GatewaySurroundings(house.app, house.book, PostgresKnown(house.app, house.vault))


async def test_nobody_and_an_ended_session_learn_nothing(house: Organisation) -> None:
    """A question is somebody's."""
    session = await house.session(await house.person())
    caller = await house.caller(session)
    with pytest.raises(NotAuthenticatedError):
        await gateway(house)(EmbeddingScope(house.tenant))
    await house.registry.revoke_key(house.tenant, caller.credential_id)
    with pytest.raises(NotAuthenticatedError):
        await gateway(house)(EmbeddingScope(house.tenant, caller=caller))


async def test_an_agreement_that_ended_since_is_not_in_the_book(house: Organisation) -> None:
    """Held books are asked for their version at every text."""
    caller = await house.caller(await house.session(await house.person()))
    scope = EmbeddingScope(house.tenant, caller=caller)
    baa = await _agreement(house)
    both = gateway(house), RegistrarSurroundings(house.registrar, house.vault)
    for around in both:
        assert [one.id for one in (await around(scope)).book.agreements] == [baa]
    await house.vendors.end_baa(house.tenant, baa)
    for around in both:
        (ended,) = (await around(scope)).book.agreements
        assert ended.ends_at <= now()


async def test_a_new_patients_identifiers_are_known_at_the_next_text(house: Organisation) -> None:
    """The tripwire reads them."""
    caller = await house.caller(await house.session(await house.person()))
    scope = EmbeddingScope(house.tenant, caller=caller)
    both = gateway(house), RegistrarSurroundings(house.registrar, house.vault)
    before = [(await around(scope)).index.version for around in both]
    async with house.registrar.as_tenant(house.tenant) as connection:
        await connection.execute("UPDATE tenant SET index_version = index_version + 1 WHERE id = %s", [house.tenant])
    assert [(await around(scope)).index.version for around in both] == [one + 1 for one in before]


async def test_the_registrar_of_no_organisation_gets_no_book(house: Organisation) -> None:
    """An empty book would read as: nothing is agreed."""
    with pytest.raises(NotAuthenticatedError):
        await RegistrarSurroundings(house.registrar, house.vault)(EmbeddingScope(TenantId(uuid4())))
