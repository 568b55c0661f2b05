"""What is watched, on a real database: the newest check, protections that did something, agreements, holds."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.office_watching import OfficeWatching
from phiward.audit.sayings import INSTALLATION, VERIFIED
from phiward.domain.audit import EntryKind
from phiward.retention.schedule import Schedule
from tests.adapters.postgres.office_house import OfficeHouse, office_house
from tests.postgres import RunningDatabase

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def watching(house: OfficeHouse) -> OfficeWatching:
    """With the usual schedule."""
    return OfficeWatching(house.auditor, house.base.warden, Schedule.of({}), house.base.clock)


def destination(house: OfficeHouse, name: str, *, own: bool = False, ends: int | None = None) -> UUID:
    """One, and an agreement of a year that ends in so many days."""
    made, place = uuid4(), (name, "chat", "chat.completions", f"https://{name}.example/v1")
    house.base.sql(
        "INSERT INTO destination (id, tenant, name, vendor, service, feature, endpoint, self_hosted, models)"
        ' VALUES (%s, %s, %s, %s, %s, %s, %s, %s, \'[["large", "m"]]\')',
        *(made, house.base.tenant, name, *place, own),
    )
    if ends is not None:
        end = house.base.clock() + ends * DAY
        house.base.sql(
            "INSERT INTO baa (id, tenant, vendor, service, feature, endpoint, starts_at, ends_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", uuid4(), house.base.tenant, *place, end - 365 * DAY, end,
        )  # fmt: skip
    return made


def verified(house: OfficeHouse, ago: timedelta, **facts: Any) -> None:
    """A check of the log."""
    told = {"holds": True, "entries": 3, "findings": [], "anchors_silent": 0, **facts}
    house.log(EntryKind.LOG, tenant=INSTALLATION, ago=ago, action=VERIFIED, **told)


async def test_the_newest_check_is_told_whatever_else_the_log_says_of_itself(running: RunningDatabase) -> None:
    """An older one that held does not hide it."""
    async with office_house(running) as house:
        verified(house, timedelta(seconds=-5), holds=False, findings=["leaf_changed"], entries=77)
        verified(house, timedelta(hours=3))
        house.log(EntryKind.LOG, tenant=INSTALLATION, ago=timedelta(seconds=-9), action="log.heartbeat")
        check = (await watching(house).watched(house.base.tenant)).check
    assert check is not None
    assert (check.holds, check.entries, check.findings) == (False, 77, ("leaf_changed",))


async def test_protections_that_did_something_are_told_and_quiet_ones_are_not(running: RunningDatabase) -> None:
    """By interaction, with the rules, never a tool's own name; of this organisation."""
    async with office_house(running) as house:
        alice = str(house.base.alice)
        first = house.log(EntryKind.INTENT, person=alice, tools_removed=[["Zora's tool", "sends"]])
        house.log(EntryKind.OUTCOME, interaction=first, withheld=2, calls_refused=[["other", "writes"]])
        quiet = house.log(EntryKind.INTENT, person=alice, tools_removed=[], risk_review=False)
        house.log(EntryKind.OUTCOME, interaction=quiet, withheld=0, calls_refused=[])
        house.log(EntryKind.INTENT, person=alice, risk_review=True, ago=8 * DAY)
        house.log(EntryKind.INTENT, person=alice, risk_review=True, tenant=uuid4())
        found = await watching(house).watched(house.base.tenant)
    (one,) = found.guarded
    assert (one.interaction, one.login, one.withheld, one.removed) == (first, "alice", 2, ("sends", "writes"))
    assert found.looked_at == 4


async def test_what_stops_is_told_before_and_after_and_what_goes_on_is_not(running: RunningDatabase) -> None:
    """Soon, lately, with an accepted risk; not far, not long ago, not one's own."""
    async with office_house(running) as house:
        risky = destination(house, "accepted", ends=10)
        for name, ends in (("soon", 21), ("over", -3), ("far", 300), ("long-ago", -200), ("never", None)):
            destination(house, name, ends=ends)
        destination(house, "own", own=True, ends=1)
        house.base.sql(
            "INSERT INTO risk_acceptance (id, tenant, destination, accepted_by, reason, starts_at, ends_at)"
            " VALUES (%s, %s, %s, %s, 'r', now() - interval '1 day', now() + interval '90 days')",
            uuid4(), house.base.tenant, risky, house.officer,
        )  # fmt: skip
        found = (await watching(house).watched(house.base.tenant)).stops
    assert [one.destination for one in found] == ["over", "accepted", "soon"]
    assert [one.accepted_until is not None for one in found] == [False, True, False]
    assert found[2].models == ("large",)


async def test_one_look_serves_a_minute(running: RunningDatabase) -> None:
    """And says when the next is."""
    async with office_house(running) as house:
        watch = watching(house)
        first = await watch.watched(house.base.tenant)
        assert await watch.watched(house.base.tenant) is first
        house.base.moved = timedelta(seconds=61)
        assert (await watch.watched(house.base.tenant)).at > first.at
    assert first.next_at - first.at == timedelta(minutes=1)
