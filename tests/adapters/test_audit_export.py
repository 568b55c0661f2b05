"""Exports: what is whole has its name and its checkpoint; what is not true has neither."""

import json
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from phiward.adapters.audit_export import CHECKPOINT, Extent, Staged, write_lines, write_tiles
from phiward.adapters.postgres.audit_evidence import EvidenceView, PostgresEvidence
from phiward.adapters.postgres.audit_tiles import TileWriter
from phiward.adapters.postgres.database import Database
from phiward.audit.proof import open_checkpoint
from phiward.audit.tiles import Tile, bundle, bundle_path, split, tiles_of
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError
from tests.adapters.postgres.log_entries import as_admin, opened
from tests.adapters.postgres.log_shards import VERIFIER, ShardedLog
from tests.postgres import RunningDatabase, Server

SHARD, SIZE = "2026", 600
FLIP = "UPDATE audit_tile SET hashes = set_byte(hashes, 7, get_byte(hashes, 7) # 1) WHERE level = 0 AND tile = 1"


@pytest.fixture
def fresh(postgres: Server) -> Iterator[RunningDatabase]:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest.fixture
async def app(fresh: RunningDatabase) -> AsyncIterator[Database]:
    """The gateway's pool."""
    async with opened(fresh.app) as database:
        yield database


@pytest.fixture
async def log(app: Database) -> ShardedLog:
    """600 entries."""
    made = ShardedLog(app)
    await made.grow(SHARD, 40)
    await made.grow(SHARD, SIZE - 40)
    return made


async def extent(view: EvidenceView, shard: str = SHARD) -> Extent:
    """As the desk reads it."""
    (found,) = [one for one in await view.shards() if one.name == shard]
    note = await view.newest_checkpoint(shard)
    assert note
    return Extent(found, note, open_checkpoint(note, VERIFIER)[1])


async def exported(fresh: RunningDatabase, folder: Path) -> list[int]:
    """Written by the auditor's role; returns the progress that was told."""
    told: list[int] = []
    async with opened(fresh.auditor) as auditor, PostgresEvidence(auditor).snapshot() as view:
        await write_tiles(view, await extent(view), made(folder), told.append)
    return told


def made(folder: Path) -> Path:
    """The folder, made where it is missing."""
    folder.mkdir(exist_ok=True)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file below, by its path."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


async def test_an_edited_entry_gives_no_export(fresh: RunningDatabase, log: ShardedLog, tmp_path: Path) -> None:
    """The root is not the signed one, so no checkpoint stands there, and a second attempt changes nothing."""
    as_admin(fresh, "UPDATE audit_entry SET leaf = 'x' WHERE leaf_index = 300")
    for _ in range(2):
        with pytest.raises(AuditIntegrityError):
            await exported(fresh, tmp_path)
        assert not (tmp_path / CHECKPOINT).exists()


async def test_an_edited_tile_of_a_destroyed_shard_gives_no_export(
    fresh: RunningDatabase, app: Database, log: ShardedLog, tmp_path: Path
) -> None:
    """Its hashes are all that is left, and they must give the signed root."""
    await destroyed(fresh, app, log)
    as_admin(
        fresh, "UPDATE audit_tile SET hashes = overlay(hashes placing '\\x00' from 7) WHERE level = 0 AND tile = 1"
    )
    with pytest.raises(AuditIntegrityError):
        await exported(fresh, tmp_path)
    assert not (tmp_path / CHECKPOINT).exists()


async def destroyed(fresh: RunningDatabase, app: Database, log: ShardedLog) -> None:
    """Closed, its tiles written, its entries deleted."""
    await TileWriter(app).write(SHARD, SIZE, closed=True)
    await log.close(SHARD)
    as_admin(fresh, "DELETE FROM audit_addendum")
    as_admin(fresh, "DELETE FROM audit_entry")
    as_admin(fresh, "UPDATE audit_shard SET destroyed_at = now() WHERE name = %s", SHARD)


