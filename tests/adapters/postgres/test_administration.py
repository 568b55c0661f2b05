"""A change and its entry in the log are one."""

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry
from phiward.domain.errors import AuditUnavailableError, InvalidRequestError
from tests.adapters.postgres.organisation import Organisation, encode, now


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


async def _rename(administration: Administration, house: Organisation, error: Exception | None) -> None:
    async with administration.change(house.tenant, "tenant.added") as change:
        await change.connection.execute("UPDATE tenant SET vendor_version = 99 WHERE id = %s", [house.tenant])
        change.facts["tenant"] = str(house.tenant)
        if error is not None:
            raise error


async def test_a_change_that_fails_is_not_made_and_not_on_record(house: Organisation) -> None:
    """Everything is undone."""
    administration, before = Administration(house.registrar, encode, now, "uid:1"), await house.log()
    with pytest.raises(InvalidRequestError):
        await _rename(administration, house, InvalidRequestError("no"))
    assert await house.vendor_version() == 1
    assert await house.log() == before


async def test_a_change_that_cannot_be_recorded_is_not_made(house: Organisation) -> None:
    """No record, no change."""

    def broken(_: Entry, worker: UUID) -> bytes:
        raise AuditUnavailableError("The entry cannot be encoded.")

    with pytest.raises(AuditUnavailableError):
        await _rename(Administration(house.registrar, broken, now, "uid:1"), house, None)
    assert await house.vendor_version() == 1


async def test_a_change_is_made_and_recorded_once(house: Organisation) -> None:
    """With who ran the command, what it was, and its facts."""
    await _rename(Administration(house.registrar, encode, now, "uid:77"), house, None)
    assert await house.vendor_version() == 99
    assert (await house.log())[-1] == {
        "kind": "administration",
        "action": "tenant.added",
        "actor": "uid:77",
        "tenant": str(house.tenant),
    }


async def test_the_leaf_of_the_audit_room_takes_every_fact(house: Organisation, db: Any) -> None:
    """Facts are JSON without floats; the real encoder refuses anything else."""
    administration = Administration(db.registrar, encode_leaf, now, "uid:1")
    await _rename(administration, house, None)
    assert (await house.log())[-1]["facts"]["action"] == "tenant.added"
