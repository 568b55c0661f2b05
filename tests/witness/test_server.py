"""The witness as a process: killed, full, raced, lied to; and as an application."""

import asyncio
import signal
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from phiward.audit.cosignature import WitnessKey
from phiward.audit.note import MAX_NOTE_BYTES
from phiward.audit.witness import MAX_REQUEST_BYTES, SIZE_TYPE, KnownLogs, build_request
from phiward.domain.errors import ConfigurationError, StorageError
from phiward.witness import server
from phiward.witness.folder import open_folder
from phiward.witness.server import Place, create_app
from phiward.witness.store import WitnessStore

from .running import DIES, FULL, NAME, OTHERS, SIGNER, STRANGER, THIEF, note_of, proof, running


def asked(url: str, body: bytes) -> tuple[int, bytes]:
    """Over a connection of its own."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_witness_killed_between_memory_and_answer_remembers(tmp_path: Path) -> None:
    """After a restart it cosigns what it had stored, and no other."""
    with running(tmp_path / "state", before=DIES) as (url, process):
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            asked(url, build_request(0, [], note_of(9)))
        assert process.wait(20) == -signal.SIGKILL
    with running(tmp_path / "state") as (url, _):
        assert asked(url, build_request(0, [], note_of(9))) == (409, b"9\n")
        assert asked(url, build_request(9, [], note_of(9, OTHERS)))[0] == 409
        assert asked(url, build_request(9, [], note_of(9)))[0] == 200
        assert asked(url, build_request(9, proof(9, 12), note_of(12)))[0] == 200


def test_a_full_disk_cosigns_nothing(tmp_path: Path) -> None:
    """What was cosigned before still counts."""
    with running(tmp_path / "state") as (url, _):
        assert asked(url, build_request(0, [], note_of(3)))[0] == 200
    with running(tmp_path / "state", before=FULL) as (url, _):
        status, body = asked(url, build_request(3, proof(3, 9), note_of(9)))
        assert (status, b"\xe2\x80\x94" in body) == (500, False)
    with running(tmp_path / "state") as (url, _):
        assert asked(url, build_request(0, [], note_of(9))) == (409, b"3\n")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The application over a folder of its own."""
    cosigner, store = open_folder(tmp_path / "state", NAME)
    with TestClient(create_app(cosigner, KnownLogs([SIGNER.verifier]), store)) as client:
        yield client
    store.close()


def post(client: TestClient, old: int, note: bytes, steps: list[bytes] | None = None) -> int:
    """The status of the answer."""
    return int(client.post("/add-checkpoint", content=build_request(old, steps or [], note)).status_code)


REFUSED = [
    ("a fork of the same size", 409, 9, note_of(9, OTHERS), []),
    ("a rewind", 409, 4, note_of(4), []),
    ("an old size that it does not have", 409, 4, note_of(12), proof(4, 12)),
    ("a fork that goes on", 422, 9, note_of(12, OTHERS), proof(9, 12, OTHERS)),
    ("a bad proof", 422, 9, note_of(12), [b"x" * 32]),
    ("a foreign log", 404, 0, STRANGER.checkpoint(9, b"r" * 32), []),
    ("a foreign key", 403, 9, THIEF.checkpoint(12, b"r" * 32, "2026"), []),
    ("an old size that is larger", 400, 12, note_of(9), []),
]  # fmt: skip


@pytest.mark.parametrize(("status", "old", "note", "steps"), [pytest.param(*rest, id=name) for name, *rest in REFUSED])
def test_what_does_not_extend_is_refused_and_forgotten(
    client: TestClient, status: int, old: int, note: bytes, steps: list[bytes]
) -> None:
    """What was cosigned before goes on."""
    assert post(client, 0, note_of(9)) == 200
    assert post(client, old, note, steps) == status
    assert post(client, 9, note_of(12), proof(9, 12)) == 200


