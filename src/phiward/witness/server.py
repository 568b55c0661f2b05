"""The HTTP side of a witness: `POST /add-checkpoint`, and its public key at `GET /`.

Bodies are bounded in bytes and time. Source: https://c2sp.org/tlog-witness
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from phiward.audit.cosignature import Cosigner
from phiward.audit.witness import (
    MAX_REQUEST_BYTES,
    TEXT_TYPE,
    AddCheckpoint,
    KnownLogs,
    Refusal,
    judge,
    parse_request,
)
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, StorageError
from phiward.logs import frames_of
from phiward.witness.store import WitnessStore

READ_SECONDS = 10.0
MAX_CONNECTIONS = 64
KEEP_ALIVE_SECONDS = 120

log = structlog.get_logger("phiward.witness")


@dataclass(frozen=True, slots=True)
class Place:
    """Where it listens; off loopback with a certificate. Port 0 takes a free one."""

    host: str
    port: int
    certificate: Path | None = None
    certificate_key: Path | None = None

    def __post_init__(self) -> None:
        """Raises ConfigurationError."""
        if (self.certificate is None) != (self.certificate_key is None):
            raise ConfigurationError("--tls-certificate and --tls-key must be given together.")
        if self.certificate is None and not _is_loopback(self.host):
            raise ConfigurationError("--host is not a loopback address, so --tls-certificate must be given.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def create_app(cosigner: Cosigner, logs: KnownLogs, store: WitnessStore) -> Starlette:
    """The application."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            asked = parse_request(await _body(request))
        except AuditIntegrityError:
            return _answer(Refusal(400, "The request cannot be read.\n"))
        except TimeoutError:
            return _answer(Refusal(408, "The request did not come in time.\n"))
        try:
            refusal = await asyncio.to_thread(_remember, asked)
        except StorageError as error:
            log.error("nothing was cosigned", kind=type(error).__name__, frames=frames_of(error))
            return _answer(Refusal(500, "The witness cannot store the checkpoint.\n"))
        if refusal is not None:
            log.warning("nothing was cosigned", status=refusal.status, size=asked.checkpoint.size)
            return _answer(refusal)
        return PlainTextResponse(cosigner.line(asked.text, int(time.time())))

    def _remember(asked: AddCheckpoint) -> Refusal | None:
        result = store.update(asked.checkpoint.origin, lambda remembered: judge(asked, logs, remembered))
        return result if isinstance(result, Refusal) else None

    async def key(_: Request) -> Response:
        return PlainTextResponse(f"{cosigner.key.text()}\n")

    return Starlette(
        routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/", key)],
        exception_handlers={HTTPException: _http, ClientDisconnect: _gone},
    )


async def _body(request: Request) -> bytes:
    pieces, size = [], 0
    async with asyncio.timeout(READ_SECONDS):
        async for piece in request.stream():
            size += len(piece)
            if size > MAX_REQUEST_BYTES:
                raise HTTPException(413)
            pieces.append(piece)
    return b"".join(pieces)


def _answer(refusal: Refusal) -> Response:
    headers = {"content-type": refusal.content_type}
    if refusal.status in (408, 413):
        headers["connection"] = "close"
    return Response(refusal.body, refusal.status, headers)


def _http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such address here.\n", 405: "Not with this method.\n", 413: "The body is too large.\n"}
    return _answer(Refusal(status, words.get(status, "Not so.\n"), TEXT_TYPE))


def _gone(_: Request, __: Exception) -> Response:
    return _answer(Refusal(400, "The request was not whole.\n"))


async def serve_witness(app: Starlette, place: Place, *, ready: Callable[[str], None]) -> None:
    """Until interrupted; `ready` gets the address once it listens."""
    config = uvicorn.Config(
        app,
        host=place.host,
        port=place.port,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.certificate_key,
        access_log=False,
        log_level="warning",
        log_config=None,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        scheme = "http" if place.certificate is None else "https"
        host = f"[{place.host}]" if ":" in place.host else place.host
        ready(f"{scheme}://{host}:{server.servers[0].sockets[0].getsockname()[1]}")
    await task
