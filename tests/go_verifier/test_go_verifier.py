"""What we export and prove, before a verifier that we did not write: Go's sumdb/note and sumdb/tlog.

Needs the Debian packages golang-go and golang-golang-x-mod-dev; `make test` and `make test-go-verifier` fetch them.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from phiward.adapters.audit_export import Extent, write_tiles
from phiward.adapters.postgres.audit_evidence import EvidenceView, PostgresEvidence
from phiward.adapters.postgres.audit_tiles import TileWriter
from phiward.audit.merkle import leaf_hash
from phiward.audit.opened import placed
from phiward.audit.proof import make_proof
from phiward.audit.shards import origin_of
from phiward.audit.tiles import Tile, bundle, bundle_path, inclusion, unbundle
from tests.adapters.postgres.log_entries import as_admin, opened
from tests.adapters.postgres.log_shards import NAME, VERIFIER, ShardedLog, checkpoint
from tests.postgres import RunningDatabase, Server

SOURCE = Path(__file__).with_name("main.go")
PACKAGES = Path("/usr/share/gocode")
SECONDS = 120
SHARDS = {"": 300, "2026": 600, "2026.2": 1}
SHARD = "2026"
PROVED = 300


@dataclass(frozen=True)
class Export:
    """A shard as files, and a checkpoint of it that was kept earlier."""

    shard: str
    folder: Path
    older: Path
    proof: Path

    def copied(self, to: Path) -> "Export":
        """To be tampered with."""
        shutil.copytree(self.folder, to / "export")
        places = [Path(shutil.copy(one, to / one.name)) for one in (self.older, self.proof)]
        return Export(self.shard, to / "export", *places)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier, compiled."""
    compiler = shutil.which("go")
    if compiler is None or not (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("no Go verifier (Debian packages golang-go and golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    program = folder / "verifier"
    ours = {"GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    command = [compiler, "build", "-o", str(program), str(SOURCE)]
    environment = {**os.environ, **ours}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS * 2, check=False)
    assert done.returncode == 0, done.stderr
    return program


@pytest.fixture(scope="module")
def database(postgres: Server) -> Iterator[RunningDatabase]:
    """One for the module."""
    made = postgres.make()
    yield made
    postgres.drop(made)


@asynccontextmanager
async def evidence(database: RunningDatabase) -> AsyncIterator[PostgresEvidence]:
    """With the auditor's role."""
    async with opened(database.auditor) as auditor:
        yield PostgresEvidence(auditor)


async def export(view: EvidenceView, shard: str, folder: Path) -> None:
    """As the command does."""
    (row,) = [one for one in await view.shards() if one.name == shard]
    note = await view.newest_checkpoint(shard)
    assert note
    extent = Extent(row, note, placed(VERIFIER, note)[1])
    await write_tiles(view, extent, folder, lambda count: None)


async def prove(found: PostgresEvidence, log: ShardedLog, shard: str, index: int) -> bytes:
    """As the command does."""
    return await proved(found, log.ids[shard][index], shard, index)


async def proved(evidence: PostgresEvidence, identity: UUID, shard: str, index: int) -> bytes:
    """Not checked by us, so that a wrong one gets to the verifier."""
    (found,) = await evidence.find(identity)
    size = placed(VERIFIER, found.note)[1].size
    return make_proof(index, await inclusion(evidence.hashes(shard), index, size), found.note, found.entry.leaf)


@pytest.fixture(scope="module")
def exports(database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Export]:
    """Three shards, written by the gateway's role and exported by the auditor's."""
    return asyncio.run(exported(database, tmp_path_factory))


async def exported(database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Export]:
    """Each with an older checkpoint and a proof."""
    made = {}
    async with opened(database.app) as app, evidence(database) as found:
        log, writer = ShardedLog(app), TileWriter(app)
        for shard, size in SHARDS.items():
            folder = tmp_path_factory.mktemp("shard")
            first = max(1, size // 3)
            (folder / "older").write_bytes(await log.grow(shard, first))
            if size > first:
                await log.grow(shard, size - first)
            await writer.write(shard, size, closed=shard != "2026.2")
            (folder / "export").mkdir()
            (folder / "proof").write_bytes(await prove(found, log, shard, min(PROVED, size - 1)))
            made[shard] = Export(shard, folder / "export", folder / "older", folder / "proof")
        async with found.snapshot() as view:
            for shard, one in made.items():
                await export(view, shard, one.folder)
    return made


def judged(go: Path, made: Export, name: str | None = None) -> str:
    """What the verifier says, with nothing but the public key under the shard's name."""
    key = VERIFIER.named(name or origin_of(NAME, made.shard)).text()
    words = ["-key", key, "-export", str(made.folder), "-older", str(made.older), "-proof", str(made.proof)]
    done = subprocess.run([str(go), *words], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == (0 if done.stdout == "accepted\n" else 1), done.stderr
    return done.stdout


def edit(folder: Path, index: int, change: Callable[[list[bytes]], list[bytes]], width: int = 256) -> None:
    """Change the entries of a bundle."""
    place = folder / bundle_path(index, width)
    place.write_bytes(bundle(change(unbundle(place.read_bytes()))))


def flip(place: Path, at: int) -> None:
    """One bit of a file."""
    held = bytearray(place.read_bytes())
    held[at] ^= 1
    place.write_bytes(held)


def other_letter(place: Path, at: int) -> None:
    """Another letter, of which base64 knows as well."""
    held = bytearray(place.read_bytes())
    held[at] = ord("B" if held[at] == ord("A") else "A")
    place.write_bytes(held)


def cut(made: Export) -> None:
    """The tail is gone: the whole export is that of an older state, which the true key did sign."""
    older = made.older.read_bytes()
    made.older.write_bytes((made.folder / "checkpoint").read_bytes())
    replace(made.folder, unbundle((made.folder / bundle_path(0, 256)).read_bytes())[:200], older)


def resign(made: Export) -> None:
    """Other entries under the true key: who stole it cannot bend a checkpoint that is elsewhere."""
    leaves = [b"forged %d" % number for number in range(201)]
    replace(made.folder, leaves, checkpoint(SHARD, [leaf_hash(one) for one in leaves]))


def replace(folder: Path, leaves: list[bytes], note: bytes) -> None:
    """Put a tree of one partial tile there."""
    hashes = b"".join(leaf_hash(one) for one in leaves)
    held = {bundle_path(0, len(leaves)): bundle(leaves), Tile(0, 0, len(leaves)).path: hashes, "checkpoint": note}
    for name, content in held.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def edited(leaves: list[bytes]) -> list[bytes]:
    """One letter of the tenth."""
    return [*leaves[:9], leaves[9].replace(b"physician", b"physicist"), *leaves[10:]]


ACTS: dict[str, tuple[Callable[[Export], None], str]] = {
    "an entry edited": (
        lambda made: edit(
            made.folder, 1, lambda held: [*held[:9], held[9].replace(b"physician", b"physicist"), *held[10:]]
        ),
        "do not give the signed root",
    ),
    "an entry deleted": (lambda made: edit(made.folder, 0, lambda held: held[1:]), "ends too early"),
    "an entry slipped in": (lambda made: edit(made.folder, 0, lambda held: [*held, held[0]]), "more than its entries"),
    "two entries swapped": (
        lambda made: edit(made.folder, 0, lambda held: [held[1], held[0], *held[2:]]),
        "do not give the signed root",
    ),
    "the tail cut": (cut, "the log was cut"),
    "other entries signed by the true key": (resign, "invalid transparency proof"),
    "the size in the checkpoint altered": (
        lambda made: (made.folder / "checkpoint").write_bytes(
            (made.folder / "checkpoint").read_bytes().replace(b"\n600\n", b"\n601\n")
        ),
        "invalid signature",
    ),
    "the signature altered": (lambda made: other_letter(made.folder / "checkpoint", -9), "invalid signature"),
    "a leaf tile altered": (lambda made: flip(made.folder / Tile(0, 1, 256).path, 70), "is not the tile"),
    "a partial tile altered": (lambda made: flip(made.folder / Tile(0, 2, 88).path, 0), "is not the tile"),
    "a tile of tiles altered": (lambda made: flip(made.folder / Tile(1, 0, 2).path, 63), "is not the tile"),
    "a tile missing": (lambda made: (made.folder / Tile(1, 0, 2).path).unlink(), "is not the tile"),
    "a hash of the proof altered": (lambda made: proof_line(made, 4), "invalid transparency proof"),
    "the entry of the proof altered": (lambda made: proof_line(made, 1), "invalid transparency proof"),
    "the index of the proof altered": (
        lambda made: made.proof.write_bytes(made.proof.read_bytes().replace(b"\nindex 300\n", b"\nindex 301\n")),
        "invalid transparency proof",
    ),
}
"""Each act, and what the verifier must say of it."""


def proof_line(made: Export, number: int) -> None:
    """Another digit in the middle of a line."""
    lines = made.proof.read_bytes().split(b"\n")
    line = lines[number]
    at = len(line) // 2
    lines[number] = line[:at] + (b"B" if line[at : at + 1] != b"B" else b"C") + line[at + 1 :]
    made.proof.write_bytes(b"\n".join(lines))


@pytest.mark.parametrize("act", ACTS)
async def test_the_verifier_rejects(go: Path, exports: dict[str, Export], tmp_path: Path, act: str) -> None:
    """A copy of the good export, with one act committed."""
    made = exports[SHARD].copied(tmp_path)
    assert judged(go, made) == "accepted\n"
    commit, said = ACTS[act]
    commit(made)
    told = judged(go, made)
    assert told.startswith("rejected: ")
    assert said in told


@pytest.mark.parametrize("shard", SHARDS)
async def test_the_verifier_accepts_each_shard(go: Path, exports: dict[str, Export], shard: str) -> None:
    """Signature, tree from the entries, tiles, inclusion, consistency with an older checkpoint, and a proof."""
    assert judged(go, exports[shard]) == "accepted\n"


async def test_a_shard_is_not_accepted_as_another(go: Path, exports: dict[str, Export]) -> None:
    """The key is the same; the name it signs under is not."""
    assert judged(go, exports[SHARD], f"{NAME}/2027").startswith("rejected: ")
    assert judged(go, exports[SHARD], NAME).startswith("rejected: ")


async def test_an_entry_that_a_superuser_edits_no_longer_fits_the_proof(
    go: Path, database: RunningDatabase, exports: dict[str, Export], tmp_path: Path
) -> None:
    """The proof that a stranger holds goes on to be accepted; one made of the edited entry is not."""
    made = exports[SHARD].copied(tmp_path)
    as_admin(
        database,
        "UPDATE audit_entry"
        " SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'physician', 'physicist'), 'UTF8')"
        " WHERE shard = %s AND leaf_index = %s",
        SHARD,
        PROVED,
    )
    assert judged(go, made) == "accepted\n"
    async with evidence(database) as found:
        rows = as_admin(database, "SELECT id FROM audit_entry WHERE shard = %s AND leaf_index = %s", SHARD, PROVED)
        made.proof.write_bytes(await proved(found, rows[0][0], SHARD, PROVED))
    assert judged(go, made).startswith("rejected: ")
