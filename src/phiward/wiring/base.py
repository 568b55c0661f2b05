"""What every part of the composition needs: clock, keys, the embedded database, connections of each role."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.roles import Credentials
from phiward.adapters.remote_signer import RemoteSigner
from phiward.audit.ports import CheckpointSigner
from phiward.audit.signer import create_signing_key, load_signer
from phiward.settings import Settings
from phiward.vault.root import create_root_key, load_root_key
from phiward.vault.vault import Vault


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def prepare_secrets(settings: Settings) -> None:
    """Make the keys where there are none yet. Raises VaultError, ConfigurationError."""
    settings.secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_root_key(settings.root_key_file, data_dir=settings.data_dir)
    if settings.signer_socket is None:
        create_signing_key(settings.signing_key_file, data_dir=settings.data_dir)
    database_credentials(settings)


def database_credentials(settings: Settings) -> Credentials:
    """The passwords of the database roles."""
    return Credentials.load_or_create(settings.database_credentials_file)


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded PostgreSQL of this installation, running or not."""
    return EmbeddedPostgres(settings.data_dir, settings.secrets_dir)


@contextlib.contextmanager
def embedded_database(settings: Settings, *, own: bool = False) -> Iterator[None]:
    """The embedded database runs inside; nothing to do where an external one is set.

    With `own` no other process may run it: for `serve`, which ends what earlier processes left.
    """
    if settings.database_url is not None:
        yield
        return
    with embedded(settings).running(own=own):
        yield


def administrator(settings: Settings) -> str:
    """The connection string of the database administrator: for migrations only."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    sockets = (settings.data_dir / "socket").read_text()
    return make_conninfo(host=sockets, user=ADMINISTRATOR, password=embedded(settings).password, dbname=DATABASE)


def conninfo(settings: Settings, role: str) -> str:
    """How a database role connects."""
    return database_credentials(settings).conninfo(administrator(settings), role)


def open_vault(settings: Settings, stack: contextlib.ExitStack) -> Vault:
    """The keys; `stack` closes their store."""
    store = SqliteKeyStore(settings.key_store_file, data_dir=settings.data_dir)
    stack.callback(store.close)
    return Vault(load_root_key(settings.root_key_file, data_dir=settings.data_dir), store)


def signer_of(settings: Settings) -> CheckpointSigner:
    """Who signs the checkpoints: another process where the settings name one. Raises ConfigurationError, VaultError."""
    if settings.signer_socket is not None and settings.signer_public_key is not None:
        return RemoteSigner(settings.audit_name, settings.signer_public_key, settings.signer_socket)
    return load_signer(settings.signing_key_file, settings.audit_name, data_dir=settings.data_dir)


@asynccontextmanager
async def open_database(settings: Settings, role: str, connections: int = 2) -> AsyncIterator[Database]:
    """A pool of a role, closed at the end."""
    database = Database(conninfo(settings, role), min_size=1, max_size=connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
