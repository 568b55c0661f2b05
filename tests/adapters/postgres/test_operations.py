"""What runs and what may receive what, on a real database."""

from datetime import timedelta
from uuid import uuid4

import psycopg

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.operations import Operations
from phiward.domain.audit import EntryKind
from phiward.domain.operations import Traffic
from phiward.vendors.register import standings
from tests.adapters.postgres.office_house import OfficeHouse, office_house
from tests.adapters.postgres.test_office_watching import DAY, destination
from tests.adapters.postgres.test_trail_search import QUESTION, numbered
from tests.events import facts_of
from tests.postgres import RunningDatabase


def operations(house: OfficeHouse, gateway: Database | None = None) -> Operations:
    """By the auditor; `gateway` where the database's protection is asked about."""
    return Operations(house.auditor, gateway or house.auditor, house.base.clock, 30)


async def test_the_register_is_that_of_one_organisation_and_holds_no_credential(running: RunningDatabase) -> None:
    """What the gate decides from, read by a role that opens nothing."""
    async with office_house(running) as house:
        ends = destination(house, "ends", ends=9)
        destination(house, "own", own=True)
        house.base.sql("UPDATE destination SET sealed_api_key = 'x' WHERE id = %s", ends)
        house.base.sql(
            "INSERT INTO risk_acceptance (id, tenant, destination, accepted_by, reason, starts_at, ends_at)"
            " VALUES (%s, %s, %s, %s, 'pilot <b>', %s, %s)",
            *(uuid4(), house.base.tenant, ends, house.officer, house.base.clock() - DAY, house.base.clock() + DAY),
        )
        book, accepted = await operations(house).book(house.base.tenant)
        other, nothing = await operations(house).book(uuid4())
    assert [one.name for one in standings(book, house.base.clock())] == ["ends", "own"]
    assert all(one.api_key is None for one in book.destinations)
    assert [(one.destination, one.accepted_by) for one in accepted] == [("ends", "wren")]
    assert "pilot" not in repr((book, accepted))
    assert (other.destinations, nothing) == ((), ())


async def test_requests_and_refusals_are_counted_by_destination_once_a_minute(running: RunningDatabase) -> None:
    """Of the last seven days; the count is kept for a minute, and says since when it counts."""
    async with office_house(running) as house:
        cloud = destination(house, "cloud")
        for _ in range(3):
            house.log(EntryKind.INTENT, **QUESTION, destination=str(cloud))
        house.log(EntryKind.REFUSAL, **facts_of(EntryKind.REFUSAL), destination=str(cloud))
        house.log(EntryKind.REFUSAL, **facts_of(EntryKind.REFUSAL))
        house.log(EntryKind.INTENT, ago=8 * DAY, **QUESTION, destination=str(cloud))
        made = operations(house)
        traffic, counted, since = await made.traffic(house.base.tenant)
        assert (traffic, counted) == ({cloud: Traffic(3, 1)}, 5)
        house.log(EntryKind.INTENT, **QUESTION, destination=str(cloud))
        assert (await made.traffic(house.base.tenant))[1] == 5
        house.base.moved = timedelta(seconds=61)
        assert (await made.traffic(house.base.tenant))[1] == 6
    assert house.base.clock() - since > timedelta(days=6)


async def test_a_process_that_fell_silent_is_told_from_one_that_stopped(running: RunningDatabase) -> None:
    """By the clock of the database."""
    lives, silent, stopped = uuid4(), uuid4(), uuid4()
    async with office_house(running) as house:
        house.base.sql("DELETE FROM worker")
        house.base.sql("INSERT INTO worker (id) VALUES (%s)", lives)
        house.base.sql("INSERT INTO worker (id, seen_at) VALUES (%s, now() - interval '5 minutes')", silent)
        house.base.sql("INSERT INTO worker (id, ended_at) VALUES (%s, now())", stopped)
        house.base.sql(
            "INSERT INTO worker (id, seen_at, ended_at, settled)"
            " VALUES (%s, now() - interval '3 days', now() - interval '3 days', true)", uuid4(),
        )  # fmt: skip
        told = {one.id: (one.alive, one.ended_at is None) for one in await operations(house).processes()}
    assert told == {lives: (True, True), silent: (False, True), stopped: (False, False)}


async def test_the_numbering_tells_what_waits_and_since_when(running: RunningDatabase) -> None:
    """The oldest."""
    async with office_house(running) as house:
        numbered(house)
        house.log(EntryKind.INTENT, ago=timedelta(minutes=9), **QUESTION)
        house.log(EntryKind.INTENT, **QUESTION)
        found = await operations(house).numbering()
        assert found.waiting == 2
        assert found.oldest_waiting is not None
        assert house.base.clock() - found.oldest_waiting >= timedelta(minutes=8)


async def test_the_databases_protection_is_asked_with_the_gateways_own_role(running: RunningDatabase) -> None:
    """A table without forced row security is a fault that is named, and counted no more."""
    gateway = Database(running.app, max_size=1)
    await gateway.open()
    try:
        async with office_house(running) as house:
            good = await operations(house, gateway).protection()
            with psycopg.connect(running.admin, autocommit=True) as admin:
                admin.execute("ALTER TABLE phiward.citation NO FORCE ROW LEVEL SECURITY")
                try:
                    bad = await operations(house, gateway).protection()
                finally:
                    admin.execute("ALTER TABLE phiward.citation FORCE ROW LEVEL SECURITY")
    finally:
        await gateway.close()
    assert good.faults == ()
    assert good.tables > 30
    assert (bad.tables, len(bad.faults)) == (good.tables - 1, 1)
    assert "citation" in bad.faults[0]