async def test_a_shard_is_written_as_the_specification_lays_it_out(
    fresh: RunningDatabase, log: ShardedLog, tmp_path: Path
) -> None:
    """Every tile, every bundle, the newest checkpoint, all checkpoints, and nothing else."""
    told = await exported(fresh, tmp_path)
    assert sum(told) == SIZE
    found = files(tmp_path)
    leaves = log.leaves[SHARD]
    assert found.pop(CHECKPOINT) == log.notes[SHARD][-1]
    notes = [orjson.loads(line)["note"].encode() for line in found.pop("checkpoints.jsonl").splitlines()]
    assert notes == log.notes[SHARD]
    for index, width in ((0, 256), (1, 256), (2, 88)):
        assert found.pop(bundle_path(index, width)) == bundle(leaves[index * 256 : index * 256 + width])
    assert split(found[Tile(0, 2, 88).path]) == log.hashes(SHARD)[512:]
    assert sorted(found) == sorted(one.path for one in tiles_of(SIZE))
    assert stat.S_IMODE((tmp_path / CHECKPOINT).stat().st_mode) == 0o600


async def test_an_interrupted_export_goes_on_and_what_lay_there_is_not_believed(
    fresh: RunningDatabase, log: ShardedLog, tmp_path: Path
) -> None:
    """After a kill: a bundle that was torn, partial tiles of a smaller tree, and a bundle that somebody changed."""
    whole = tmp_path / "whole"
    await exported(fresh, whole)
    torn = tmp_path / "torn"
    await exported(fresh, torn)
    (torn / CHECKPOINT).unlink()
    place = torn / bundle_path(1, 256)
    place.write_bytes(place.read_bytes()[:-5])
    stale = torn / Tile(0, 2, 7).path
    stale.write_bytes(b"old")
    as_admin(fresh, "UPDATE audit_entry SET leaf = 'never read again' WHERE leaf_index < 256")
    await exported(fresh, torn)
    assert files(torn) == files(whole)


async def test_a_bundle_that_was_changed_meanwhile_is_written_anew(
    fresh: RunningDatabase, log: ShardedLog, tmp_path: Path
) -> None:
    """Its leaves are hashed: the export is the log's or none."""
    whole, changed = tmp_path / "whole", tmp_path / "changed"
    await exported(fresh, whole)
    await exported(fresh, changed)
    (changed / bundle_path(0, 256)).write_bytes(bundle([b"another"] * 256))
    await exported(fresh, changed)
    assert files(changed) == files(whole)


async def test_a_destroyed_shard_gives_its_checkpoints_and_hashes_and_says_so(
    fresh: RunningDatabase, app: Database, log: ShardedLog, tmp_path: Path
) -> None:
    """No entry, and the same tiles as before."""
    before, after = tmp_path / "before", tmp_path / "after"
    await exported(fresh, before)
    await destroyed(fresh, app, log)
    await exported(fresh, after)
    found = files(after)
    assert json.loads(found.pop("destroyed.json"))["entries"] == SIZE
    assert found == {path: held for path, held in files(before).items() if "entries" not in path}


async def test_lines_hold_each_leaf_byte_for_byte(fresh: RunningDatabase, log: ShardedLog, tmp_path: Path) -> None:
    """With shard and index, in order; whoever cuts the leaf out can hash it."""
    file = tmp_path / "log.jsonl"
    told: list[int] = []
    async with opened(fresh.auditor) as auditor, PostgresEvidence(auditor).snapshot() as view:
        await write_lines(view, [await extent(view)], file, told.append)
    assert sum(told) == SIZE
    lines = file.read_bytes().splitlines()
    assert lines == [
        b'{"shard":"2026","index":%d,"leaf":%b}' % (index, leaf) for index, leaf in enumerate(log.leaves[SHARD])
    ]
    assert orjson.loads(lines[-1])["index"] == SIZE - 1


async def test_a_leaf_that_is_no_object_gives_no_lines(fresh: RunningDatabase, log: ShardedLog, tmp_path: Path) -> None:
    """It could break the line, or forge the next."""
    as_admin(
        fresh, "UPDATE audit_entry SET leaf = %s WHERE leaf_index = 3", b'{}}\n{"shard":"2026","index":4,"leaf":{}'
    )
    async with opened(fresh.auditor) as auditor, PostgresEvidence(auditor).snapshot() as view:
        with pytest.raises(AuditIntegrityError):
            await write_lines(view, [await extent(view)], tmp_path / "log.jsonl", lambda count: None)


def test_a_place_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    """Nor one where a link leads nowhere."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (tmp_path, tmp_path / "link"):
        with pytest.raises(InvalidRequestError):
            Staged(place)


def test_a_staged_folder_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    """And keeps what an interrupted one left."""
    place = tmp_path / "export"
    (Staged(place).folder("2026") / "left").write_text("here")
    again = Staged(place)
    assert (again.folder("2026") / "left").exists()
    assert not place.exists()
    again.publish()
    assert (place / "2026" / "left").exists()
    assert not again.beside.exists()
