"""Cosignatures: those of a known witness hold, or the note is rejected; those of others are passed over."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.cosignature import MAX_TIME, Cosigner, WitnessKey, cosigned
from phiward.audit.note import Verifier, sign, signature_line, split_note
from phiward.domain.errors import AuditIntegrityError

LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Cosigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
OTHER = Cosigner("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
SAME_NAME = Cosigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
TEXT = "log.example\n3\nAAAA\n"
NOTE = sign("log.example", LOG, TEXT)
LINE = WITNESS.line(TEXT, 1_700_000_000)
[(_, RAW)] = split_note(f"{TEXT}\n{LINE}".encode())[1]


def bent(raw: bytes) -> bytes:
    """The note with these bytes as the witness's signature."""
    return NOTE + signature_line(WITNESS.key.name, raw).encode()


WRONG = [
    ("another time", bent(RAW[:11] + bytes([RAW[11] ^ 1]) + RAW[12:])),
    ("a changed signature", bent(RAW[:-1] + bytes([RAW[-1] ^ 1]))),
    ("cut short", bent(RAW[:-1])),
    ("too long", bent(RAW + b"x")),
    ("nothing but the key id", bent(RAW[:4])),
    ("a time beyond the specification", bent(RAW[:4] + b"\xff" * 8 + RAW[12:])),
    ("of another text", sign("log.example", LOG, TEXT.replace("3", "4")) + LINE.encode()),
    ("a wrong one beside a right one", NOTE + LINE.encode() + bent(RAW[:-1] + b"\0").removeprefix(NOTE)),
    ("a plain note signature under the cosignature's id", bent(RAW[:4] + LOG.sign(TEXT.encode()))),
    ("no note", b"nothing"),
]


@pytest.mark.parametrize("note", [pytest.param(note, id=name) for name, note in WRONG])
def test_a_wrong_line_of_a_known_witness_rejects_the_note(note: bytes) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(AuditIntegrityError):
        WITNESS.key.cosigned_at(note)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="no line at all"),
        pytest.param(OTHER.line(TEXT, 5), id="another witness"),
        pytest.param(SAME_NAME.line(TEXT, 5), id="another key under the same name"),
        pytest.param(signature_line("witness.example/w1", b"\0" * 2436), id="an algorithm that we do not know"),
        pytest.param(signature_line("witness.example/w1", b"\0\0"), id="too short for a key id"),
        pytest.param(
            sign(WITNESS.key.name, Ed25519PrivateKey.from_private_bytes(b"1" * 32), TEXT).decode().split("\n\n")[1],
            id="the same key as a plain note signature",
        ),
    ],
)
def test_lines_of_unknown_keys_are_passed_over(line: str) -> None:
    """They neither count nor harm."""
    assert WITNESS.key.cosigned_at(NOTE + line.encode()) is None


def test_which_witnesses_cosigned_and_when() -> None:
    """The latest time of each; the log's own signature stays valid beside them."""
    note = NOTE + (LINE + WITNESS.line(TEXT, 1_600_000_000) + OTHER.line(TEXT, 7)).encode()
    assert cosigned(note, [WITNESS.key, OTHER.key, SAME_NAME.key]) == {
        "witness.example/w1": 1_700_000_000,
        "witness.example/w2": 7,
    }
    assert Verifier("log.example", LOG.public_key().public_bytes_raw()).open(note) == TEXT


@given(time=st.integers(0, MAX_TIME), body=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_what_is_cosigned_verifies_at_its_time(time: int, body: str) -> None:
    """For every time and text."""
    text = f"{body}\n1\nAAAA\n"
    assert WITNESS.key.cosigned_at(f"{text}\n{WITNESS.line(text, time)}".encode()) == time


def test_the_signed_message_is_that_of_the_specification() -> None:
    """Header, time and the note's text, a line each; time in eight bytes before the signature."""
    message = b"cosignature/v1\ntime 1700000000\n" + TEXT.encode()
    public = Ed25519PrivateKey.from_private_bytes(b"1" * 32).public_key()
    public.verify(RAW[12:], message)
    assert int.from_bytes(RAW[4:12], "big") == 1_700_000_000


def test_the_example_of_the_specification_is_read_as_a_cosignature() -> None:
    """Its key is not published; its time is the one that its text names."""
    line = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    raw = base64.b64decode(line)
    assert len(raw) == len(RAW)
    assert int.from_bytes(raw[4:12], "big") == 1679315147


@pytest.mark.parametrize("time", [-1, MAX_TIME + 1])
def test_no_time_beyond_the_specification_is_cosigned(time: int) -> None:
    """A broken clock cosigns nothing."""
    with pytest.raises(AuditIntegrityError):
        WITNESS.line(TEXT, time)


def test_a_witness_key_survives_being_written_and_is_no_log_key() -> None:
    """The algorithm stands in it: one is never taken for the other."""
    text = WITNESS.key.text()
    assert WitnessKey.parse(f" {text}\n") == WITNESS.key
    with pytest.raises(AuditIntegrityError):
        Verifier.parse(text)
    with pytest.raises(AuditIntegrityError):
        WitnessKey.parse(Verifier("log.example", LOG.public_key().public_bytes_raw()).text())


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_witness_name_that_could_not_be_read_back_is_refused(name: str) -> None:
    """Spaces and plus signs separate."""
    with pytest.raises(AuditIntegrityError):
        WitnessKey(name, WITNESS.key.public_key)


def test_a_cosigner_does_not_print_its_key() -> None:
    """Nor do its fields."""
    assert repr(WITNESS) == "Cosigner(witness.example/w1)"
    assert (b"1" * 32).hex() not in repr(vars(WITNESS))
