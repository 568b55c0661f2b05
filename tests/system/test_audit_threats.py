"""The threat table of the audit log: the act is done as database superuser, and is reported at start-up and by command.

Each row is what an administrator of the database can do in a minute; each names what sees it. What no log can see by
itself stands in docs/how-to/audit.md.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.heartbeat import Heartbeat
from phiward.adapters.postgres.roles import APP
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.audit.signer import load_signer
from phiward.settings import Settings
from phiward.wiring.base import conninfo, prepare_secrets, signer_of, utc_now
from phiward.wiring.integrity import check_before_start, check_log
from tests.adapters.postgres.log_entries import entry, sealed
from tests.postgres import RunningDatabase, Server

Act = Callable[[psycopg.Connection[Any], Settings], None]
ENTRIES = 20
"""Beside the opening of the shard and the start of the process: indices 2 to 21."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A database with a log, and what stands outside it."""

    settings: Settings
    database: RunningDatabase

    def superuser(self) -> psycopg.Connection[Any]:
        """Past policies and past triggers."""
        options = "-c search_path=phiward -c session_replication_role=replica"
        return psycopg.connect(self.database.admin, options=options, autocommit=True)


@asynccontextmanager
async def opened(text: str) -> AsyncIterator[Database]:
    """A pool."""
    database = Database(text)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def fill(settings: Settings) -> None:
    """As a gateway does: it starts, appends, numbers in batches of four, anchors each, and ends."""
    anchor, signer = FolderAnchor(settings.anchor_dir), signer_of(settings)
    async with opened(conninfo(settings, APP)) as app:
        log = PostgresAuditLog(app, uuid4())
        beat = Heartbeat(log, utc_now)
        sequencer = Sequencer(PostgresAuditStore(app), signer, anchor.append, anchor.read(), period=ShardPeriod.YEAR)
        await beat.started()
        for at in range(ENTRIES):
            await log.append(entry(addenda=sealed()))
            if at % 4 == 3:
                while await sequencer.once():
                    pass
        await beat.stopped()
        while await sequencer.once():
            pass


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """The log that every act is done to a copy of."""
    folder = tmp_path_factory.mktemp("installation")
    database = postgres.make()
    settings = Settings(
        data_dir=folder / "data",
        secrets_dir=folder / "secrets",
        anchor_dir=folder / "anchors",
        database_url=SecretStr(database.admin),
    )
    settings.secrets_dir.mkdir(mode=0o700)
    settings.database_credentials_file.write_text(json.dumps(dict(postgres.credentials.passwords)))
    settings.database_credentials_file.chmod(0o600)
    prepare_secrets(settings)
    await fill(settings)
    yield Installation(settings, database)
    postgres.drop(database)


@pytest.fixture
def installation(built: Installation, postgres: Server, tmp_path: Path) -> Iterator[Installation]:
    """A copy of the database, and of the anchors."""
    database = postgres.make(built.database.name)
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    for file in built.settings.anchor_dir.iterdir():
        (anchors / file.name).write_bytes(file.read_bytes())
    changed = {"database_url": SecretStr(database.admin), "anchor_dir": anchors}
    yield Installation(built.settings.model_copy(update=changed), database)
    postgres.drop(database)


def sql(statement: str) -> Act:
    """One statement."""

    def act(connection: psycopg.Connection[Any], settings: Settings) -> None:
        connection.execute(statement.encode())

    return act


def drop(connection: psycopg.Connection[Any], which: str, *values: Any) -> None:
    """Entries with their addenda."""
    entries = f"SELECT id FROM audit_entry WHERE {which}"  # noqa: S608 - words of this file
    connection.execute(f"DELETE FROM audit_addendum WHERE entry IN ({entries})".encode(), values)  # noqa: S608
    connection.execute(f"DELETE FROM audit_entry WHERE {which}".encode(), values)  # noqa: S608


def renumbered(connection: psycopg.Connection[Any]) -> Frontier:
    """The indices made dense again, and the head brought into line with the rows."""
    rows = connection.execute("SELECT id, leaf, shard FROM audit_entry ORDER BY shard, leaf_index").fetchall()
    frontier = Frontier()
    for index, (identity, leaf, _) in enumerate(rows):
        connection.execute("UPDATE audit_entry SET leaf_index = %s WHERE id = %s", [index + 1_000_000, identity])
        frontier.append(leaf_hash(bytes(leaf)))
    connection.execute("UPDATE audit_entry SET leaf_index = leaf_index - 1000000")
    connection.execute("UPDATE audit_head SET size = %s, frontier = %s", [frontier.size, list(frontier.subtrees)])
    return frontier


