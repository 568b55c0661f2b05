"""The composition root: settings → adapters → rooms → flow. The only place that knows everything."""

import asyncio
import contextlib
import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.conninfo import make_conninfo

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.models.client import HttpModelClient, UncoveredModelClient, open_session
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.known import PostgresKnown
from phiward.adapters.postgres.migrate import refuse_other_schema
from phiward.adapters.postgres.notes import PostgresNotes
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.readiness import refuse_unsafe
from phiward.adapters.postgres.records import RecordsWriter
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.roles import APP, AUDITOR, REGISTRAR, Credentials
from phiward.adapters.postgres.vendor_registry import VendorRegistry
from phiward.adapters.postgres.vendors import PostgresVendors
from phiward.adapters.postgres.workers import Workers
from phiward.audit.leaf import decode_leaf, encode_leaf
from phiward.audit.sequencer import Sequencer, sequence_once
from phiward.audit.signer import Signer, create_signing_key, load_signer
from phiward.audit.verify import Report, verify
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.errors import AuditIntegrityError, StorageError
from phiward.domain.people import TenantId
from phiward.flow.journey import Flow
from phiward.flow.record import Recorder
from phiward.guard.tripwire import Tripwire
from phiward.logs import quiet_loop
from phiward.policy.decide import Policy
from phiward.settings import Settings
from phiward.vault.root import create_root_key, load_root_key
from phiward.vault.vault import Vault

LOG_NAME = "phiward.local/audit"
"""The origin of the audit log in its checkpoints."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def prepare_secrets(settings: Settings) -> None:
    """Make the keys where there are none yet. Raises VaultError, ConfigurationError."""
    settings.secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_root_key(settings.root_key_file, data_dir=settings.data_dir)
    create_signing_key(settings.signing_key_file, data_dir=settings.data_dir)
    database_credentials(settings)


def database_credentials(settings: Settings) -> Credentials:
    """The passwords of the database roles."""
    return Credentials.load_or_create(settings.database_credentials_file)


def _embedded(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.data_dir, settings.secrets_dir)


@contextlib.contextmanager
def embedded_database(settings: Settings, *, own: bool = False) -> Iterator[None]:
    """The embedded database runs inside; nothing to do where an external one is set.

    With `own` no other process may run it: for `serve`, which ends what earlier processes left.
    """
    if settings.database_url is not None:
        yield
        return
    with _embedded(settings).running(own=own):
        yield


def administrator(settings: Settings) -> str:
    """The connection string of the database administrator: for migrations only."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    sockets = (settings.data_dir / "socket").read_text()
    return make_conninfo(host=sockets, user=ADMINISTRATOR, password=_embedded(settings).password, dbname=DATABASE)


def _conninfo(settings: Settings, role: str) -> str:
    return database_credentials(settings).conninfo(administrator(settings), role)


def _vault(settings: Settings, stack: contextlib.ExitStack) -> Vault:
    store = SqliteKeyStore(settings.key_store_file, data_dir=settings.data_dir)
    stack.callback(store.close)
    return Vault(load_root_key(settings.root_key_file, data_dir=settings.data_dir), store)


def _signer(settings: Settings) -> Signer:
    return load_signer(settings.signing_key_file, LOG_NAME, data_dir=settings.data_dir)


