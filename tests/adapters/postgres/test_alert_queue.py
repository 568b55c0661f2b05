"""Alerts go into the outbox with what they tell of."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.domain.people import Role
from tests.adapters.postgres.emergency_house import EmergencyHouse, emergency_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[EmergencyHouse]:
    """Furnished anew for each test."""
    async with emergency_house(db, running) as made:
        yield made


async def queue(house: EmergencyHouse, **more: Any) -> int:
    """One alert, in a transaction of its own."""
    async with house.base.administration.database.as_tenant(house.tenant) as connection:
        return await queue_alerts(connection, house.tenant, "tried", {"grant": "1"}, house.clock(), uuid4, **more)


async def test_what_is_undone_tells_nobody(house: EmergencyHouse) -> None:
    """One transaction."""
    with pytest.raises(RuntimeError):
        async with house.base.administration.database.as_tenant(house.tenant) as connection:
            await queue_alerts(connection, house.tenant, "tried", {}, house.clock(), uuid4)
            raise RuntimeError("undone")
    assert house.alerts() == []


async def test_every_officer_is_told_once_and_nobody_else(house: EmergencyHouse) -> None:
    """Also where two have one address; an inactive one and one of elsewhere are not."""
    for email in ("second@hospital.example", "officer@hospital.example", "gone@hospital.example"):
        person = await house.base.home.person(Role.PRIVACY_OFFICER, practitioner=None)
        house.base.as_admin("UPDATE person SET email = %s WHERE id = %s", email, person)
    house.base.as_admin("UPDATE person SET active = false WHERE id = %s", person)
    assert await queue(house) == 2
    assert [one[2] for one in house.alerts()] == ["officer@hospital.example", "second@hospital.example"]


async def test_administrators_and_the_webhook_are_told_where_it_is_asked(house: EmergencyHouse) -> None:
    """A role without an address stands for itself."""
    assert await queue(house, webhook=True, administrators=True) == 3
    assert {one[2] for one in house.alerts()} == {"officer@hospital.example", "administrator", "configured"}
