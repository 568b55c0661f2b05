"""One gateway process: settings → adapters → rooms → flow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from phiward.adapters.models.client import HttpModelClient, UncoveredModelClient, open_session
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.chart import PostgresChart
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.known import PostgresKnown
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.readiness import refuse_unsafe
from phiward.adapters.postgres.roles import APP, AUDITOR, WARDEN
from phiward.adapters.postgres.schema_version import refuse_other_schema
from phiward.adapters.postgres.surroundings import GatewaySurroundings
from phiward.adapters.postgres.vendors import PostgresVendors
from phiward.adapters.postgres.workers import Workers
from phiward.adapters.toolbook import read_toolbook
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.errors import StorageError
from phiward.domain.tools import ToolBook
from phiward.flow.journey import Flow
from phiward.flow.looking import Looking
from phiward.flow.reading import Reading
from phiward.flow.record import Recorder
from phiward.flow.retrieving import Bounds, Retriever
from phiward.guard.tripwire import Tripwire
from phiward.logs import quiet_loop
from phiward.settings import Settings
from phiward.vault.vault import Vault
from phiward.wiring.access import Access, open_access
from phiward.wiring.base import conninfo, open_database, open_vault, utc_now
from phiward.wiring.console import ConsoleHouse, open_console
from phiward.wiring.integrity import Checked, Integrity
from phiward.wiring.log import Log, open_log
from phiward.wiring.retrieval import corpora_of, evidence_rules, make_embedder


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the gateway serves with."""

    flow: Flow
    looking: Looking
    access: Access
    console: ConsoleHouse
    ready: Callable[[], Awaitable[dict[str, bool]]]


async def refuse_unready(settings: Settings) -> None:
    """Raise ConfigurationError where the database is not migrated, or does not protect what it holds."""
    named = conninfo(settings, APP)
    await refuse_other_schema(named)
    await refuse_unsafe(named)


@asynccontextmanager
async def open_runtime(
    settings: Settings, checked: Checked | None = None, despite: str | None = None
) -> AsyncIterator[Runtime]:
    """Everything of one gateway process; refuses to start where a promise could not be kept.

    `checked`: what a check of the log said before; `despite`: the code for which it is served although it did not hold.
    """
    await refuse_unready(settings)
    quiet_loop(asyncio.get_running_loop())
    async with contextlib.AsyncExitStack() as stack:
        keys = stack.enter_context(contextlib.ExitStack())
        vault = open_vault(settings, keys)
        database = await stack.enter_async_context(open_database(settings, APP, settings.database_connections))
        session = await stack.enter_async_context(open_session(settings.upstream_timeout))
        worker = uuid4()
        warden = await stack.enter_async_context(open_database(settings, WARDEN, 1))
        keeping = open_log(settings, database, warden, worker, despite=despite is not None)
        keeper = await stack.enter_async_context(keeping)
        audit = keeper.audit
        workers = Workers(database, worker, settings.worker_dead_seconds)
        if settings.database_url is None:
            await workers.end_all()
        await workers.register()
        await keeper.heartbeat.started()
        integrity = Integrity(settings, keeper, checked, despite)
        await integrity.begin()
        await workers.close_open_intents(audit, utc_now)
        people = PostgresPeople(database, vault)
        access = await stack.enter_async_context(open_access(settings, people, database, vault, session))
        flow, looking, reading = await _answering(stack, settings, session, database, vault, access, people, audit)
        auditor = await stack.enter_async_context(open_database(settings, AUDITOR))
        console = open_console(settings, access, database, flow, reading, auditor)
        running = (*keeper.running(), integrity.run(), workers.run(audit, utc_now), *access.running())
        await _background(stack, *running, *console.running())
        yield Runtime(flow, looking, access, console, lambda: _ready(database, keeper))
        await keeper.heartbeat.stopped()
        with contextlib.suppress(StorageError):
            await workers.end()


async def _answering(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    session: aiohttp.ClientSession,
    database: Database,
    vault: Vault,
    access: Access,
    people: PostgresPeople,
    audit: PostgresAuditLog,
) -> tuple[Flow, Looking, Reading]:
    """What answers a request, and what only looks."""
    vendors, known = PostgresVendors(database, vault), PostgresKnown(database, vault)
    deidentifier, chart = Deidentifier(), PostgresChart(database, vault)
    around = GatewaySurroundings(database, vendors, known)
    embedder = make_embedder(settings, session, deidentifier, around, audit, vault)
    corpora = await stack.enter_async_context(corpora_of(settings, database))
    bounds = Bounds(settings.context_passages, settings.context_characters)
    retriever = Retriever(chart, embedder, corpora, access.policy, deidentifier, utc_now, bounds)
    recorder = Recorder(audit, vault, utc_now, uuid4, access.policy.digest)
    flow = Flow(
        people=people,
        admission=access.admission,
        watch=access.watch,
        retriever=retriever,
        chart=chart,
        vendors=vendors,
        known=known,
        policy=access.policy,
        deidentifier=deidentifier,
        tripwire=Tripwire(),
        recorder=recorder,
        covered=HttpModelClient(session),
        uncovered=UncoveredModelClient(session),
        clock=utc_now,
        evidence=evidence_rules(settings),
        tools=read_toolbook(settings.tools_file) if settings.tools_file else ToolBook(),
        hosts=frozenset(host.lower() for host in settings.link_hosts),
    )
    looking = Looking(people, access.admission, chart, access.policy, retriever, recorder, utc_now)
    reading = Reading(people, access.admission, chart, access.policy, recorder, utc_now)
    return flow, looking, reading


async def _ready(database: Database, keeper: Log) -> dict[str, bool]:
    try:
        async with database.plain() as connection:
            await connection.execute("SELECT 1")
        await keeper.store.head()
    except StorageError:
        return {"database": False, "audit_numbering": False}
    return {"database": True, "audit_numbering": keeper.sequencer.healthy}


async def _background(stack: contextlib.AsyncExitStack, *works: Any) -> None:
    """Run beside the requests; cancelled and awaited when the process ends."""
    tasks = [asyncio.create_task(work) for work in works]

    async def end() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)
