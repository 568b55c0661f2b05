"""`phiward serve`: the gateway in the foreground."""

import asyncio
import contextlib
import gc
import json
import re
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated
from uuid import uuid4

import typer
import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from phiward.cli.audit_report import print_report
from phiward.cli.common import Exit, fail, read_settings
from phiward.cli.console_routes import console_routes
from phiward.cli.routes import access_routes
from phiward.domain.errors import ConfigurationError, PhiwardError
from phiward.gateway.app import Gateway, create_app
from phiward.gateway.lifespan import Application
from phiward.gateway.metrics import Metrics
from phiward.gateway.search import search_routes
from phiward.logs import configure_logs
from phiward.settings import Settings
from phiward.wiring.base import embedded_database, utc_now
from phiward.wiring.integrity import Checked, check_before_start
from phiward.wiring.runtime import Runtime, open_runtime, refuse_unready

PagesOf = Callable[[Settings, Runtime], Sequence[BaseRoute]]
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: PHIWARD_HOST, 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 0 takes a free one. Default: PHIWARD_PORT, 8400.")] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write {host, port, url} as JSON to this file once requests are served.")
    ] = None,
    despite_findings: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Serve although the audit log does not verify: a code for why, such as inc-2026-17. It is on record.",
        ),
    ] = None,
) -> None:
    """Serve the gateway until interrupted. The database must be migrated (`phiward migrate`).

    The audit log is verified first: one that was altered, cut or rewound is not served from (exit code 1).
    """
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    try:
        settings = read_settings().model_copy(update=changes)
        settings.refuse_contradictions()
        configure_logs(settings.log_level)
        with embedded_database(settings, own=True):
            checked = checked_log(settings, despite_findings)
            run_gateway(settings, ready_file, pages_of, checked, despite_findings)
    except PhiwardError as error:
        raise fail(error) from None


def pages_of(settings: Settings, runtime: Runtime) -> Sequence[BaseRoute]:
    """The pages, where people can sign in: nobody enters otherwise."""
    return [] if runtime.access.sign_in is None else console_routes(settings, runtime.console)


def checked_log(settings: Settings, despite: str | None) -> Checked | None:
    """The log before it is written to. Raises typer.Exit(1) when it does not hold and nobody said to go on."""
    if despite is not None and not CODE.fullmatch(despite):
        raise ConfigurationError("--despite-findings takes a code: letters, digits and dashes, 40 at most.")
    asyncio.run(refuse_unready(settings))
    checked = asyncio.run(check_before_start(settings))
    if checked is None or checked.report.holds:
        return checked
    print_report(checked)
    if despite is None:
        print(
            "phiward does not serve from a log that does not hold. Keep everything as it is; call the security officer."
        )
        raise typer.Exit(Exit.DOES_NOT_HOLD)
    return checked


def run_gateway(
    settings: Settings,
    ready_file: Path | None,
    pages: PagesOf,
    checked: Checked | None = None,
    despite: str | None = None,
) -> None:
    """Serve in the foreground, with these pages. Raises ConfigurationError when it does not start."""
    config = uvicorn.Config(
        Application(lambda: _opened(settings, pages, checked, despite)),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
        ssl_context_factory=(lambda *_: tls_context(settings)) if settings.tls_certificate else None,
    )
    server = _Server(config, ready_file)
    # uvicorn raises the signal that ended it once more: left to its default it would kill this
    # process before the embedded database is stopped.
    signal.signal(signal.SIGTERM, _leave)
    with contextlib.suppress(SystemExit):  # also uvicorn's own exit code, 3, for a start that failed
        server.run()
    if not server.started:
        raise ConfigurationError("The gateway did not start; the log above says why.")


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


@asynccontextmanager
async def _opened(
    settings: Settings, pages: PagesOf, checked: Checked | None, despite: str | None
) -> AsyncIterator[ASGIApp]:
    async with open_runtime(settings, checked, despite) as runtime:
        gateway = Gateway(
            runtime.flow,
            Metrics(),
            runtime.ready,
            settings.max_body_bytes,
            utc_now,
            uuid4,
            runtime.access.seen,
        )
        search = search_routes(runtime.looking, settings.max_body_bytes)
        routes = [*access_routes(settings, runtime.access), *search, *pages(settings, runtime)]
        yield create_app(gateway, more=routes)


class _Server(uvicorn.Server):
    """Tells where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, ready_file: Path | None) -> None:
        super().__init__(config)
        self._ready_file = ready_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        calm_garbage_collector()
        listening = self.servers[0].sockets[0].getsockname()
        scheme = "https" if self.config.is_ssl else "http"
        told = {"host": listening[0], "port": listening[1], "url": f"{scheme}://{listening[0]}:{listening[1]}/v1"}
        print(f"phiward serves on {told['url']}", flush=True)
        if self._ready_file is not None:
            partial = self._ready_file.with_suffix(".partial")
            partial.write_text(json.dumps(told))
            partial.replace(self._ready_file)


def calm_garbage_collector() -> None:
    """What was made at the start lives as long as the process: never look at it again.

    Requests make few cycles; a look at every 700 allocations cost a tenth of the CPU of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """TLS 1.3 only. Raises ConfigurationError when the certificate or key cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(str(settings.tls_certificate), str(settings.tls_key))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError("PHIWARD_TLS_CERTIFICATE or PHIWARD_TLS_KEY cannot be read.") from error
    return context
