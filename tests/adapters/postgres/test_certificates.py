"""Certificates belong to one organisation, and a shard is destroyed by one of them alone."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.certificates import begin, begun, certificate, certificates
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import NotPermittedError
from phiward.retention.destruction import Certificate, DestructionReason
from phiward.retention.due import KeptKind
from tests.adapters.postgres.organisation import now
from tests.adapters.postgres.retention_house import OLD, RetentionHouse, retention_house
from tests.postgres import Server


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """With a shard of 2016."""
    async with retention_house(postgres) as made:
        made.log.found(1, made.tenant)
        yield made


def unfinished() -> Certificate:
    """Of that shard."""
    over = DestructionReason.RETENTION_OVER
    return Certificate(uuid4(), KeptKind.SHARD, OLD, over, "rule", "uid:1", now(), uuid4(), None, None, {}, None)


async def test_two_organisations_do_not_begin_with_one_shard(house: RetentionHouse) -> None:
    """The second is refused by its rule, and sees nothing of the first."""
    other, first = uuid4(), unfinished()
    with house.log.admin() as admin:
        admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 'Other')", [other])
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        await begin(connection, house.tenant, first)
    with pytest.raises(NotPermittedError) as caught:
        async with house.home.registrar.as_tenant(other) as connection:
            assert await begun(connection, KeptKind.SHARD, OLD) is None
            await begin(connection, other, unfinished())
    assert caught.value.rule == "begun_elsewhere"
    assert await certificates(house.home.registrar, other) == ()
    with pytest.raises(UnknownIdError):
        await certificate(house.home.registrar, other, first.id)


async def test_what_was_begun_is_found_again(house: RetentionHouse) -> None:
    """As it was stored."""
    made = unfinished()
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        await begin(connection, house.tenant, made)
        assert await begun(connection, KeptKind.SHARD, OLD) == made
    assert await certificate(house.home.registrar, house.tenant, made.id) == made
