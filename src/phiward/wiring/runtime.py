"""One gateway process: settings → adapters → rooms → flow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.models.client import HttpModelClient, UncoveredModelClient, open_session
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.chart import PostgresChart
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.known import PostgresKnown
from phiward.adapters.postgres.migrate import refuse_other_schema
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.readiness import refuse_unsafe
from phiward.adapters.postgres.roles import APP
from phiward.adapters.postgres.surroundings import GatewaySurroundings
from phiward.adapters.postgres.vendors import PostgresVendors
from phiward.adapters.postgres.workers import Workers
from phiward.adapters.toolbook import read_toolbook
from phiward.audit.sequencer import Sequencer
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
from phiward.wiring.access import Access, open_access
from phiward.wiring.base import conninfo, open_database, open_vault, signer_of, utc_now
from phiward.wiring.console import ConsoleHouse, open_console
from phiward.wiring.retrieval import corpora_of, evidence_rules, make_embedder


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the gateway serves with."""

    flow: Flow
    looking: Looking
    access: Access
    console: ConsoleHouse
    ready: Callable[[], Awaitable[dict[str, bool]]]


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Everything of one gateway process; refuses to start where a promise could not be kept."""
    named = conninfo(settings, APP)
    await refuse_other_schema(named)
    await refuse_unsafe(named)
    quiet_loop(asyncio.get_running_loop())
    async with contextlib.AsyncExitStack() as stack:
        keys = stack.enter_context(contextlib.ExitStack())
        vault = open_vault(settings, keys)
        database = await stack.enter_async_context(open_database(settings, APP, settings.database_connections))
        session = await stack.enter_async_context(open_session(settings.upstream_timeout))
        store, anchor = PostgresAuditStore(database), FolderAnchor(settings.anchor_dir)
        sequencer = Sequencer(store, signer_of(settings), anchor.append, anchor.read())
        worker = uuid4()
        audit = PostgresAuditLog(database, worker, sequencer.notify)
        workers = Workers(database, worker, settings.worker_dead_seconds)
        if settings.database_url is None:
            await workers.end_all()
        await workers.register()
        await workers.close_open_intents(audit, utc_now)
        people = PostgresPeople(database, vault)
        access = await stack.enter_async_context(open_access(settings, people, database, vault, session))
        await _background(stack, sequencer.run(), workers.run(audit, utc_now), *access.running())
        vendors, known = PostgresVendors(database, vault), PostgresKnown(database, vault)
        deidentifier, chart = Deidentifier(), PostgresChart(database, vault)
        around = GatewaySurroundings(database, vendors, known)
        embedder = make_embedder(settings, session, deidentifier, around, audit)
        corpora = await stack.enter_async_context(corpora_of(settings, database))
        bounds = Bounds(settings.context_passages, settings.context_characters)
        retriever = Retriever(chart, embedder, corpora, access.policy, deidentifier, utc_now, bounds)
        recorder = Recorder(audit, vault, utc_now, uuid4)
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
        console = open_console(settings, access, database, flow, reading)
        await _background(stack, *console.running())
        yield Runtime(flow, looking, access, console, lambda: _ready(database, store, sequencer))
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


async def _background(stack: contextlib.AsyncExitStack, *works: Any) -> None:
    """Run beside the requests; cancelled and awaited when the process ends."""
    tasks = [asyncio.create_task(work) for work in works]

    async def end() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)
