"""The key store of one machine: a small SQLite file (0600) beside the root key.

It lies outside the data folder and its backups, because restoring an old copy would bring destroyed
keys back. Destroying leaves a tombstone, so that no process makes the subject a new key, and empties
the write-ahead log, which would otherwise still hold the old page. What remains is what the file
system or the medium keeps of freed blocks; there it is wrapped by the root key.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from uuid import UUID

from phiward.domain.errors import VaultError
from phiward.vault.files import create_private_file, refuse_exposed_file
from phiward.vault.store import KeyName

_SCHEMA = """
CREATE TABLE IF NOT EXISTS wrapped_key (
    tenant BLOB NOT NULL, class TEXT NOT NULL, subject BLOB NOT NULL, version INTEGER NOT NULL,
    wrapped BLOB NOT NULL, made_at TEXT, PRIMARY KEY (tenant, subject, class, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS destroyed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, tenant BLOB NOT NULL, subject BLOB NOT NULL,
    destroyed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), UNIQUE (tenant, subject));
"""
_GET = "SELECT wrapped FROM wrapped_key WHERE tenant = ? AND subject = ? AND class = ? AND version = ?"
_PUT = """INSERT OR IGNORE INTO wrapped_key (tenant, subject, class, version, wrapped, made_at)
          VALUES (?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ'))"""
_HAS_AGES = "SELECT count(*) FROM pragma_table_info('wrapped_key') WHERE name = 'made_at'"
_DELETE = "DELETE FROM wrapped_key WHERE tenant = ? AND subject = ?"
_IS_DESTROYED = "SELECT 1 FROM destroyed WHERE tenant = ? AND subject = ?"
_BUSY_SECONDS = 10.0


class SqliteKeyStore:
    """Implements `vault.store.KeyStore`. Safe for several threads and processes; not across a fork."""

    def __init__(self, path: Path, *, data_dir: Path | None = None) -> None:
        """Open or create the store. Raises VaultError when the file is exposed or not a key store."""
        create_private_file(path, b"", data_dir)
        refuse_exposed_file(path, data_dir)
        self._lock = Lock()
        self._seen = -1
        self._destructions = 0
        try:
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._prepare()
        except sqlite3.Error as error:
            raise VaultError("The key store cannot be opened.") from error

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def get(self, name: KeyName) -> bytes | None:
        """The wrapped key, or None. Raises VaultError when its subject was destroyed."""
        with self._guarded() as connection:
            self._refuse_destroyed(connection, name)
            return _one(connection.execute(_GET, _place(name)))

    def put_if_absent(self, name: KeyName, wrapped: bytes) -> bytes:
        """Store durably unless one stands there; returns the one that stands. Raises VaultError."""
        with self._guarded() as connection, _transaction(connection):
            self._refuse_destroyed(connection, name)
            connection.execute(_PUT, (*_place(name), wrapped))
            stands = _one(connection.execute(_GET, _place(name)))
        if stands is None:
            raise VaultError("A key could not be stored.")
        return stands

    def destroy(self, tenant: UUID, subject: UUID) -> int:
        """Delete every wrapped key of a subject and leave a tombstone. Raises VaultError; repeat it then."""
        place = (tenant.bytes, subject.bytes)
        with self._guarded() as connection:
            with _transaction(connection):
                gone = connection.execute(_DELETE, place).rowcount
                connection.execute("INSERT OR IGNORE INTO destroyed (tenant, subject) VALUES (?, ?)", place)
            self._count_destructions(connection)
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise VaultError("A destroyed key may still stand in the store's log; destroy it again.")
        return gone

    def destructions(self) -> int:
        """How many subjects were destroyed so far, by any process."""
        with self._guarded() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != self._seen:  # another connection wrote; ours does not change this number
                self._seen = version
                self._count_destructions(connection)
            return self._destructions

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        with _transaction(connection):
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            if connection.execute(_HAS_AGES).fetchone() == (0,):  # made by a version that kept no ages
                connection.execute("ALTER TABLE wrapped_key ADD COLUMN made_at TEXT")

    def _count_destructions(self, connection: sqlite3.Connection) -> None:
        (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM destroyed").fetchone()
        self._destructions = number

    def _refuse_destroyed(self, connection: sqlite3.Connection, name: KeyName) -> None:
        if connection.execute(_IS_DESTROYED, _place(name)[:2]).fetchone() is not None:
            raise VaultError("A key was destroyed.")

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise VaultError("The key store cannot be read or written.") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _place(name: KeyName) -> tuple[bytes, bytes, str, int]:
    subject = name.subject.bytes if name.subject else b""
    return name.tenant.bytes, subject, str(name.key_class), name.version


def _one(cursor: sqlite3.Cursor) -> bytes | None:
    row = cursor.fetchone()
    return None if row is None else bytes(row[0])
