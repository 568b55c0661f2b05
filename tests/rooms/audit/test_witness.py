"""The witness's rule: it cosigns what extends what it saw, and says why it does not."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.merkle import EMPTY_ROOT, consistency_proof, root_hash
from phiward.audit.note import MAX_NOTE_BYTES, sign
from phiward.audit.signer import Signer
from phiward.audit.witness import (
    MAX_PROOF_LINES,
    MAX_REQUEST_BYTES,
    SIZE_TYPE,
    KnownLogs,
    Refusal,
    Remembered,
    build_request,
    judge,
    parse_request,
)
from phiward.domain.errors import AuditIntegrityError

from .made import SIGNER, THIEF

HASHES = [sha256(bytes([number])).digest() for number in range(40)]
OTHERS = [sha256(bytes([number, 1])).digest() for number in range(40)]
LOGS = KnownLogs([SIGNER.verifier])
ORIGIN = f"{SIGNER.name}/2026"


def note_of(size: int, hashes: list[bytes] = HASHES, signer: Signer = SIGNER, shard: str = "2026") -> bytes:
    """A signed checkpoint of the first entries."""
    return signer.checkpoint(size, root_hash(hashes[:size]), shard)


def asked(old: int, note: bytes, proof: list[bytes] | None = None, size: int = 0) -> Refusal | Remembered:
    """The judgement where `size` entries of the shard were cosigned."""
    remembered = {ORIGIN: Remembered(size, root_hash(HASHES[:size]))} if size else {}
    return judge(parse_request(build_request(old, proof or [], note)), LOGS, remembered)


def proof(old: int, size: int, hashes: list[bytes] = HASHES) -> list[bytes]:
    """Between two sizes."""
    return consistency_proof(hashes[:size], old)


NOTE = note_of(9)
PLAIN = SIGNER.checkpoint(9, b"r" * 32)
STRANGER = Signer("other.example/log", Ed25519PrivateKey.generate()).checkpoint(9, b"r" * 32)
ROOT = Checkpoint("", 9, root_hash(HASHES[:9])).text().encode()[3:]
EMPTY = SIGNER.checkpoint(0, EMPTY_ROOT, "2026")
REFUSED = [
    ("a log that is not known", 404, asked(0, STRANGER)),
    ("a place below the log that is no shard", 404, asked(0, PLAIN.replace(b"/audit\n", b"/audit/x\n"))),
    ("another key", 403, asked(0, note_of(9, signer=THIEF))),
    ("a shard's text under the log's signature", 403, asked(0, PLAIN.replace(b"/audit\n9", b"/audit/2026\n9"))),
    ("an old size beyond the checkpoint", 400, asked(10, NOTE)),
    ("an old size beyond it, though the witness has it", 400, asked(20, NOTE, size=20)),
    ("an old size where none was cosigned", 409, asked(3, NOTE, proof(3, 9))),
    ("none where one was cosigned", 409, asked(0, NOTE, size=3)),
    ("another than was cosigned", 409, asked(4, NOTE, proof(4, 9), size=3)),
    ("a rewind", 409, asked(3, note_of(3), size=9)),
    ("a fork of the same size", 409, asked(9, note_of(9, OTHERS), size=9)),
    ("a fork of no size", 409, asked(0, SIGNER.checkpoint(0, b"r" * 32, "2026"))),
    ("a fork that goes on", 422, asked(5, note_of(9, OTHERS), proof(5, 9, OTHERS), size=5)),
    ("no proof", 422, asked(5, NOTE, size=5)),
    ("a proof cut short", 422, asked(5, NOTE, proof(5, 9)[:-1], size=5)),
    ("a proof too long", 422, asked(5, NOTE, [*proof(5, 9), b"x" * 32], size=5)),
    ("a proof between equals", 422, asked(9, NOTE, [b"x" * 32], size=9)),
    ("a proof from nothing", 422, asked(0, NOTE, [b"x" * 32])),
]  # fmt: skip


@pytest.mark.parametrize(("status", "answer"), [pytest.param(status, one, id=name) for name, status, one in REFUSED])
def test_what_does_not_extend_is_refused(status: int, answer: Refusal | Remembered) -> None:
    """With the status of the specification."""
    assert isinstance(answer, Refusal)
    assert answer.status == status


def test_a_conflict_of_sizes_says_the_size() -> None:
    """In its own type; a fork of one size does not."""
    assert asked(0, NOTE, size=3) == Refusal(409, "3\n", SIZE_TYPE)
    assert asked(3, NOTE, proof(3, 9)) == Refusal(409, "0\n", SIZE_TYPE)
    fork = asked(9, note_of(9, OTHERS), size=9)
    assert isinstance(fork, Refusal)
    assert fork.content_type != SIZE_TYPE


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(asked(0, NOTE), id="the first of its shard"),
        pytest.param(asked(9, NOTE, size=9), id="the same again"),
        pytest.param(asked(5, NOTE, proof(5, 9), size=5), id="a longer one"),
    ],
)
def test_what_extends_is_remembered(answer: Refusal | Remembered) -> None:
    """Size and root."""
    assert answer == Remembered(9, root_hash(HASHES[:9]))


def test_the_empty_log_is_a_log() -> None:
    """Size zero, with the one root that it has."""
    assert asked(0, EMPTY) == Remembered()


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_only_a_growing_log_is_cosigned(sizes: list[int]) -> None:
    """Whatever sizes are asked for in turn, what is remembered never shrinks and is always a prefix."""
    last = Remembered()
    for size in sizes:
        steps = proof(last.size, size) if 0 < last.size < size else []
        note = note_of(size)
        said = judge(parse_request(build_request(min(last.size, size), steps, note)), LOGS, {ORIGIN: last})
        assert isinstance(said, Remembered) == (size >= last.size)
        last = said if isinstance(said, Remembered) else last
        assert last.root == root_hash(HASHES[: last.size])


def opens(shard: str, known: list[str]) -> bool:
    """Whether a shard may begin where others were cosigned."""
    remembered = {(f"{SIGNER.name}/{one}" if one else SIGNER.name): Remembered(1, HASHES[0]) for one in known}
    said = judge(parse_request(build_request(0, [], note_of(9, shard=shard))), LOGS, remembered)
    return isinstance(said, Remembered)


@pytest.mark.parametrize(
    ("shard", "known", "may"),
    [
        pytest.param("", [], True, id="a log without shards"),
        pytest.param("2027", ["2026"], True, id="the next"),
        pytest.param("2026.2", ["2026"], True, id="after a restore"),
        pytest.param("2029", ["2026"], True, id="one further, where the witness was away"),
        pytest.param("2026.10", ["2026.9"], True, id="numbers are numbers"),
        pytest.param("2026", ["2027"], False, id="one before it"),
        pytest.param("2026.2", ["2026.10"], False, id="a lower number"),
        pytest.param("", ["2026"], False, id="the log as it was without shards"),
    ],
)
def test_no_shard_begins_before_one_that_was_cosigned(shard: str, known: list[str], may: bool) -> None:
    """Nobody opens the past again."""
    assert opens(shard, known) is may


def test_an_earlier_shard_that_was_seen_may_still_come_to_its_end() -> None:
    """Its last checkpoint may arrive after the first of the next."""
    remembered = {ORIGIN: Remembered(5, root_hash(HASHES[:5])), f"{SIGNER.name}/2027": Remembered(1, HASHES[0])}
    said = judge(parse_request(build_request(5, proof(5, 9), NOTE)), LOGS, remembered)
    assert said == Remembered(9, root_hash(HASHES[:9]))


def test_other_logs_shards_do_not_matter() -> None:
    """Each log has its own order."""
    remembered = {"other.example/log/2030": Remembered(1, HASHES[0])}
    assert isinstance(judge(parse_request(build_request(0, [], NOTE)), LOGS, remembered), Remembered)


def test_two_keys_for_one_origin_are_refused() -> None:
    """It would not be known which holds."""
    shard = SIGNER.verifier.named(ORIGIN)
    for keys in ([SIGNER.verifier, THIEF.verifier], [shard, SIGNER.verifier], [SIGNER.verifier, shard]):
        with pytest.raises(AuditIntegrityError):
            KnownLogs(keys)


GOOD = build_request(5, proof(5, 9), NOTE)
GARBAGE = [
    ("nothing", b""),
    ("no old size", GOOD.split(b"\n", 1)[1]),
    ("an old size with a zero before it", GOOD.replace(b"old 5", b"old 05")),
    ("a signed old size", GOOD.replace(b"old 5", b"old +5")),
    ("a negative old size", GOOD.replace(b"old 5", b"old -5")),
    ("two spaces", GOOD.replace(b"old 5", b"old  5")),
    ("digits of another script", GOOD.replace(b"old 5", "old \u0665".encode())),
    ("a huge old size", GOOD.replace(b"old 5", b"old " + b"9" * 40)),
    ("a line end of another kind", GOOD.replace(b"old 5\n", b"old 5\r\n")),
    ("no empty line", GOOD.replace(b"\n\n", b"\n")),
    ("no base64 in the proof", GOOD.replace(b"old 5\n", b"old 5\n!!!!\n")),
    ("a hash too short", GOOD.replace(b"old 5\n", b"old 5\nAAAA\n")),
    ("stray bits in base64", b"old 5\n" + b"A" * 42 + b"B=\n\n" + NOTE),
    ("too many proof lines", build_request(5, [b"x" * 32] * (MAX_PROOF_LINES + 1), NOTE)),
    ("no note", b"old 5\n\n"),
    ("a note without signature", b"old 5\n\nlog\n9\nAAAA\n\n"),
    ("a note that is no checkpoint", build_request(0, [], sign(ORIGIN, Ed25519PrivateKey.generate(), "hello\n"))),
    ("a root too short", build_request(0, [], NOTE.replace(ROOT, b"AAAA\n"))),
    ("a note too large", build_request(0, [], b"a" * (MAX_NOTE_BYTES + 1))),
    ("a body too large", GOOD + b"x" * MAX_REQUEST_BYTES),
    ("no text", b"\xff\xfe" + GOOD),
]  # fmt: skip


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in GARBAGE])
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    """Strictly."""
    with pytest.raises(AuditIntegrityError):
        parse_request(body)


@given(old=st.integers(0, 10**17), steps=st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF_LINES))
def test_a_request_is_read_as_it_was_built(old: int, steps: list[bytes]) -> None:
    """Old size, proof, note and checkpoint."""
    read = parse_request(build_request(old, steps, NOTE))
    assert (read.old_size, read.proof, read.note) == (old, tuple(steps), NOTE)
    assert read.checkpoint == Checkpoint(ORIGIN, 9, root_hash(HASHES[:9]))
    assert read.text == read.checkpoint.text()