@asynccontextmanager
async def _database(settings: Settings, role: str, connections: int = 2) -> AsyncIterator[Database]:
    database = Database(_conninfo(settings, role), min_size=1, max_size=connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the gateway serves with."""

    flow: Flow
    ready: Callable[[], Awaitable[dict[str, bool]]]


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Everything of one gateway process; refuses to start where a promise could not be kept."""
    conninfo = _conninfo(settings, APP)
    await refuse_other_schema(conninfo)
    await refuse_unsafe(conninfo)
    quiet_loop(asyncio.get_running_loop())
    async with contextlib.AsyncExitStack() as stack:
        keys = stack.enter_context(contextlib.ExitStack())
        vault = _vault(settings, keys)
        database = await stack.enter_async_context(_database(settings, APP, settings.database_connections))
        session = await stack.enter_async_context(open_session(settings.upstream_timeout))
        store, anchor = PostgresAuditStore(database), FolderAnchor(settings.anchor_dir)
        sequencer = Sequencer(store, _signer(settings), anchor.append, anchor.read())
        worker = uuid4()
        audit = PostgresAuditLog(database, worker, sequencer.notify)
        workers = Workers(database, worker, settings.worker_dead_seconds)
        if settings.database_url is None:
            await workers.end_all()
        await workers.register()
        await workers.close_open_intents(audit, utc_now)
        await _background(stack, sequencer.run())
        await _background(stack, workers.run(audit, utc_now))
        flow = Flow(
            people=PostgresPeople(database, vault),
            notes=PostgresNotes(database, vault),
            vendors=PostgresVendors(database, vault),
            known=PostgresKnown(database, vault),
            policy=Policy.load(),
            deidentifier=Deidentifier(),
            tripwire=Tripwire(),
            recorder=Recorder(audit, vault, utc_now, uuid4),
            covered=HttpModelClient(session),
            uncovered=UncoveredModelClient(session),
            clock=utc_now,
            context_characters=settings.context_characters,
        )
        yield Runtime(flow, lambda: _ready(database, store, sequencer))
        with contextlib.suppress(StorageError):
            await workers.end()


async def _ready(database: Database, store: PostgresAuditStore, sequencer: Sequencer) -> dict[str, bool]:
    try:
        async with database.plain() as connection:
            await connection.execute("SELECT 1")
        await store.head()
    except StorageError:
        return {"database": False, "audit_numbering": False}
    return {"database": True, "audit_numbering": sequencer.healthy}


async def _background(stack: contextlib.AsyncExitStack, work: Any) -> None:
    """Run beside the requests; cancelled and awaited when the process ends."""
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


@dataclass(frozen=True, slots=True)
class Registrar:
    """What the commands change things with: people, vendors, records of one organisation."""

    tenant: TenantId
    registry: Registry
    vendors: VendorRegistry
    writer: RecordsWriter
    administration: Administration

    async def record(self, action: str, facts: dict[str, Any]) -> None:
        """An administrative act that changed nothing else, for example a finished import."""
        async with self.administration.change(self.tenant, action) as change:
            change.facts.update(facts)


@asynccontextmanager
async def open_registrar(settings: Settings) -> AsyncIterator[Registrar]:
    """For commands; the database must run."""
    conninfo = _conninfo(settings, REGISTRAR)
    await refuse_other_schema(conninfo)
    with contextlib.ExitStack() as keys:
        vault = _vault(settings, keys)
        async with _database(settings, REGISTRAR) as database:
            actor = f"{getpass.getuser()} (uid {os.getuid()})"
            administration = Administration(database, encode_leaf, utc_now, actor)
            registry = Registry(administration, vault)
            tenant = await registry.ensure_tenant(settings.organisation)
            writer = RecordsWriter(database, vault, vault)
            yield Registrar(tenant, registry, VendorRegistry(administration, vault), writer, administration)


@dataclass(frozen=True, slots=True)
class Auditor:
    """Reads the log."""

    store: PostgresAuditStore
    signer: Signer
    anchor: FolderAnchor

    async def verify(self) -> Report:
        """Check the whole log, with the checkpoints that were kept outside the database."""
        return await verify(self.store, self.signer.verifier, self.anchor.read())

    async def interaction(self, interaction: UUID) -> list[dict[str, Any]]:
        """The leaves of one interaction, with their indices."""
        entries = await self.store.of_interaction(interaction)
        return [{"index": entry.index, **decode_leaf(entry.leaf)} for entry in entries]

    async def newest_released(self) -> UUID:
        """Raises AuditIntegrityError when nothing was released yet."""
        found = await self.store.newest_released()
        if found is None:
            raise AuditIntegrityError("No answer was released yet.")
        return found


@asynccontextmanager
async def open_auditor(settings: Settings) -> AsyncIterator[Auditor]:
    """For commands; the database must run."""
    async with _database(settings, AUDITOR) as database:
        yield Auditor(PostgresAuditStore(database), _signer(settings), FolderAnchor(settings.anchor_dir))


async def sequence_all(settings: Settings) -> int:
    """Number every entry that waits, where no gateway runs that would; returns how many."""
    total = 0
    async with _database(settings, APP) as database:
        store, signer, anchor = PostgresAuditStore(database), _signer(settings), FolderAnchor(settings.anchor_dir)
        while numbered := await sequence_once(store, signer, anchor.append):
            total += numbered
    return total
