"""The signer on a Unix socket: who asks is known by the kernel (SO_PEERCRED), and one is answered at a time.

One request a connection. Every answer is given after the memory is on disk; an exception closes the connection
without one, and who asked takes that for an unavailable signer.
"""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import stat
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from phiward.audit.guarded import GuardedSigner, RefusedToSignError, Why
from phiward.audit.signing import (
    MAX_LINE_BYTES,
    decode_request,
    encode_note,
    encode_refusal,
    encode_unavailable,
)
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, SignerUnavailableError
from phiward.logs import frames_of

READ_SECONDS = 5.0
MAX_CONNECTIONS = 32

log = structlog.get_logger("phiward.signer")


class SignerServer:
    """Answers the connections of one socket."""

    def __init__(self, signer: GuardedSigner, name: str, allowed: Iterable[int]) -> None:
        """`name` is the log's; `allowed` are the user ids that may ask."""
        self._signer, self._name, self._allowed = signer, name, frozenset(allowed)
        self._turn = asyncio.Lock()
        self._open = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its request to its end. Never raises."""
        self._open += 1
        try:
            if self._open <= MAX_CONNECTIONS and self._may_ask(writer):
                async with asyncio.timeout(READ_SECONDS):
                    line = await reader.readline()
                if line.endswith(b"\n"):
                    answer = await self._answer(line)
                    async with asyncio.timeout(READ_SECONDS):
                        writer.write(answer)
                        await writer.drain()
        except (OSError, TimeoutError, ValueError) as error:  # ValueError: a line beyond the limit
            log.warning("a caller was not answered", kind=type(error).__name__)
        except Exception as fault:  # a defect answers nobody, and stops nothing
            log.error("a defect", kind=type(fault).__name__, frames=frames_of(fault))
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _may_ask(self, writer: asyncio.StreamWriter) -> bool:
        user = peer_user(writer.get_extra_info("socket"))
        if user in self._allowed:
            return True
        log.warning("a caller may not ask", user=user)
        return False

    async def _answer(self, line: bytes) -> bytes:
        try:
            asked = decode_request(line)
            if asked.log != self._name:
                raise AuditIntegrityError("It is of another log.")
            async with self._turn:
                if asked.growth is None:
                    return encode_note(self._signer.last())
                return encode_note(await asyncio.to_thread(self._signer.sign, asked.growth))
        except RefusedToSignError as refusal:
            log.error("nothing was signed", why=refusal.why)
            return encode_refusal(refusal.why)
        except AuditIntegrityError as error:
            log.warning("a request cannot be read", kind=type(error).__name__)
            return encode_refusal(Why.BROKEN)
        except SignerUnavailableError as error:
            log.error("nothing was signed", kind=type(error).__name__, frames=frames_of(error))
            return encode_unavailable()


def peer_user(connection: socket.socket) -> int:
    """The user id of the process at the other end, from the kernel (unix(7), SO_PEERCRED)."""
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(user)


@asynccontextmanager
async def listening(server: SignerServer, path: Path, *, others: bool) -> AsyncIterator[None]:
    """The socket takes requests inside, and is removed afterwards; `others`: other users may connect.

    Raises ConfigurationError where something else stands at `path`, or it cannot be made.
    """
    _refuse_taken(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.unlink(missing_ok=True)
        listener = await asyncio.start_unix_server(server.connected, partial, limit=MAX_LINE_BYTES)
        partial.chmod(0o666 if others else 0o600)  # who may ask is decided by user id, not by this
        partial.replace(path)
    except OSError as error:
        raise ConfigurationError("The signer's socket cannot be made; check the folder of --socket.") from error
    try:
        async with listener:
            yield
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _refuse_taken(path: Path) -> None:
    """A socket that nobody answers was left by a signer that was killed; anything else is not ours to remove."""
    try:
        found = path.lstat()
    except OSError:
        return
    taken = not stat.S_ISSOCK(found.st_mode)
    if not taken:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            taken = probe.connect_ex(str(path)) != errno.ECONNREFUSED
    if taken:
        raise ConfigurationError("Something else stands at the signer's socket, or another signer answers there.")


async def serve_signer(server: SignerServer, path: Path, *, others: bool, ready: Callable[[], None]) -> None:
    """Until SIGTERM or SIGINT; `ready` is called once requests are taken. Raises ConfigurationError."""
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, ended.set)
    async with listening(server, path, others=others):
        ready()
        await ended.wait()