def test_the_size_is_told_in_its_own_type(client: TestClient) -> None:
    """In decimal, with a line end."""
    post(client, 0, note_of(9))
    answer = client.post("/add-checkpoint", content=build_request(3, proof(3, 12), note_of(12)))
    assert (answer.text, answer.headers["content-type"]) == ("9\n", SIZE_TYPE)


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"\x00" * 100, b"old 0\n\n" + b"a" * MAX_NOTE_BYTES],
    ids=["nothing", "text", "zeros", "long"],
)
def test_garbage_is_a_bad_request(client: TestClient, body: bytes) -> None:
    """Its words are not repeated."""
    answer = client.post("/add-checkpoint", content=body)
    assert (answer.status_code, answer.text) == (400, "The request cannot be read.\n")


def test_a_body_too_large_is_refused_while_it_comes(client: TestClient) -> None:
    """Also when its length is not told."""
    read = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield b"x" * 4096

    assert client.post("/add-checkpoint", content=b"x" * (MAX_REQUEST_BYTES + 1)).status_code == 413
    assert client.post("/add-checkpoint", content=pieces()).status_code == 413
    assert post(client, 0, note_of(9)) == 200


async def test_a_body_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 408, and the connection is closed."""
    monkeypatch.setattr(server, "READ_SECONDS", 0.05)
    cosigner, store = open_folder(tmp_path, NAME)
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/add-checkpoint", "headers": [], "query_string": b""}
    await create_app(cosigner, KnownLogs([SIGNER.verifier]), store)(scope, receive, send)  # type: ignore[arg-type]
    store.close()
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]  # type: ignore[operator]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/add-checkpoint", 405), ("POST", "/other", 404)])
def test_there_is_nothing_else(client: TestClient, method: str, path: str, status: int) -> None:
    """Plain words."""
    assert client.request(method, path).status_code == status


def test_a_memory_that_fails_is_no_cosignature(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """500, in which no signature stands."""

    def fails(*_: object) -> None:
        raise StorageError("No space.")

    with monkeypatch.context() as patched:
        patched.setattr(WitnessStore, "update", fails)
        assert post(client, 0, note_of(9)) == 500
    assert post(client, 0, note_of(9)) == 200


async def test_of_two_requests_at_once_one_is_cosigned(tmp_path: Path) -> None:
    """And the others hear the size; a fork among them never wins as well."""
    with running(tmp_path / "state") as (url, _):
        bodies = [build_request(0, [], note) for note in (note_of(9), note_of(12), note_of(9, OTHERS))] * 4
        answers = await asyncio.gather(*(asyncio.to_thread(asked, url, body) for body in bodies))
        won = [body for body, (status, _) in zip(bodies, answers, strict=True) if status == 200]
        lost = {said for status, said in answers if status == 409}
    assert len(won) == 1
    size = b"12\n" if won[0] == bodies[1] else b"9\n"
    assert lost == {size}


def test_a_cosignature_holds_under_the_key_that_the_witness_shows(client: TestClient) -> None:
    """Line by line over the note's text, and again when it is asked for again."""
    key = WitnessKey.parse(client.get("/").text)
    for old in (0, 9):
        answer = client.post("/add-checkpoint", content=build_request(old, [], note_of(9)))
        assert answer.status_code == 200
        assert key.cosigned_at(note_of(9) + answer.content)
    assert key.name == NAME


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("0.0.0.0", 1), id="everywhere without a certificate"),  # noqa: S104
        pytest.param(("witness.example", 1), id="a name without a certificate"),
        pytest.param(("127.0.0.1", 1, Path("c.pem")), id="a certificate without its key"),
    ],
)
def test_beyond_loopback_a_certificate_is_demanded(place: tuple[str, int]) -> None:
    """As for the gateway."""
    with pytest.raises(ConfigurationError):
        Place(*place)


def test_loopback_needs_none() -> None:
    """A proxy may stand before it."""
    assert Place("::1", 0).certificate is None
    assert Place("0.0.0.0", 0, Path("c.pem"), Path("k.pem"))  # noqa: S104
