"""A witness as an anchor: only its own cosignature counts, and whoever it says to be rewound is told so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.anchors.witness import WitnessAnchor
from phiward.audit.cosignature import Cosigner
from phiward.audit.note import MAX_NOTE_BYTES, Verifier, signature_line
from phiward.audit.witness import SIZE_TYPE, KnownLogs, Refusal, Remembered, judge, parse_request
from phiward.domain.errors import AnchorError, ConfigurationError, RewoundError
from tests.witness.running import HASHES, NAME, OTHERS, SIGNER, note_of, proof, running, said_by

COSIGNER = Cosigner(NAME, Ed25519PrivateKey.from_private_bytes(b"1" * 32))
OTHER = Cosigner("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
TEXT = said_by(note_of(9)).text()
LINE = COSIGNER.line(TEXT, 5)
SMUGGLED = "more\n\n" + COSIGNER.line(f"{TEXT}\nmore\n", 5)
IDENTITY = COSIGNER.key._id


class Told:
    """A witness that answers as it is told, in turn, and then honestly."""

    def __init__(self) -> None:
        self.answers: list[web.Response | None] = []
        self.remembered: dict[str, Remembered] = {}
        self.olds: list[int] = []
        self.ended = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """`add-checkpoint`."""
        asked = parse_request(await request.read())
        self.olds.append(asked.old_size)
        if self.answers:
            answer = self.answers.pop(0)
            if answer is not None:
                return answer
            await self.ended.wait()
        said = judge(asked, KnownLogs([SIGNER.verifier]), self.remembered)
        if isinstance(said, Refusal):
            return web.Response(
                status=said.status, body=said.body.encode(), headers={"content-type": said.content_type}
            )
        self.remembered[asked.checkpoint.origin] = said
        return web.Response(text=OTHER.line(asked.text, 5) + COSIGNER.line(asked.text, 7))


@asynccontextmanager
async def serving(witness: Told, folder: Path, seconds: float = 10) -> AsyncIterator[WitnessAnchor]:
    """An anchor before it."""
    application = web.Application()
    application.router.add_post("/prefix/add-checkpoint", witness.handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    [(_, port)] = [address[:2] for address in runner.addresses]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False) as session:
        url = f"http://127.0.0.1:{port}/prefix/"
        yield WitnessAnchor(session, url, COSIGNER.key.text(), folder, 60, timeout_seconds=seconds)
    witness.ended.set()
    await runner.cleanup()


async def keep(anchor: WitnessAnchor, size: int, hashes: Sequence[bytes] = HASHES) -> None:
    """One checkpoint of the shard."""

    async def consistency(old: int) -> Sequence[bytes]:
        return proof(old, size, hashes)

    note = note_of(size, hashes)
    await anchor.keep(said_by(note), note, consistency)


def size_is(size: object, content_type: str = SIZE_TYPE, status: int = 409) -> web.Response:
    """What a witness says that it has."""
    return web.Response(status=status, body=f"{size}\n".encode(), headers={"content-type": content_type})


GONE = (web.Response(status=404), web.Response(status=403), web.Response(status=500), web.Response(status=400))
LIES: list[tuple[str, list[web.Response | None]]] = [
    ("an empty answer", [web.Response(text="")]),
    ("no signature lines", [web.Response(text="hello\n")]),
    ("bytes", [web.Response(body=b"\xff\xfe")]),
    ("another witness's cosignature", [web.Response(text=OTHER.line(TEXT, 5))]),
    ("its own of another text", [web.Response(text=COSIGNER.line(said_by(note_of(8)).text(), 5))]),
    ("its own with a note of its own before", [web.Response(text=SMUGGLED)]),
    ("a signature of its name that is no cosignature", [web.Response(text=signature_line(NAME, IDENTITY + b"x" * 72))]),
    ("a right one beside a wrong one", [web.Response(text=LINE + signature_line(NAME, IDENTITY))]),
    ("too much", [web.Response(text=LINE + "x" * MAX_NOTE_BYTES)]),
    ("too many lines", [web.Response(text=LINE * 40)]),
    ("a size that is none", [size_is("many")]),
    ("a size with a zero before it", [size_is("03")]),
    ("a huge size", [size_is("9" * 30)]),
    ("a size of another type", [size_is(3, "text/plain")]),
    ("a size below that changes its mind", [size_is(3), size_is(4)]),
    ("a size that was asked with", [size_is(0)]),
    ("a bad proof from nothing", [web.Response(status=422)]),
    ("another place", [web.Response(status=307, headers={"location": "http://127.0.0.1:1/"})]),
    *((f"status {one.status}", [one]) for one in GONE),
    ("nothing, for ever", [None]),
]  # fmt: skip


@pytest.mark.parametrize("answers", [pytest.param(answers, id=name) for name, answers in LIES])
async def test_what_is_no_cosignature_is_not_kept(tmp_path: Path, answers: list[web.Response | None]) -> None:
    """It is an anchor that cannot be had now: nothing is kept, nothing is believed, and the next try is honest."""
    witness = Told()
    async with serving(witness, tmp_path, 0.5) as anchor:
        witness.answers = [again(one) for one in answers]
        with pytest.raises(AnchorError) as raised:
            await keep(anchor, 9)
        assert not isinstance(raised.value, RewoundError)
        assert await anchor.read() == []
        await keep(anchor, 9)
        assert len(await anchor.read()) == 1


def again(answer: web.Response | None) -> web.Response | None:
    """A response is sent once."""
    if answer is None:
        return None
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    return web.Response(status=answer.status, body=answer.body, headers=headers)


async def test_nobody_there_is_an_anchor_error(tmp_path: Path) -> None:
    """It is tried again."""
    async with aiohttp.ClientSession() as session:
        anchor = WitnessAnchor(session, "http://127.0.0.1:9", COSIGNER.key.text(), tmp_path, 60)
        with pytest.raises(AnchorError):
            await keep(anchor, 9)


async def test_a_witness_that_has_more_says_that_the_log_was_rewound(tmp_path: Path) -> None:
    """Also to a process that never asked it before, and to one that knows."""
    witness = Told()
    async with serving(witness, tmp_path) as anchor:
        await keep(anchor, 12)
        with pytest.raises(RewoundError):
            await keep(anchor, 9)
    async with serving(witness, tmp_path) as anchor:
        with pytest.raises(RewoundError):
            await keep(anchor, 9)


@pytest.mark.parametrize("size", [9, 12])
async def test_a_witness_that_has_another_log_says_so(tmp_path: Path, size: int) -> None:
    """Of the same size, or one that goes on from another."""
    witness = Told()
    async with serving(witness, tmp_path) as anchor:
        await keep(anchor, 9)
        with pytest.raises(RewoundError):
            await keep(anchor, size, OTHERS)
        await keep(anchor, 12)


async def test_a_conflict_of_one_size_that_also_tells_the_size_is_a_fork(tmp_path: Path) -> None:
    """Some witnesses tell it there as well."""
    witness = Told()
    async with serving(witness, tmp_path) as anchor:
        witness.answers = [size_is(9), size_is(9)]
        with pytest.raises(RewoundError):
            await keep(anchor, 9)


async def test_a_folder_that_cannot_be_written_is_an_anchor_error(tmp_path: Path) -> None:
    """The witness has it; it is asked again for the same."""
    witness = Told()
    async with serving(witness, tmp_path / "kept") as anchor:
        (tmp_path / "kept").rename(tmp_path / "moved")
        with pytest.raises(AnchorError):
            await keep(anchor, 9)
        (tmp_path / "moved").rename(tmp_path / "kept")
        await keep(anchor, 9)
        assert len(await anchor.read()) == 1


def _replace_by_folder(folder: Path) -> None:
    [file] = folder.iterdir()
    file.unlink()
    file.mkdir()


async def test_a_file_that_cannot_be_read_is_an_anchor_error(tmp_path: Path) -> None:
    """Here a folder stands in its place."""
    async with serving(Told(), tmp_path) as anchor:
        await keep(anchor, 9)
        _replace_by_folder(tmp_path)
        with pytest.raises(AnchorError):
            await anchor.read()


async def test_a_growing_log_is_cosigned_with_one_question_each(tmp_path: Path) -> None:
    """What it had last is remembered; a new process asks once more."""
    witness = Told()
    async with serving(witness, tmp_path) as anchor:
        for size in (3, 9, 9, 12):
            await keep(anchor, size)
    assert witness.olds == [0, 3, 9, 9]
    async with serving(witness, tmp_path) as anchor:
        await keep(anchor, 20)
        notes = await anchor.read()
    assert witness.olds[4:] == [0, 12]
    assert [said_by(note).size for note in notes] == [3, 9, 9, 12, 20]


async def test_another_process_may_have_gone_ahead(tmp_path: Path) -> None:
    """Its size is learnt from the conflict."""
    witness = Told()
    async with serving(witness, tmp_path) as one, serving(witness, tmp_path) as other:
        await keep(one, 3)
        await keep(other, 9)
        await keep(one, 12)
        assert len(await other.read()) == 3


async def test_what_is_kept_has_the_logs_signature_and_the_witnesss(tmp_path: Path) -> None:
    """And no line of anybody else."""
    async with serving(Told(), tmp_path) as anchor:
        await keep(anchor, 9)
        [note] = await anchor.read()
        assert (anchor.name, anchor.kind, anchor.interval_seconds) == (NAME, "witness", 60)
    assert note == note_of(9) + COSIGNER.line(TEXT, 7).encode()
    assert Verifier(f"{SIGNER.name}/2026", SIGNER.verifier.public_key).open(note) == TEXT
    assert COSIGNER.key.cosigned_at(note) == 7


async def test_our_own_witness_serves_it(tmp_path: Path) -> None:
    """Through a restart, and in a fork it says so."""
    for sizes in ((3, 9), (12,)):
        with running(tmp_path / "state") as (url, _):
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                anchor = WitnessAnchor(session, url, await answer.text(), tmp_path / "kept", 60)
                for size in sizes:
                    await keep(anchor, size)
                with pytest.raises(RewoundError):
                    await keep(anchor, sizes[-1], OTHERS)
                notes = await anchor.read()
    assert [said_by(note).size for note in notes] == [3, 9, 12]


BAD: list[tuple[str, dict[str, Any]]] = [
    ("http beyond loopback", {"url": "http://witness.example/"}),
    ("another scheme", {"url": "file:///etc"}),
    ("no key", {"witness_key": "nothing"}),
    ("a log's key", {"witness_key": SIGNER.verifier.text()}),
]


@pytest.mark.parametrize("wrong", [pytest.param(wrong, id=name) for name, wrong in BAD])
async def test_an_address_or_key_that_is_none_is_a_setting_to_correct(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Before anybody is asked."""
    right = {"url": "https://witness.example/", "witness_key": COSIGNER.key.text(), "folder": tmp_path}
    async with aiohttp.ClientSession() as session:
        WitnessAnchor(session, interval_seconds=1, **right)  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError):
            WitnessAnchor(session, interval_seconds=1, **(right | wrong))
