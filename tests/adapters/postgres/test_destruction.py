"""Destruction of a shard: what refuses it, who cannot delete otherwise, and what stays behind."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.audit.destroyed import recorded
from phiward.audit.merkle import leaf_hash
from phiward.domain.audit import StoredEntry
from phiward.domain.errors import AuditUnavailableError, NotPermittedError
from phiward.retention.holds import HoldReason, HoldScope, LiftReason
from tests.adapters.postgres.retention_house import NOW, OLD, RetentionHouse, retention_house
from tests.postgres import Server

PATIENT, PERSON = uuid4(), uuid4()


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """With 300 entries in 2016, one of them about somebody."""
    async with retention_house(postgres) as made:
        made.log.found(300, made.tenant, facts=[{"patients": [str(PATIENT)], "person": str(PERSON)}])
        yield made


def count(house: RetentionHouse, table: str, shard: str = OLD) -> int:
    """How many rows of a shard."""
    where = "entry IN (SELECT id FROM audit_entry WHERE shard = %s)" if table == "audit_addendum" else "shard = %s"
    query = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - tables of ours
    return int(house.log.rows(query, shard)[0][0])


@pytest.mark.parametrize(
    ("statement", "rule", "reason"),
    [
        ("UPDATE audit_shard SET closed_size = NULL WHERE name = '2016'", "shard_open", "it may still grow"),
        ("UPDATE audit_head SET shard = '2016'", "shard_current", "the sequencer is in it"),
        ("DELETE FROM audit_tile WHERE shard = '2016' AND tile = 1", "shard_tiles", "hashes are missing"),
        ("UPDATE audit_tile SET hashes = substr(hashes, 1, 8160) WHERE tile = 0", "shard_tiles", "a hash is missing"),
        ("UPDATE audit_tile SET hashes = overlay(hashes placing '\\x00' from 7) WHERE tile = 1", "shard_tiles",
         "another hash than the leaf's"),
        ("DELETE FROM audit_checkpoint WHERE shard = '2016'", "shard_checkpoint", "nothing signed would be left"),
        ("DELETE FROM audit_entry e USING (SELECT id FROM audit_entry WHERE leaf_index = 9) x WHERE e.id = x.id",
         "shard_entries", "a deleted row is evidence"),
        ("UPDATE audit_shard SET destroyed_at = now() WHERE name = '2016'", "shard_destroyed", "it is gone"),
    ],
)  # fmt: skip
async def test_what_stands_against_it_refuses_and_is_on_record(
    house: RetentionHouse, statement: str, rule: str, reason: str
) -> None:
    """By its rule; nothing goes, and no entry says that anything did."""
    found = await house.shard()
    with house.log.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement.encode())
    before = count(house, "audit_entry")
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.shard(house.tenant, found)
    assert caught.value.rule == rule, reason
    assert count(house, "audit_entry") == before
    assert house.log.told("log.shard_destroyed") == []
    assert [(one["rule"], one["shard"]) for one in house.log.told("destruction.refused")] == [(rule, OLD)]


async def test_a_shard_before_its_time_is_refused(house: RetentionHouse) -> None:
    """Its period runs from when the next one opened."""
    with house.log.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE audit_shard SET opened_at = now() - interval '6 years 364 days' WHERE name = '2026'")
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.shard(house.tenant, await house.shard())
    assert caught.value.rule == "retention_not_over"
    assert count(house, "audit_entry") == 300


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        (HoldScope.SHARD, "it is named"),
        (HoldScope.EVERYTHING, "all is named"),
        (HoldScope.PATIENT, "an entry is about this patient"),
        (HoldScope.PERSON, "an entry is of this person"),
    ],
)
async def test_a_hold_refuses_whoever_asks_until_it_is_lifted(
    house: RetentionHouse, scope: HoldScope, reason: str
) -> None:
    """The database refuses it too, whatever the program believes."""
    with house.log.admin() as admin:
        admin.execute("INSERT INTO patient VALUES (%s, %s, 1, '', '')", [PATIENT, house.tenant])
        admin.execute(
            "INSERT INTO person (id, tenant, login, roles) VALUES (%s, %s, 'x', '{nurse}')", [PERSON, house.tenant]
        )
    free = await house.shard()
    subject = {HoldScope.SHARD: OLD, HoldScope.PATIENT: PATIENT, HoldScope.PERSON: PERSON}.get(scope)
    hold = await house.holds.place(house.tenant, scope, subject, HoldReason.LITIGATION)
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.shard(house.tenant, free)
    assert caught.value.rule == "legal_hold", reason
    assert await house.destroyer.holds_on(house.tenant, free.kept) == (hold.id,)
    await house.holds.lift(house.tenant, hold.id, LiftReason.CLOSED)
    assert (await house.destroyer.shard(house.tenant, free)).destroyed_at is not None


async def test_a_hold_of_another_organisation_refuses_too(house: RetentionHouse) -> None:
    """A shard holds the entries of all."""
    other = uuid4()
    with house.log.admin() as admin:
        admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 'Other')", [other])
    await house.holds.place(other, HoldScope.EVERYTHING, None, HoldReason.INVESTIGATION)
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.shard(house.tenant, await house.shard())
    assert caught.value.rule == "legal_hold"


async def test_a_hold_placed_after_the_order_still_refuses(house: RetentionHouse) -> None:
    """The order is on record; nothing goes, and running it again after the hold is lifted finishes it."""
    placed: list[UUID] = []

    async def number() -> None:
        await house.log.number()
        if not placed:
            made = await house.holds.place(house.tenant, HoldScope.SHARD, OLD, HoldReason.LITIGATION)
            placed.append(made.id)

    found = await house.shard()
    with pytest.raises(NotPermittedError):
        await replace(house.destroyer, number=number).shard(house.tenant, found)
    assert count(house, "audit_entry") == 300
    await house.holds.lift(house.tenant, placed[0], LiftReason.CLOSED)
    await house.destroyer.shard(house.tenant, found)
    assert count(house, "audit_entry") == 0
    assert len(house.log.told("log.shard_destroyed")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("SET leaf_index = NULL, shard = NULL", "it is not in the signed tree yet"),
        ("SET leaf_index = 0, shard = ''", "an earlier shard"),
        ("SET leaf_index = 0, shard = '2015.12'", "an earlier shard, with a number"),
        ("SET leaf_index = 0, shard = '2026', kind = 'administration'", "another kind of entry"),
        ("SET leaf_index = 0, shard = '2026', leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '\"2016\"',"
         " '\"2015\"'), 'UTF8')", "another shard is named"),
        ("SET leaf_index = 0, shard = '2026', leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'destroyed\"',"
         " 'opened\"'), 'UTF8')", "another action"),
    ],
)  # fmt: skip
async def test_without_a_numbered_record_in_a_later_shard_nothing_goes(
    house: RetentionHouse, change: str, reason: str
) -> None:
    """The database looks for it itself."""

    async def never() -> None:
        """Nobody numbers."""

    with pytest.raises(AuditUnavailableError):
        await replace(house.destroyer, number=never).shard(house.tenant, await house.shard())
    with house.log.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(f"UPDATE audit_entry {change} WHERE kind = 'log'".encode())
    with (
        psycopg.connect(house.log.running.registrar, options="-c search_path=phiward") as registrar,
        pytest.raises(psycopg.errors.RaiseException) as caught,
    ):
        registrar.execute("SELECT destroy_shard('2016')")
    assert caught.value.diag.message_hint == "shard_unrecorded", reason
    assert count(house, "audit_addendum") == 300


@pytest.mark.parametrize("later", ["2016.2", "2016-02", "2026"])
async def test_the_record_counts_in_any_later_shard(house: RetentionHouse, later: str) -> None:
    """In the order of audit/shards.py."""

    async def number() -> None:
        await house.log.number(later)

    done = await replace(house.destroyer, number=number).shard(house.tenant, await house.shard())
    assert done.entry_shard == later
    assert count(house, "audit_entry") == 0


DELETIONS = (
    b"DELETE FROM audit_entry WHERE shard = '2016'",
    b"DELETE FROM audit_addendum",
    b"DELETE FROM audit_tile",
    b"DELETE FROM audit_checkpoint",
    b"DELETE FROM audit_shard",
    b"TRUNCATE audit_entry CASCADE",
    b"TRUNCATE audit_addendum",
    b"UPDATE audit_shard SET destroyed_at = now() WHERE name = '2016'",
)


async def test_no_role_deletes_whatever_it_sets(house: RetentionHouse) -> None:
    """Gateway, registrar, auditor, warden, the owner's role in a plain session, and the superuser by accident."""
    running = house.log.running
    settings = "SET search_path = phiward; SET phiward.destroying = 'shard:2016'"
    sessions = [(one, settings) for one in (running.app, running.registrar, running.auditor, running.warden)]
    sessions += [(running.admin, f"{settings}; SET ROLE phiward_owner"), (running.admin, settings)]
    for conninfo, first in sessions:
        with psycopg.connect(conninfo, autocommit=True) as session:
            session.execute(first.encode())
            for statement in DELETIONS:
                try:
                    session.execute(statement)
                except (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException):
                    continue
    assert [count(house, one) for one in ("audit_entry", "audit_addendum", "audit_tile", "audit_checkpoint")] == [
        300, 300, 2, 1,
    ]  # fmt: skip
    assert house.log.rows("SELECT destroyed_at FROM audit_shard WHERE name = %s", OLD) == [(None,)]