def edit(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Another fact in one leaf."""
    other = "convert_to(replace(convert_from(leaf, 'UTF8'), 'physician', 'physicist'), 'UTF8')"
    connection.execute(f"UPDATE audit_entry SET leaf = {other} WHERE leaf_index = 9".encode())  # noqa: S608


def edit_and_recompute(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """The head follows."""
    edit(connection, settings)
    renumbered(connection)


def sign_anew(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """With the log's own key: rows, head and the one checkpoint fit each other."""
    frontier = renumbered(connection)
    (shard,) = connection.execute("SELECT shard FROM audit_head").fetchone() or ("",)
    connection.execute("DELETE FROM audit_checkpoint")
    thief = load_signer(settings.signing_key_file, settings.audit_name, data_dir=None)
    values = [shard, frontier.size, thief.checkpoint(frontier.size, frontier.root(), shard)]
    connection.execute("INSERT INTO audit_checkpoint (shard, size, note) VALUES (%s, %s, %s)", values)


def edit_with_the_stolen_key(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Rows, head and checkpoints fit each other, signed by our own key: only what stands outside differs."""
    edit(connection, settings)
    sign_anew(connection, settings)


def delete_and_close_the_gap(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Nothing shows in the rows."""
    drop(connection, "leaf_index = 9")
    renumbered(connection)


def swap(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Two neighbours."""
    for old, new in ((9, 999), (10, 9), (999, 10)):
        connection.execute("UPDATE audit_entry SET leaf_index = %s WHERE leaf_index = %s", [new, old])


def rewind(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """As an old backup would be: rows, head and checkpoints fit each other."""
    sizes = connection.execute("SELECT size FROM audit_checkpoint ORDER BY size").fetchall()
    size = sizes[-3][0]
    drop(connection, "leaf_index >= %s", size)
    connection.execute("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    renumbered(connection)


def forge(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """An entry that never happened, at the end, with its number."""
    connection.execute(
        "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index, shard)"
        " SELECT gen_random_uuid(), tenant, gen_random_uuid(), kind, worker, recorded_at, leaf,"
        " (SELECT size FROM audit_head), shard FROM audit_entry WHERE leaf_index = 9"
    )


def scribble_on_the_anchor(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Outside, a line that our key never signed."""
    FolderAnchor(settings.anchor_dir).append(b"hospital.example/audit\n1\nAAAA\n")


def delete_unnumbered(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Two entries lose their numbers and then themselves, and everything is signed anew by the gateway's own key."""
    drop(connection, "leaf_index IN (9, 10)")
    sign_anew(connection, settings)
    (settings.anchor_dir / "checkpoints.jsonl").unlink()


NEWEST = "SELECT max(size) FROM audit_checkpoint"
THREATS = [
    pytest.param(edit, "checkpoint_differs", 6, id="a row is edited"),
    pytest.param(edit_and_recompute, "checkpoint_differs", 6, id="a row is edited, the head recomputed"),
    pytest.param(edit_with_the_stolen_key, "anchor_differs", 6, id="all is signed anew with the stolen key"),
    pytest.param(swap, "checkpoint_differs", 6, id="two rows are swapped"),
    pytest.param(sql("DELETE FROM audit_entry WHERE leaf_index = 9"), "gap", 9, id="a row is deleted"),
    pytest.param(delete_and_close_the_gap, "checkpoint_differs", 6, id="a row is deleted, the gap closed"),
    pytest.param(sql("DELETE FROM audit_entry WHERE leaf_index > 17"), "cut", 18, id="the tail is cut"),
    pytest.param(rewind, "cut", 18, id="an old backup is put in place"),
    pytest.param(forge, "unsigned", 23, id="an entry is forged"),
    pytest.param(
        sql("TRUNCATE audit_entry, audit_addendum, audit_checkpoint; UPDATE audit_head SET size = 0, frontier = '{}'"),
        "cut",
        0,
        id="the log is emptied",
    ),
    pytest.param(
        sql("UPDATE audit_entry SET kind = 'refusal' WHERE leaf_index = 9"), "row", 9, id="a column hides an entry"
    ),
    pytest.param(
        sql("UPDATE audit_entry SET recorded_at = recorded_at - interval '1 year' WHERE leaf_index = 9"),
        "row",
        9,
        id="a time is changed",
    ),
    pytest.param(
        sql(
            "UPDATE audit_addendum SET ciphertext = 'x' WHERE name = 'sent'"
            " AND entry = (SELECT id FROM audit_entry WHERE leaf_index = 9)"
        ),
        "addendum_altered",
        9,
        id="a ciphertext is replaced",
    ),
    pytest.param(
        sql("DELETE FROM audit_addendum WHERE entry = (SELECT id FROM audit_entry WHERE leaf_index = 9)"),
        "addendum_missing",
        9,
        id="a ciphertext is deleted",
    ),
    pytest.param(
        sql("DELETE FROM audit_checkpoint WHERE size > 18"), "unsigned", 18, id="the newest checkpoints are deleted"
    ),
    pytest.param(
        sql("UPDATE audit_checkpoint SET note = 'x' WHERE size = 14"), "checkpoint_invalid", None, id="one is spoilt"
    ),
    pytest.param(sql("UPDATE audit_head SET size = size + 1"), "head", 23, id="the head is spoilt"),
    pytest.param(sql("UPDATE audit_entry SET shard = '1999' WHERE leaf_index = 9"), "gap", 0, id="a row is moved away"),
    pytest.param(
        sql("UPDATE audit_shard SET destroyed_at = now(); DELETE FROM audit_addendum; DELETE FROM audit_entry"),
        "cut",
        0,
        id="a shard is destroyed by hand",
    ),
    pytest.param(scribble_on_the_anchor, "anchor_invalid", None, id="the anchor is scribbled on"),
    pytest.param(delete_unnumbered, "lost", 20, id="entries, checkpoints and anchors go, the key is stolen"),
]


@pytest.mark.parametrize(("act", "kind", "first"), THREATS)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_an_administrator_of_the_database_does_is_reported(
    installation: Installation, act: Act, kind: str, first: int | None
) -> None:
    """By what runs before the gateway listens, and by the command; with the first bad index."""
    assert (await check_log(installation.settings)).report.holds
    with installation.superuser() as connection:
        act(connection, installation.settings)
    for checked in (await check_before_start(installation.settings), await check_log(installation.settings)):
        assert checked is not None
        assert not checked.report.holds
        assert kind in checked.codes
        assert checked.report.first_bad_index == first
