"""The dates from which periods are counted, as the database has them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest_asyncio

from phiward.adapters.postgres.kept import NEVER
from phiward.retention.due import due_at
from phiward.retention.holds import HoldScope
from phiward.retention.schedule import Schedule
from tests.adapters.postgres.retention_house import NOW, OLD, RetentionHouse, retention_house
from tests.postgres import Server

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """An organisation of its own."""
    async with retention_house(postgres) as made:
        yield made


async def test_a_shard_is_in_force_until_the_next_one_opens(house: RetentionHouse) -> None:
    """In succession; destroyed ones are kept no more."""
    house.log.found(3, house.tenant)
    first, old, new = await house.kept.shards()
    assert [one.name for one in (first, old, new)] == ["", OLD, NOW]
    assert (old.in_force, new.in_force) == (False, True)
    assert old.last_in_force == datetime(2017, 1, 1, tzinfo=UTC)
    assert due_at(old, Schedule.of({})) == datetime(2024, 1, 1, tzinfo=UTC)
    assert old.touches == {(HoldScope.SHARD, OLD)}
    await house.destroyer.shard(house.tenant, await house.shard())
    assert [one.name for one in await house.kept.shards()] == ["", NOW]


async def test_a_patient_in_care_or_without_any_date_is_never_due(house: RetentionHouse) -> None:
    """An open relation, and nothing known at all."""
    treated, unknown = await house.home.patient("m-1"), await house.home.patient("m-2", treated=False)
    found = {one.name: one for one in await house.kept.patients(house.tenant)}
    assert found[str(treated)].in_force
    assert (found[str(unknown)].in_force, found[str(unknown)].created_at) == (True, NEVER)


async def test_a_patients_period_runs_from_the_latest_of_record_relation_and_use(house: RetentionHouse) -> None:
    """What was written, when care ended, and when anybody last asked about him."""
    patient = await house.home.patient("m-1", treated=False)
    ended = datetime(2015, 5, 5, tzinfo=UTC)
    await house.home.relation(patient, ended - DAY, ended)
    (before,) = await house.kept.patients(house.tenant)
    assert (before.in_force, before.last_in_force) == (False, ended)
    house.log.found(1, house.tenant, facts=[{"patients": [str(patient)]}])
    (used,) = await house.kept.patients(house.tenant)
    assert used.last_in_force == datetime(2016, 6, 1, tzinfo=UTC)
    with house.log.admin() as admin:
        admin.execute(
            "INSERT INTO document (id, tenant, patient, written_at, source_digest, content_digest, sealed)"
            " VALUES (%s, %s, %s, '2018-08-08Z', '', '', '')",
            [uuid4(), house.tenant, patient],
        )
    (written,) = await house.kept.patients(house.tenant)
    assert written.last_in_force == datetime(2018, 8, 8, tzinfo=UTC)


async def test_another_organisations_patients_are_not_read(house: RetentionHouse) -> None:
    """As row-level security has it."""
    await house.home.patient("m-1")
    assert await house.kept.patients(uuid4()) == ()


async def test_a_review_is_kept_until_what_it_reviews_is_due(house: RetentionHouse) -> None:
    """It waits for its decision, and then for the shard that its access lies in."""
    house.log.found(1, house.tenant)
    patient, person, officer = await house.home.patient("m-1"), await house.home.person(), await house.home.person()
    grant, schedule = uuid4(), Schedule.of({})
    with house.log.admin() as admin:
        admin.execute(
            "INSERT INTO access_grant (id, tenant, kind, person, patient, basis, starts_at, ends_at) VALUES"
            " (%s, %s, 'emergency', %s, %s, 'consult', '2016-03-03Z', '2016-03-04Z')",
            [grant, house.tenant, person, patient],
        )
        admin.execute(
            "INSERT INTO emergency (id, tenant, session, reason, offline, auth_time, acr, review_due)"
            " VALUES (%s, %s, %s, 'consult', false, '2016-03-03Z', 'mfa', '2016-03-05Z')",
            [grant, house.tenant, uuid4()],
        )
    (waiting,) = await house.kept.reviews(house.tenant, schedule)
    assert (waiting.in_force, due_at(waiting, schedule)) == (True, None)
    with house.log.admin() as admin:
        admin.execute(
            "UPDATE emergency SET outcome = 'appropriate', reviewer = %s, reviewed_at = '2016-03-05Z'", [officer]
        )
    (decided,) = await house.kept.reviews(house.tenant, schedule)
    assert due_at(decided, schedule) == datetime(2024, 1, 1, tzinfo=UTC)
    assert (HoldScope.PERSON, str(officer)) in decided.touches
    assert await house.kept.access(house.tenant) == ()


async def test_grants_run_from_their_end_and_alerts_from_their_delivery(house: RetentionHouse) -> None:
    """A revoked grant from when it was revoked; an alert that waits is in force."""
    patient, person, other = await house.home.patient("m-1"), await house.home.person(), await house.home.person()
    with house.log.admin() as admin:
        admin.execute(
            "INSERT INTO access_grant"
            " (id, tenant, kind, person, patient, basis, approver, starts_at, ends_at, revoked_at)"
            " VALUES (%s, %s, 'manual', %s, %s, 'consult', %s, '2016-01-01Z', '2016-12-01Z', '2016-02-02Z')",
            [uuid4(), house.tenant, person, patient, other],
        )
        for delivered in (None, datetime(2016, 1, 2, tzinfo=UTC)):
            admin.execute(
                "INSERT INTO alert (id, tenant, kind, channel, recipient, facts, created_at, next_at, delivered_at)"
                " VALUES (%s, %s, 'x', 'mail', 'x', '{}', '2016-01-01Z', '2016-01-01Z', %s)",
                [uuid4(), house.tenant, delivered],
            )
    (grant,) = await house.kept.access(house.tenant)
    assert grant.last_in_force == datetime(2016, 2, 2, tzinfo=UTC)
    assert {(HoldScope.PATIENT, str(patient)), (HoldScope.PERSON, str(person))} == grant.touches
    assert sorted(one.in_force for one in await house.kept.alerts(house.tenant)) == [False, True]
