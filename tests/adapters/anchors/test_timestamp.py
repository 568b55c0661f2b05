"""Time stamps of a real authority, `openssl ts`, and of one that misbehaves."""

import base64
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.anchors.timestamp import FILE, TimestampAnchor, read_certificates, verified
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.note import sign
from phiward.audit.ports import Anchor
from phiward.domain.errors import AnchorError, ConfigurationError
from tests.adapters.anchors.authority import Authority, make

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
LOG = "phiward.test/audit/2026"
CHECKPOINT = Checkpoint(LOG, 7, bytes(32))
NOTE = sign(LOG, Ed25519PrivateKey.generate(), CHECKPOINT.text())


async def no_proof(size: int) -> Sequence[bytes]:
    """Nobody asks for one."""
    raise AssertionError


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An honest one."""
    return make(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def url(authority: Authority) -> Iterator[str]:
    """Where it answers; honest again for each test."""
    authority.answer = lambda query: (200, authority.stamp(query))
    with authority.serving() as address:
        yield address


@pytest.fixture(scope="module")
def response(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A stamp over NOTE, asked for without us."""
    folder = tmp_path_factory.mktemp("query")
    (folder / "note").write_bytes(NOTE)
    words = ["openssl", "ts", "-query", "-data", str(folder / "note"), "-sha256", "-cert", "-out", str(folder / "q")]
    subprocess.run(words, check=True, capture_output=True)
    return authority.stamp((folder / "q").read_bytes())


def anchor(url: str, authority: Authority, folder: Path, seconds: float = 20.0) -> TimestampAnchor:
    """Held to the authority's root."""
    return TimestampAnchor(url, read_certificates(authority.root), folder, seconds=seconds)


async def refused(url: str, authority: Authority, folder: Path, seconds: float = 20.0) -> str:
    """Why a stamp is not kept; and nothing was."""
    stamps = anchor(url, authority, folder, seconds)
    with pytest.raises(AnchorError) as failed:
        await stamps.keep(CHECKPOINT, NOTE, no_proof)
    assert not (folder / FILE).exists()
    assert failed.value.__cause__ is None
    return str(failed.value)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        pytest.param(500, b"", "HTTP status 500", id="a failure of its own"),
        pytest.param(301, b"", "HTTP status 301", id="it points elsewhere"),
        pytest.param(200, b"<html>sign in</html>", "does not verify", id="garbage"),
        pytest.param(200, b"", "does not verify", id="nothing"),
        pytest.param(200, bytes(70_000), "too large", id="more than a stamp can be"),
    ],
)
async def test_what_is_no_stamp_is_not_kept(
    url: str, authority: Authority, tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    """Each is an error that names the kind and repeats nothing."""
    authority.answer = lambda _: (status, body)
    assert said in await refused(url, authority, tmp_path)


async def test_an_authority_that_hangs_does_not_hold_us_up(url: str, authority: Authority, tmp_path: Path) -> None:
    """It is given up."""
    done = threading.Event()

    def hang(_: bytes) -> tuple[int, bytes]:
        done.wait(60)
        return 200, b""

    authority.answer = hang
    try:
        assert "TimeoutError" in await refused(url, authority, tmp_path, seconds=0.2)
    finally:
        done.set()


async def test_an_authority_that_is_not_there_is_an_error(authority: Authority, tmp_path: Path) -> None:
    """The address is not repeated."""
    assert "127.0.0.1" not in await refused("http://127.0.0.1:1/tsr", authority, tmp_path)


async def test_a_stamp_with_another_nonce_is_not_kept(
    url: str, authority: Authority, tmp_path: Path, response: bytes
) -> None:
    """An old answer over the same note, played back, would date it too early."""
    authority.answer = lambda _: (200, response)
    assert verified(response, NOTE, read_certificates(authority.root)) is not None
    assert "does not verify" in await refused(url, authority, tmp_path)


@pytest.mark.parametrize(
    ("ended", "usage"),
    [
        pytest.param(True, True, id="its certificate ran out before the stamp"),
        pytest.param(False, False, id="a certificate that may not stamp"),
    ],
)
async def test_an_authority_whose_certificate_may_not_stamp_is_refused(
    tmp_path: Path, ended: bool, usage: bool
) -> None:
    """By its own root."""
    (tmp_path / "made").mkdir()
    other = make(tmp_path / "made", ended=ended, usage=usage)
    if not usage:  # `openssl ts` itself refuses to sign with it
        with pytest.raises(subprocess.CalledProcessError):
            other.stamp(b"")
        other.answer = lambda _: (500, b"")
    with other.serving() as address:
        await refused(address, other, tmp_path / "kept")


async def test_an_authority_of_another_root_is_refused(url: str, tmp_path: Path) -> None:
    """The names are the same, the keys are not."""
    (tmp_path / "made").mkdir()
    assert "does not verify" in await refused(url, make(tmp_path / "made"), tmp_path / "kept")


def test_a_stamp_over_other_data_is_none(authority: Authority, response: bytes) -> None:
    """One letter is enough."""
    roots = read_certificates(authority.root)
    assert verified(response, NOTE, roots) is not None
    assert verified(response, NOTE.replace(b"7", b"8", 1), roots) is None
    assert verified(response, b"", roots) is None


def test_no_changed_byte_gives_another_time(authority: Authority, response: bytes) -> None:
    """Whatever is changed: no stamp, or the same instant; and never a defect."""
    roots = read_certificates(authority.root)
    instant = verified(response, NOTE, roots)
    told = {verified(_flipped(response, place), NOTE, roots) for place in range(len(response))}
    assert None in told
    assert told <= {None, instant}


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x04]) + data[place + 1 :]