async def test_only_the_registrar_may_call_it(house: RetentionHouse) -> None:
    """No grant to anybody else."""
    running = house.log.running
    for conninfo in (running.app, running.auditor, running.warden):
        with (
            psycopg.connect(conninfo, options="-c search_path=phiward") as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute("SELECT destroy_shard('2016')")


async def test_entries_and_texts_go_and_hashes_checkpoints_and_others_stay(house: RetentionHouse) -> None:
    """The root of what is left is the one that was signed; the certificate and the log say so."""
    root = house.log.kept_root(OLD)
    certificate = await house.destroyer.shard(house.tenant, await house.shard())
    assert [count(house, one) for one in ("audit_entry", "audit_tile", "audit_checkpoint")] == [0, 2, 1]
    assert house.log.rows("SELECT count(*) FROM audit_addendum") == [(0,)]
    assert house.log.kept_root(OLD) == root
    assert (certificate.gone, certificate.entry_shard, certificate.subject) == ({"audit_entry": 300}, NOW, OLD)
    (told,) = house.log.told("log.shard_destroyed")
    assert (told["shard"], told["size"]) == (OLD, 300)
    (certified,) = house.log.told("destruction.certified")
    assert certified["entry"] == {"shard": NOW, "index": certificate.entry_index}
    assert house.log.rows("SELECT shard FROM audit_entry WHERE id = %s", certificate.entry) == [(NOW,)]


async def test_the_log_says_what_was_destroyed_and_how_many_entries_it_had(house: RetentionHouse) -> None:
    """The verifier holds it against what is gone."""
    await house.destroyer.shard(house.tenant, await house.shard())
    await house.log.number()
    entries = [
        StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], shard=row[5])
        for row in house.log.rows("SELECT id, interaction, kind, leaf, leaf_index, shard FROM audit_entry")
    ]
    assert {name: one.size for name, one in recorded(entries).items()} == {OLD: 300}


