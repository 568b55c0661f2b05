"""A proof of one entry in a log of ten million.

    python bench/audit_proof.py [--size 10000000] [--rounds 400] [--json]

The ten million are not appended: their leaf hashes are synthetic (SHA-256 of the index), and are put into the database
directly as the tiles that the sequencer's process would have written (COPY as the administrator). Real entries stand in
eight of these tiles and in a tail that no tile holds yet; they are what is proved, so that a whole proof is measured:
find the entry by its id and the newest checkpoint, read the hashes, make the file, check it once. Filling takes about a
minute and 350 MB of disk under /tmp; it is not in the figures. An embedded PostgreSQL of its own, default durability.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import WORKER, entry, pool
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.postgres.audit_evidence import PostgresEvidence
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import AUDITOR, Credentials, ensure_roles
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.leaf import canonical_leaf
from phiward.audit.merkle import leaf_hash, root_hash
from phiward.audit.note import Verifier, sign
from phiward.audit.opened import placed
from phiward.audit.ports import TILE_HASHES
from phiward.audit.proof import check_proof, make_proof
from phiward.audit.shards import origin_of
from phiward.audit.tiles import Tile, TileBuilder, consistency, inclusion
from phiward.domain.audit import Entry
from processes import Postgres, cpu_seconds
from told import tell

NAME, SHARD = "bench.example/audit", "2026"
TAIL = 200
REAL_TILES = 8
ENTRY = (
    "COPY audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index, shard, leaf_hash)"
    " FROM STDIN"
)
TILE = "COPY audit_tile (shard, level, tile, hashes, root) FROM STDIN"
BUDGET_MS = 5.0


def leaves(size: int, real: dict[int, Entry]) -> Iterator[bytes]:
    """The leaf hashes in order; of the real entries, as they are recorded."""
    for index in range(size):
        one = real.get(index)
        yield sha256(index.to_bytes(8, "big")).digest() if one is None else leaf_hash(canonical_leaf(one, WORKER))


def fill(admin: str, size: int) -> tuple[list[UUID], Verifier]:
    """A shard of about `size` entries; returns the ids of the real ones and the key."""
    full = size // TILE_HASHES
    tiles = random.Random(7).sample(range(full), min(REAL_TILES, full))  # noqa: S311 - which tiles, no secret
    places = [tile * TILE_HASHES + at for tile in tiles for at in range(TILE_HASHES)]
    places += range(full * TILE_HASHES, full * TILE_HASHES + TAIL)
    real = {index: entry() for index in places}
    with psycopg.connect(admin, options="-c search_path=phiward") as connection:
        with connection.cursor() as cursor, cursor.copy(ENTRY) as rows:
            for index, one in real.items():
                leaf = canonical_leaf(one, WORKER)
                kept = (
                    one.id,
                    one.tenant,
                    one.interaction,
                    str(one.kind),
                    WORKER,
                    one.recorded_at,
                    leaf,
                    index,
                    SHARD,
                    leaf_hash(leaf),
                )
                rows.write_row(kept)
        with connection.cursor() as cursor, cursor.copy(TILE) as rows:

            def keep(tile: Tile, hashes: bytes) -> None:
                parts = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
                rows.write_row((SHARD, tile.level, tile.index, hashes, root_hash(parts)))

            builder = TileBuilder(keep)
            for hashed in leaves(full * TILE_HASHES + TAIL, real):
                builder.append(hashed)
        key = Ed25519PrivateKey.generate()
        origin = origin_of(NAME, SHARD)
        note = sign(origin, key, Checkpoint(origin, builder.size, builder.root()).text())
        connection.execute("INSERT INTO audit_shard (name) VALUES (%s)", [SHARD])
        connection.execute(
            "INSERT INTO audit_checkpoint (shard, size, note) VALUES (%s, %s, %s)", [SHARD, builder.size, note]
        )
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE phiward.audit_entry, phiward.audit_tile")
    return [one.id for one in real.values()], Verifier(NAME, key.public_key().public_bytes_raw())


async def measure(auditor: str, ids: list[UUID], verifier: Verifier, rounds: int) -> list[dict[str, Any]]:
    """Whole proofs of real entries one after the other, and consistency proofs from a size anywhere."""
    chance = random.Random(11)  # noqa: S311 - which entry, no secret
    async with pool(auditor) as database:
        evidence = PostgresEvidence(database)
        size = 0

        async def proof() -> None:
            nonlocal size
            (found,) = await evidence.find(chance.choice(ids))
            _, signed = placed(verifier, found.note)
            index, size = found.entry.index or 0, signed.size
            hashes = await inclusion(evidence.hashes(SHARD), index, size)
            check_proof(make_proof(index, hashes, found.note, found.entry.leaf), verifier)

        async def older() -> None:
            await consistency(evidence.hashes(SHARD), chance.randrange(1, size), size)

        whole, consistent = await timed(proof, rounds), await timed(older, rounds)
    name = f"proof in a log of {size:,}"
    return [
        row(f"{name}, p50", whole["p50"], BUDGET_MS),
        row(f"{name}, p99", whole["p99"], None),
        row(f"{name}, CPU", whole["cpu"], None, "CPU ms"),
        row(f"{name}, postgres beside it", whole["postgres"], None, "CPU ms"),
        row("consistency with an older size, p50", consistent["p50"], None),
        row("consistency with an older size, p99", consistent["p99"], None),
    ]


async def timed(work: Callable[[], Awaitable[None]], rounds: int) -> dict[str, float]:
    """In milliseconds, after a few rounds that fill caches."""
    for _ in range(20):
        await work()
    postgres, waits = Postgres(), []
    own, beside = time.process_time(), cpu_seconds(postgres)
    for _ in range(rounds):
        begun = time.perf_counter()
        await work()
        waits.append(1e3 * (time.perf_counter() - begun))
    waits.sort()
    return {
        "p50": waits[rounds // 2],
        "p99": waits[rounds * 99 // 100],
        "cpu": 1e3 * (time.process_time() - own) / rounds,
        "postgres": 1e3 * (cpu_seconds(postgres) - beside) / rounds,
    }


def row(name: str, value: float, budget: float | None, unit: str = "ms") -> dict[str, Any]:
    """One figure; without a budget it holds."""
    held = budget is None or value <= budget
    return {"name": name, "value": round(value, 3), "unit": unit, "budget": budget, "holds": held}


def measured(size: int, rounds: int) -> list[dict[str, Any]]:
    """With a server of its own, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-bench-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with supervisor.running(own=True) as server:
            admin = server.conninfo(ADMINISTRATOR, supervisor.password, DATABASE)
            credentials = Credentials.load_or_create(folder / "secrets" / "database.json")
            ensure_roles(admin, credentials.passwords)
            migrate(admin)
            ids, verifier = fill(admin, size)
            return asyncio.run(measure(credentials.conninfo(admin, AUDITOR), ids, verifier, rounds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    return tell(measured(options.size, options.rounds), 45, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