@pytest.mark.parametrize("content", [b"", b"text", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_certificates_is_a_setting_to_correct(tmp_path: Path, content: bytes) -> None:
    """Nothing could be verified by it."""
    (tmp_path / "root.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match="PHIWARD_ANCHOR_TSA_CERTIFICATES"):
        read_certificates(tmp_path / "root.pem")
    with pytest.raises(ConfigurationError, match="PHIWARD_ANCHOR_TSA_CERTIFICATES"):
        read_certificates(tmp_path / "none.pem")


def test_a_folder_that_cannot_be_made_is_said(authority: Authority, tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="folder"):
        anchor("http://127.0.0.1:1/", authority, tmp_path / "file" / "stamps")


async def test_what_cannot_be_written_is_not_taken_for_kept(url: str, authority: Authority, tmp_path: Path) -> None:
    """A link stands in place of the file."""
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AnchorError, match="written"):
        await anchor(url, authority, tmp_path).keep(CHECKPOINT, NOTE, no_proof)


async def test_a_kept_stamp_is_read_again_with_its_instant(url: str, authority: Authority, tmp_path: Path) -> None:
    """The authority's time, and the second and a half that it allows itself."""
    before = datetime.now(UTC).replace(microsecond=0)
    place: Anchor = anchor(url, authority, tmp_path)
    await place.keep(CHECKPOINT, NOTE, no_proof)
    await place.keep(CHECKPOINT, NOTE, no_proof)
    assert (place.name, place.kind) == ("127.0.0.1", "timestamp")
    assert await place.read() == [NOTE, NOTE]
    stamps = await anchor(url, authority, tmp_path).stamps()
    accuracy = timedelta(seconds=1.5)
    assert all(before + accuracy <= one.not_after <= datetime.now(UTC) + accuracy for one in stamps.valid)
    assert stamps.broken == 0
    assert all(b"phiward" not in query for query in authority.asked), "the authority sees a digest alone"


async def test_nothing_stamped_yet_is_no_stamp(authority: Authority, tmp_path: Path) -> None:
    """A first start."""
    assert await anchor("http://127.0.0.1:1/", authority, tmp_path).read() == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"note": NOTE.replace(b"7", b"8", 1).decode()}, id="another note"),
        pytest.param({"response": "AAAA"}, id="another response"),
        pytest.param({"response": "ä"}, id="no base64"),
        pytest.param({"response": None}, id="no text"),
    ],
)
async def test_a_line_that_somebody_changed_is_counted_and_not_read(
    authority: Authority, tmp_path: Path, response: bytes, change: dict[str, str | None]
) -> None:
    """Its neighbours stay."""
    record = {"note": NOTE.decode(), "response": base64.b64encode(response).decode()}
    lines = [orjson.dumps(record), orjson.dumps({**record, **change}), b'{"other": 1}', b"text", orjson.dumps(record)]
    (tmp_path / FILE).write_bytes(b"\n".join(lines) + b"\n")
    stamps = await anchor("http://127.0.0.1:1/", authority, tmp_path).stamps()
    assert [one.note for one in stamps.valid] == [NOTE, NOTE]
    assert stamps.broken == 3


def _openssl_verify(words: list[object]) -> int:
    command = ["openssl", "ts", "-verify", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("altered", "code"), [(False, 0), (True, 1)])
async def test_openssl_agrees_with_us(url: str, authority: Authority, tmp_path: Path, altered: bool, code: int) -> None:
    """The verifier that we did not write."""
    kept = anchor(url, authority, tmp_path)
    await kept.keep(CHECKPOINT, NOTE, no_proof)
    (stamp,) = (await kept.stamps()).valid
    (tmp_path / "note").write_bytes(NOTE + b"x" * altered)
    (tmp_path / "stamp.tsr").write_bytes(stamp.response)
    words = ["-data", tmp_path / "note", "-in", tmp_path / "stamp.tsr", "-CAfile", authority.root]
    assert _openssl_verify(words) == code
    assert (verified(stamp.response, NOTE + b"x" * altered, read_certificates(authority.root)) is None) == altered
