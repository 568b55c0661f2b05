"""A log in shards, written by the real adapters and numbered by hand into the shard that a test names."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.database import Database
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.merkle import leaf_hash, root_hash
from phiward.audit.note import Verifier, sign
from phiward.audit.shards import origin_of

from .log_entries import entry, sealed

NAME = "hospital.example/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFIER = Verifier(NAME, KEY.public_key().public_bytes_raw())


def checkpoint(shard: str, hashes: Sequence[bytes], name: str = NAME, key: Ed25519PrivateKey = KEY) -> bytes:
    """Signed, over these leaf hashes."""
    origin = origin_of(name, shard)
    return sign(origin, key, Checkpoint(origin, len(hashes), root_hash(hashes)).text())


class ShardedLog:
    """Appends and numbers with the gateway's role."""

    def __init__(self, database: Database, name: str = NAME, key: Ed25519PrivateKey = KEY) -> None:
        """`name` and `key` sign its checkpoints."""
        self._database, self._name, self._key = database, name, key
        self.leaves: dict[str, list[bytes]] = {}
        self.ids: dict[str, list[UUID]] = {}
        self.notes: dict[str, list[bytes]] = {}

    def hashes(self, shard: str) -> list[bytes]:
        """Of its leaves."""
        return [leaf_hash(one) for one in self.leaves[shard]]

    async def open(self, shard: str) -> None:
        """A row for it."""
        async with self._database.plain() as connection:
            await connection.execute("INSERT INTO audit_shard (name) VALUES (%s) ON CONFLICT DO NOTHING", [shard])
        self.leaves.setdefault(shard, [])
        self.ids.setdefault(shard, [])
        self.notes.setdefault(shard, [])

    async def grow(self, shard: str, count: int) -> bytes:
        """So many entries more, and a checkpoint over them; returns it."""
        await self.open(shard)
        log = PostgresAuditLog(self._database, uuid4())
        await asyncio.gather(*(log.append(entry(addenda=sealed())) for _ in range(count)))
        return await self.number(shard)

    async def number(self, shard: str) -> bytes:
        """Whatever waits, into this shard, with a checkpoint."""
        await self.open(shard)
        start = len(self.leaves[shard])
        async with self._database.plain() as connection, connection.transaction():
            cursor = await connection.execute(
                "SELECT id, leaf FROM audit_entry WHERE leaf_index IS NULL ORDER BY recorded_at, id"
            )
            for index, (identity, leaf) in enumerate(await cursor.fetchall(), start=start):
                await connection.execute(
                    "UPDATE audit_entry SET leaf_index = %s, shard = %s WHERE id = %s", [index, shard, identity]
                )
                self.leaves[shard].append(bytes(leaf))
                self.ids[shard].append(identity)
            note = checkpoint(shard, self.hashes(shard), self._name, self._key)
            await connection.execute(
                "INSERT INTO audit_checkpoint (shard, size, note) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [shard, len(self.leaves[shard]), note],
            )
        self.notes[shard].append(note)
        return note

    async def close(self, shard: str) -> None:
        """No more entries come."""
        async with self._database.plain() as connection:
            await connection.execute(
                "UPDATE audit_shard SET closed_size = %s WHERE name = %s", [len(self.leaves[shard]), shard]
            )
