"""Asking a signer over its socket: whatever answers there, only what its key signed of this growth counts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.remote_signer import TIMEOUT_SECONDS, RemoteSigner
from phiward.audit.guarded import RefusedToSignError, Why
from phiward.audit.signer import Signer
from phiward.audit.signing import MAX_ANSWER_BYTES, decode_request, encode_note, encode_refusal, encode_unavailable
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, SignerUnavailableError
from tests.signer.running import LOG, growth, root, short_folder

SIGNER = Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
THIEF = Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(32)))
RIGHT = encode_note(SIGNER.checkpoint(5, root(5)))


@pytest.fixture
def path() -> Iterator[Path]:
    """Of a socket."""
    with short_folder() as folder:
        yield folder / "socket"


def asking(path: Path, seconds: float = TIMEOUT_SECONDS) -> RemoteSigner:
    """With the right key."""
    return RemoteSigner(LOG, SIGNER.verifier.text(), path, timeout_seconds=seconds)


@asynccontextmanager
async def answering(path: Path, answer: bytes | None) -> AsyncIterator[list[bytes]]:
    """Gives every caller the same; None: nothing, and the line stays open."""
    came: list[bytes] = []
    ended = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readline())
        if answer is None:
            await ended.wait()
        else:
            writer.write(answer)
        writer.close()

    async with await asyncio.start_unix_server(connected, path):
        yield came
        ended.set()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(None, id="nothing, for ever"),
        pytest.param(RIGHT[:-9], id="half an answer"),
        pytest.param(b"hello\n", id="garbage"),
        pytest.param(encode_note(None), id="no checkpoint"),
        pytest.param(encode_unavailable(), id="a full disk"),
        pytest.param(b'{"refused":"because"}\n', id="a reason that we do not know"),
        pytest.param(b"x" * MAX_ANSWER_BYTES * 2 + b"\n", id="too much"),
    ],
)
async def test_no_answer_is_an_unavailable_signer(path: Path, answer: bytes | None) -> None:
    """The entries wait, and nothing is believed."""
    async with answering(path, answer):
        with pytest.raises(SignerUnavailableError):
            await asking(path, 0.3).sign(growth(0, 5))


async def test_nobody_there_is_an_unavailable_signer(path: Path) -> None:
    """Not started yet."""
    with pytest.raises(SignerUnavailableError):
        await asking(path).sign(growth(0, 5))


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(THIEF.checkpoint(5, root(5)), id="by another key"),
        pytest.param(SIGNER.checkpoint(6, root(6)), id="of more"),
        pytest.param(SIGNER.checkpoint(5, root(6)), id="of another tree"),
        pytest.param(SIGNER.checkpoint(5, root(5), "2026"), id="of another shard"),
        pytest.param(Signer("other", Ed25519PrivateKey.generate()).checkpoint(5, root(5)), id="of another log"),
        pytest.param(b"no note", id="no note"),
    ],
)
async def test_another_checkpoint_than_was_asked_for_does_not_count(path: Path, note: bytes) -> None:
    """The public key comes from the settings."""
    async with answering(path, encode_note(note)):
        with pytest.raises(AuditIntegrityError):
            await asking(path).sign(growth(0, 5))


async def test_a_last_checkpoint_of_another_key_does_not_count(path: Path) -> None:
    """It would be named in the log."""
    async with answering(path, encode_note(THIEF.checkpoint(5, root(5)))):
        with pytest.raises(AuditIntegrityError):
            await asking(path).last()


async def test_a_refusal_is_an_integrity_error_that_says_why(path: Path) -> None:
    """In words without content."""
    async with answering(path, encode_refusal(Why.FORK)):
        with pytest.raises(RefusedToSignError) as raised:
            await asking(path).sign(growth(0, 5))
    assert raised.value.why is Why.FORK


async def test_what_does_not_fit_is_not_even_asked(path: Path) -> None:
    """A growth without entries."""
    async with answering(path, RIGHT) as came:
        with pytest.raises(AuditIntegrityError):
            await asking(path).sign(growth(5, 5))
    assert came == []


async def test_the_checkpoint_of_a_growth_comes_back(path: Path) -> None:
    """As the signer gave it."""
    async with answering(path, RIGHT) as came:
        assert encode_note(await asking(path).sign(growth(2, 5))) == RIGHT
        assert encode_note(await asking(path).last()) == RIGHT
    assert decode_request(came[0]).growth == growth(2, 5)
    assert decode_request(came[1]).growth is None


async def test_nothing_signed_yet_has_no_last_checkpoint(path: Path) -> None:
    """A first start."""
    async with answering(path, encode_note(None)):
        assert await asking(path).last() is None


def test_the_lock_on_the_tree_head_is_not_held_for_long() -> None:
    """Five seconds in all, at most."""
    assert TIMEOUT_SECONDS <= 5


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param(LOG, "nothing", id="no key"),
        pytest.param(LOG, SIGNER.verifier.text()[:-4], id="half a key"),
        pytest.param("other.example/log", SIGNER.verifier.text(), id="the key of another log"),
    ],
)
def test_a_key_that_is_not_this_logs_is_a_setting_to_correct(name: str, key: str, tmp_path: Path) -> None:
    """Named by its variable."""
    with pytest.raises(ConfigurationError, match="PHIWARD_SIGNER_PUBLIC_KEY"):
        RemoteSigner(name, key, tmp_path / "socket")
