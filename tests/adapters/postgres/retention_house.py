"""A log with a closed shard of some years ago and a current one, made by hand, for the tests of destruction."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.destruction import Destroyer
from phiward.adapters.postgres.kept import KeptReader
from phiward.adapters.postgres.legal_holds import LegalHolds
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.vendor_registry import VendorRegistry
from phiward.audit.leaf import encode_leaf
from phiward.audit.merkle import Frontier, leaf_hash, root_hash
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.people import TenantId
from phiward.retention.due import Standing, standing
from phiward.retention.schedule import Schedule
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.adapters.postgres.audit_entries import SIGNER
from tests.adapters.postgres.conftest import Pools
from tests.adapters.postgres.organisation import Organisation, now
from tests.postgres import RunningDatabase, Server
from tests.rooms.vault.twins import MemoryKeyStore

OLD, NOW = "2016", "2026"
WORKER = UUID(int=1)


@dataclass(frozen=True, slots=True)
class ShardedLog:
    """Writes what the sequencer writes, as the superuser and with the triggers off where they would refuse."""

    running: RunningDatabase

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        """A transaction of the superuser."""
        with psycopg.connect(self.running.admin, options="-c search_path=phiward") as connection:
            yield connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.admin() as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def found(self, count: int, tenant: UUID, *, facts: Sequence[dict[str, Any]] = ()) -> list[UUID]:
        """A closed shard of 2016 with `count` entries, and the current one of 2026; returns the ids of the entries."""
        entries = [self._entry(tenant, number, facts) for number in range(count)]
        leaves = [encode_leaf(one, WORKER) for one in entries]
        with self.admin() as connection:
            connection.execute("INSERT INTO audit_shard (name, opened_at) VALUES (%s, '2016-01-01Z')", [OLD])
            connection.execute("INSERT INTO audit_shard (name, opened_at) VALUES (%s, '2017-01-01Z')", [NOW])
            connection.execute("UPDATE audit_shard SET closed_size = 0 WHERE name = ''")
            for index, (one, leaf) in enumerate(zip(entries, leaves, strict=True)):
                connection.execute(
                    "INSERT INTO audit_entry"
                    " (id, tenant, interaction, kind, worker, recorded_at, leaf, shard, leaf_index)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    [one.id, tenant, one.interaction, str(one.kind), WORKER, one.recorded_at, leaf, OLD, index],
                )
                for addendum in one.addenda:
                    connection.execute(
                        "INSERT INTO audit_addendum VALUES (%s, %s, %s)", [one.id, addendum.name, addendum.ciphertext]
                    )
            hashes = [leaf_hash(leaf) for leaf in leaves]
            for tile in range(-(-count // 256)):
                packed = b"".join(hashes[tile * 256 : tile * 256 + 256])
                connection.execute("INSERT INTO audit_tile VALUES (%s, 0, %s, %s)", [OLD, tile, packed])
            connection.execute(
                "INSERT INTO audit_checkpoint (shard, size, note) VALUES (%s, %s, %s)",
                [OLD, count, SIGNER.checkpoint(count, root_hash(hashes))],
            )
            connection.execute("UPDATE audit_shard SET closed_size = %s WHERE name = %s", [count, OLD])
            connection.execute("UPDATE audit_head SET shard = %s, size = 0, frontier = '{}'", [NOW])
        return [one.id for one in entries]

    async def number(self, shard: str = NOW) -> None:
        """Number what waits in the current shard, as a sequencer does."""
        with self.admin() as connection:
            waiting = connection.execute(
                "SELECT id FROM audit_entry WHERE leaf_index IS NULL ORDER BY recorded_at, id"
            ).fetchall()
            row = connection.execute(
                "SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_entry WHERE shard = %s", [shard]
            ).fetchone()
            assert row is not None
            for index, (one,) in enumerate(waiting, start=row[0]):
                connection.execute(
                    "UPDATE audit_entry SET leaf_index = %s, shard = %s WHERE id = %s", [index, shard, one]
                )

    def told(self, action: str) -> list[dict[str, Any]]:
        """The facts of every entry of an action, oldest first."""
        leaves = self.rows("SELECT leaf FROM audit_entry ORDER BY recorded_at, id")
        facts = [json.loads(bytes(leaf))["facts"] for (leaf,) in leaves]
        return [one for one in facts if one.get("action") == action]

    def kept_root(self, shard: str) -> bytes:
        """The root of what a shard left, from its level-0 tiles."""
        frontier = Frontier()
        for (packed,) in self.rows("SELECT hashes FROM audit_tile WHERE shard = %s AND level = 0 ORDER BY tile", shard):
            frontier.extend(bytes(packed[at : at + 32]) for at in range(0, len(packed), 32))
        return frontier.root()

    def _entry(self, tenant: UUID, number: int, facts: Sequence[dict[str, Any]]) -> Entry:
        told = facts[number] if number < len(facts) else {"action": "test.entry"}
        kind = EntryKind.INTENT if "patients" in told else EntryKind.ADMINISTRATION
        at = datetime(2016, 6, 1, 0, number // 60 % 60, number % 60, tzinfo=UTC)
        return Entry(uuid4(), TenantId(tenant), uuid4(), kind, at, told, (Addendum("sent", b"sealed"),))


@dataclass
class RetentionHouse:
    """One organisation with a log in shards, and what destroys in it. Its key store is in memory."""

    home: Organisation
    log: ShardedLog
    auditor: Database
    administration: Administration
    holds: LegalHolds
    kept: KeptReader

    @property
    def tenant(self) -> UUID:
        """Its id."""
        return self.home.tenant

    @property
    def destroyer(self) -> Destroyer:
        """With the numbering by hand."""
        return Destroyer(self.administration, self.auditor, self.home.vault, self.log.number)

    async def shard(self, name: str = OLD) -> Standing:
        """How a shard stands now, by the default schedule."""
        (found,) = [one for one in await self.kept.shards() if one.name == name]
        return standing(found, Schedule.of({}), await self.holds.holds(self.tenant), datetime.now(UTC))

    async def patient(self, patient: UUID) -> Standing:
        """How a patient stands now."""
        (found,) = [one for one in await self.kept.patients(self.tenant) if one.name == str(patient)]
        return standing(found, Schedule.of({}), await self.holds.holds(self.tenant), datetime.now(UTC))


@asynccontextmanager
async def retention_house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """In a database of its own, because shards are of the whole installation."""
    running = postgres.make()
    pools = Pools(*(Database(one) for one in (running.app, running.registrar, running.auditor)))
    try:
        for pool in (pools.app, pools.registrar, pools.auditor):
            await pool.open()
        administration = Administration(pools.registrar, encode_leaf, now, "uid:1000")
        vault = Vault(RootKey(bytes(range(32))), MemoryKeyStore())
        registry, vendors = Registry(administration, vault), VendorRegistry(administration, vault)
        tenant = await registry.ensure_tenant("Invented")
        home = Organisation(tenant, pools.app, pools.registrar, vault, registry, vendors)
        yield RetentionHouse(
            home,
            ShardedLog(running),
            pools.auditor,
            administration,
            LegalHolds(administration),
            KeptReader(pools.registrar, pools.auditor),
        )
    finally:
        for pool in (pools.app, pools.registrar, pools.auditor):
            await pool.close()
        postgres.drop(running)
