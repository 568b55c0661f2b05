"""The directory's adapter where HTTP does not reach: rights of its role, and a failed record."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.directory import Directory, DirectoryConflictError
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry
from phiward.domain.directory import DirectoryCaller, DirectoryPerson
from phiward.domain.errors import AuditUnavailableError, InvalidRequestError, StorageError
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def warden(running: RunningDatabase) -> AsyncIterator[Database]:
    """A pool of the role that serves directories."""
    database = Database(running.warden, max_size=2)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def who(running: RunningDatabase) -> DirectoryCaller:
    """A directory of a new organisation."""
    tenant = uuid4()
    with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
        connection.execute("INSERT INTO tenant (id, name) VALUES (%s, %s)", [tenant, str(tenant)])
    return DirectoryCaller(uuid4(), tenant)


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


async def test_without_its_record_nothing_is_changed(warden: Database, who: DirectoryCaller) -> None:
    """Promise 1 for administration."""

    def refuse(entry: Entry, worker: UUID) -> bytes:
        raise AuditUnavailableError("full")

    with pytest.raises(AuditUnavailableError):
        await Directory(warden, refuse, now).add(who, DirectoryPerson("ghost"))
    assert await Directory(warden, encode_leaf, now).find(who, None, None, 1, 10) == (0, [])


async def test_only_three_attributes_find_people(warden: Database, who: DirectoryCaller) -> None:
    """Another one is refused, never put into a statement."""
    with pytest.raises(InvalidRequestError):
        await Directory(warden, encode_leaf, now).find(who, "login; DROP TABLE person", "x", 1, 10)


async def test_a_change_that_would_take_anothers_name_changes_nothing(warden: Database, who: DirectoryCaller) -> None:
    """Neither of them."""
    directory = Directory(warden, encode_leaf, now)
    await directory.add(who, DirectoryPerson("one"))
    two = await directory.add(who, DirectoryPerson("two"))
    with pytest.raises(DirectoryConflictError):
        await directory.change(who, two.id, DirectoryPerson("one"))
    stored = await directory.get(who, two.id)
    assert stored is not None
    assert stored.person.login == "two"


async def test_an_unknown_person_is_none(warden: Database, who: DirectoryCaller) -> None:
    """For reading and for changing."""
    directory = Directory(warden, encode_leaf, now)
    assert await directory.get(who, UUID(int=1)) is None
    assert await directory.change(who, UUID(int=1), DirectoryPerson("x")) is None


@pytest.mark.parametrize(
    "query", ["SELECT sealed FROM patient", "SELECT sealed FROM document", "SELECT leaf FROM audit_entry"]
)
async def test_the_directorys_role_reads_no_record_and_no_log(
    warden: Database, who: DirectoryCaller, query: Any
) -> None:
    """Whatever is injected through it."""
    with pytest.raises(StorageError):
        async with warden.as_tenant(who.tenant) as connection:
            await connection.execute(query)
