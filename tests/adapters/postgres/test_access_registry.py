"""The parts are one registry, and the database draws its limits."""

from typing import Any

import pytest

from phiward.adapters.postgres.access_registry import AccessRegistry
from phiward.adapters.postgres.administration import Administration
from phiward.domain.administration import UnitKind
from phiward.domain.errors import StorageError
from tests.adapters.postgres.organisation import Organisation, encode, now


async def test_the_gateways_own_role_can_change_nothing(db: Any) -> None:
    """Whatever is injected there, it makes no unit, no role and no grant."""
    home = await Organisation.found(db)
    person = await home.person()
    access = AccessRegistry(Administration(db.app, encode, now, "injected"), home.vault)
    before = await home.log()
    with pytest.raises(StorageError):
        await access.units.add_unit(home.tenant, "Ward 3", UnitKind.PANEL)
    with pytest.raises(StorageError):
        await access.people.set_roles(home.tenant, person, ["administrator"])  # type: ignore[list-item]
    assert await home.log() == before


async def test_every_part_is_of_one_office(db: Any) -> None:
    """One actor, one vault."""
    home = await Organisation.found(db)
    access = AccessRegistry(Administration(db.registrar, encode, now, "uid:1000"), home.vault)
    unit = await access.units.add_unit(home.tenant, "Ward 3", UnitKind.PANEL)
    assert [one.id for one in await access.units.units(home.tenant)] == [unit]
    assert await access.grants.grants(home.tenant) == await access.services.services(home.tenant) == ()
    assert await access.people.people(home.tenant) == ()
