"""The signer as a process: killed, stopped, full, lied to, and asked by somebody else."""

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from phiward.adapters.remote_signer import RemoteSigner
from phiward.audit.guarded import GuardedSigner, RefusedToSignError, Why, opened
from phiward.audit.signing import MAX_LINE_BYTES, Asked, encode_request
from phiward.domain.errors import ConfigurationError, SignerUnavailableError
from phiward.signer import server
from phiward.signer.memory import MEMORY_FILE, FileMemory, first_start, key_of, locked
from phiward.signer.server import SignerServer, listening

from .running import DIES, FULL, LOG, OTHERS, growth, root, running, short_folder

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """With the state of a first start."""
    with short_folder() as made:
        with locked(made / "state"):
            first_start(made / "state", LOG)
        yield made


def client(folder: Path, seconds: float = 4.0) -> RemoteSigner:
    """Of the signer there."""
    public = key_of(folder / "state", LOG).verifier.text()
    return RemoteSigner(LOG, public, folder / "socket", timeout_seconds=seconds)


@asynccontextmanager
async def inside(folder: Path, allowed: frozenset[int] | None = None) -> AsyncIterator[GuardedSigner]:
    """The same in this process."""
    signer = GuardedSigner(key_of(folder / "state", LOG), FileMemory(folder / "state", LOG))
    answering = SignerServer(signer, LOG, allowed or {os.geteuid()})
    async with listening(answering, folder / "socket", others=allowed is not None):
        yield signer


async def test_a_signer_killed_between_memory_and_answer_gives_the_same_again(folder: Path) -> None:
    """After a restart over the socket that it left: the same growth, or one behind it, but no other."""
    with running(folder, before=DIES) as process:
        with pytest.raises(SignerUnavailableError):
            await client(folder).sign(growth(0, 9))
        assert process.wait(20) == -signal.SIGKILL
    assert (folder / "socket").is_socket()
    with running(folder):
        with pytest.raises(RefusedToSignError) as raised:
            await client(folder).sign(growth(0, 9, OTHERS))
        assert raised.value.why is Why.FORK
        note = await client(folder).sign(growth(0, 9))
        assert await client(folder).last() == note
        assert opened(await client(folder).sign(growth(0, 12)), client(folder).verifier).size == 12


async def test_a_stopped_signer_is_an_unavailable_one(folder: Path) -> None:
    """Nobody waits for it longer than the limit; when it goes on, what it had been asked for still holds."""
    with running(folder) as process:
        await client(folder).sign(growth(0, 5))
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(SignerUnavailableError):
            await client(folder, 0.3).sign(growth(5, 7))
        process.send_signal(signal.SIGCONT)
        assert opened(await client(folder).sign(growth(5, 9)), client(folder).verifier).root == root(9)


async def test_a_full_disk_signs_nothing(folder: Path) -> None:
    """The memory is as it was; with space again, even another growth is signed, because none was before."""
    with running(folder, before=FULL):
        with pytest.raises(SignerUnavailableError):
            await client(folder).sign(growth(0, 5))
        assert await client(folder).last() is None
    assert json.loads((folder / "state" / MEMORY_FILE).read_bytes())["head"] is None
    assert sorted(path.name for path in (folder / "state").iterdir()) == ["lock", "signed.json", "signing.key"]
    with running(folder):
        assert await client(folder).sign(growth(0, 5, OTHERS))


async def test_a_rewind_and_a_fork_are_refused_with_their_reason(folder: Path) -> None:
    """Also after a restart."""
    async with inside(folder):
        await client(folder).sign(growth(0, 9))
    async with inside(folder):
        for asked, why in ((growth(0, 5), Why.BEHIND), (growth(5, 9, OTHERS), Why.FORK)):
            with pytest.raises(RefusedToSignError) as raised:
                await client(folder).sign(asked)
            assert raised.value.why is why


async def test_callers_at_once_get_one_history(folder: Path) -> None:
    """Of two forks, one is signed."""
    async with inside(folder):
        asked = [growth(0, 5), growth(0, 5, OTHERS)] * 4
        answers = await asyncio.gather(*(client(folder).sign(one) for one in asked), return_exceptions=True)
    assert len({one for one in answers if isinstance(one, bytes)}) == 1
    assert sum(isinstance(one, RefusedToSignError) for one in answers) == 4


