"""Who acts through the admin API stands in each entry of the log, on the warden's role."""

from typing import Any
from uuid import UUID

import pytest

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.desk import desks
from phiward.domain.acts import AdministrativeAct
from phiward.domain.administration import UnitKind
from phiward.domain.errors import StorageError
from phiward.domain.people import Role
from tests.adapters.postgres.organisation import Organisation, encode, now
from tests.postgres import RunningDatabase


async def test_the_gateways_role_cannot_hold_a_desk(db: Any) -> None:
    """Not even to change a role."""
    home = await Organisation.found(db)
    person = await home.person()
    caller = await home.caller(await home.session(person))
    desk = desks(db.app, encode, now, home.vault)(caller)
    with pytest.raises(StorageError):
        await desk.access.people.add_role(home.tenant, person, Role.ADMINISTRATOR)
    with pytest.raises(StorageError):
        await desk.registry.deactivate_person(home.tenant, person)


async def test_acts_and_refusals_name_the_person(db: Any, running: RunningDatabase) -> None:
    """One desk for each request."""
    home = await Organisation.found(db)
    caller = await home.caller(await home.session(await home.person()))
    pool = Database(running.warden)
    await pool.open()
    try:
        desk = desks(pool, encode, now, home.vault)(caller)
        await desk.access.units.add_unit(home.tenant, "Ward 3", UnitKind.PANEL)
        await desk.refused(home.tenant, AdministrativeAct.MANAGE_ROLES, "default_deny")
        assert await desk.registry.add_person(home.tenant, "ada", [Role.NURSE], None) != UUID(int=0)
    finally:
        await pool.close()
    added, refused, person = (await home.log())[-3:]
    assert {one["actor"] for one in (added, refused, person)} == {f"person:{caller.person}"}
    assert (refused["action"], refused["act"], refused["rule"]) == ("act.refused", "manage_roles", "default_deny")