async def test_repeating_it_is_refused_as_done(house: RetentionHouse) -> None:
    """The same certificate; no second entry."""
    found = await house.shard()
    first = await house.destroyer.shard(house.tenant, found)
    again: Any = await house.destroyer.shard(house.tenant, found)
    assert (again.id, again.destroyed_at) == (first.id, first.destroyed_at)
    assert len(house.log.told("log.shard_destroyed")) == 1


async def test_other_appends_go_on_beside_a_destroyed_shard(house: RetentionHouse) -> None:
    """The log is append-only again afterwards, for the registrar's connection too."""
    await house.destroyer.shard(house.tenant, await house.shard())
    with (
        psycopg.connect(house.log.running.registrar, options="-c search_path=phiward") as registrar,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        registrar.execute("DELETE FROM audit_entry")
    with house.log.admin() as admin, pytest.raises(psycopg.errors.RaiseException):
        admin.execute("DELETE FROM audit_entry")


async def test_what_a_shard_recorded_of_others_is_carried_on(house: RetentionHouse) -> None:
    """2016 goes, on record in 2026; when 2026 goes, the entry about it says both."""
    await house.destroyer.shard(house.tenant, await house.shard())
    await house.log.number()
    with house.log.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        rows = admin.execute("SELECT leaf FROM audit_entry WHERE shard = '2026' ORDER BY leaf_index").fetchall()
        size, hashes = len(rows), b"".join(leaf_hash(bytes(leaf)) for (leaf,) in rows)
        admin.execute("INSERT INTO audit_tile VALUES ('2026', 0, 0, %s)", [hashes])
        admin.execute("INSERT INTO audit_shard VALUES ('2034', '2026-01-01Z')")
        admin.execute("UPDATE audit_shard SET closed_size = %s, opened_at = '2017-01-01Z' WHERE name = '2026'", [size])
        admin.execute("INSERT INTO audit_checkpoint (shard, size, note) VALUES ('2026', %s, 'x')", [size])
        admin.execute("UPDATE audit_head SET shard = '2034'")

    async def number() -> None:
        await house.log.number("2034")

    found = replace(await house.shard(NOW), due=True)
    await replace(house.destroyer, number=number).shard(house.tenant, found)
    (told,) = house.log.told("log.shard_destroyed")
    assert (told["shard"], told["earlier"]) == (NOW, [{"shard": OLD, "size": 300}])