async def said(folder: Path, request: bytes, *, end: bool = True) -> bytes:
    """What comes back."""
    reader, writer = await asyncio.open_unix_connection(folder / "socket")
    try:
        writer.write(request)
        await writer.drain()
        if end:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        pytest.param(b"hello\n", b'{"refused":"broken"}\n', id="no JSON"),
        pytest.param(b"\x00\xff\n", b'{"refused":"broken"}\n', id="bytes"),
        pytest.param(encode_request(Asked("other.example/log", growth(0, 5))), b'{"refused":"broken"}\n', id="other"),
        pytest.param(encode_request(Asked("other.example/log", None)), b'{"refused":"broken"}\n', id="another's last"),
        pytest.param(encode_request(Asked(LOG, growth(0, 5)))[:-1], b"", id="a line without an end"),
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"x" * (MAX_LINE_BYTES * 2) + b"\n", b"", id="a line too long"),
    ],
)  # fmt: skip
async def test_garbage_is_not_signed_and_stops_nothing(folder: Path, request_line: bytes, answer: bytes) -> None:
    """The next caller is served."""
    async with inside(folder) as signer:
        assert await said(folder, request_line) == answer
        assert signer.last() is None
        assert await client(folder).sign(growth(0, 5))


async def test_a_silent_caller_is_let_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds a connection no longer than the limit."""
    monkeypatch.setattr(server, "READ_SECONDS", 0.05)
    async with inside(folder):
        assert await said(folder, b'{"log"', end=False) == b""


async def until_answered(folder: Path) -> bytes:
    """The signer needs a moment to see that a caller left."""
    for _ in range(200):
        with suppress(SignerUnavailableError):
            return await client(folder).sign(growth(0, 5))
        await asyncio.sleep(0.01)
    raise AssertionError


async def test_more_callers_than_the_limit_are_not_answered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them is, once another left."""
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 1)
    async with inside(folder):
        _, first = await asyncio.open_unix_connection(folder / "socket")
        with pytest.raises(SignerUnavailableError):
            await client(folder).sign(growth(0, 5))
        first.transport.abort()
        assert await until_answered(folder)


async def test_a_defect_answers_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And does not end the process."""
    async with inside(folder):
        with monkeypatch.context() as patched:
            patched.setattr(GuardedSigner, "sign", lambda *_: 1 / 0)
            with pytest.raises(SignerUnavailableError):
                await client(folder).sign(growth(0, 5))
        assert await client(folder).sign(growth(0, 5))


async def test_a_user_who_is_not_allowed_gets_no_answer(folder: Path) -> None:
    """Whatever he asks; nothing is signed."""
    async with inside(folder, frozenset({os.geteuid() + 1})) as signer:
        with pytest.raises(SignerUnavailableError):
            await client(folder).sign(growth(0, 5))
        assert signer.last() is None


ASKS = (
    "import socket, sys\n"
    "s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])\n"
    "s.sendall(sys.argv[2].encode() + b'\\n'); print(s.recv(99).decode(), end='')"
)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as somebody else")
@pytest.mark.parametrize(("allowed", "answer"), [({NOBODY}, '{"note":null}\n'), ({0}, "")])
async def test_another_user_is_known_by_the_kernel(folder: Path, allowed: set[int], answer: str) -> None:
    """He says nothing of himself."""
    async with inside(folder, frozenset(allowed)):
        asks = [
            "/usr/bin/python3",
            "-c",
            ASKS,
            str(folder / "socket"),
            encode_request(Asked(LOG, None)).decode().strip(),
        ]
        done = await asyncio.to_thread(
            subprocess.run, asks, user=NOBODY, capture_output=True, text=True, check=False, cwd="/"
        )  # fmt: skip
    assert done.stdout == answer, done.stderr


async def test_a_socket_where_another_answers_is_not_taken(folder: Path) -> None:
    """Nor is a file that is none."""
    async with inside(folder):
        with pytest.raises(ConfigurationError):
            async with inside(folder):
                pass
        assert await client(folder).sign(growth(0, 5))
    assert not (folder / "socket").exists()
    (folder / "socket").write_text("a file")
    with pytest.raises(ConfigurationError):
        async with inside(folder):
            pass
    assert (folder / "socket").read_text() == "a file"


async def test_a_socket_in_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    """It names the option."""
    answering = SignerServer(GuardedSigner(key_of(folder / "state", LOG), FileMemory(folder / "state", LOG)), LOG, {0})
    with pytest.raises(ConfigurationError, match="--socket"):
        async with listening(answering, folder / "none" / "socket", others=False):
            pass


async def test_the_socket_is_the_owners_alone_unless_others_may_ask(folder: Path) -> None:
    """Who may ask is decided by user id as well."""
    async with inside(folder):
        assert (folder / "socket").stat().st_mode & 0o777 == 0o600
    async with inside(folder, frozenset({os.geteuid()})):
        assert (folder / "socket").stat().st_mode & 0o777 == 0o666


def test_the_peer_is_the_process_at_the_other_end() -> None:
    """Here this one."""
    here, there = socket.socketpair(socket.AF_UNIX)
    with here, there:
        assert server.peer_user(here) == os.geteuid()
