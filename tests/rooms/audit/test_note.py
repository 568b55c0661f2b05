"""Signed notes: opened only with the right key and the very bytes that were signed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.note import MAX_NOTE_BYTES, MAX_SIGNATURES, Verifier, key_id, sign
from phiward.domain.errors import AuditIntegrityError

NAME, TEXT = "log.example.org", "log.example.org\n3\nAAAA\n"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
VERIFIER = Verifier(NAME, KEY.public_key().public_bytes_raw())
NOTE = sign(NAME, KEY, TEXT)


def line_of(note: bytes) -> bytes:
    """Its signature line."""
    return note.rsplit(b"\n\n", 1)[1]


def with_raw(raw: bytes) -> bytes:
    """The note with these bytes as its signature."""
    return f"{TEXT}\n— {NAME} {base64.b64encode(raw).decode()}\n".encode()


RAW = base64.b64decode(line_of(NOTE).split()[-1])
BAD = [
    ("another key under the same name", sign(NAME, OTHER, TEXT)),
    ("another name", sign("other.example.org", KEY, TEXT)),
    ("changed text", NOTE.replace(b"\n3\n", b"\n4\n")),
    ("a line added", TEXT.encode() + b"more\n\n" + line_of(NOTE)),
    ("a changed signature", with_raw(RAW[:-1] + bytes([RAW[-1] ^ 1]))),
    ("a signature cut short", with_raw(RAW[:-1])),
    ("a signature too long", with_raw(RAW + b"x")),
    ("another key id", with_raw(b"\0\0\0\0" + RAW[4:])),
    ("nothing in base64", with_raw(b"")),
    ("no base64", f"{TEXT}\n— {NAME} !!!!\n".encode()),
    ("base64 beyond ASCII", f"{TEXT}\n— {NAME} éééé\n".encode()),
    ("a hyphen for the dash", NOTE.replace("—".encode(), b"-")),
    ("no signature", TEXT.encode() + b"\n"),
    ("no empty line", TEXT.encode()),
    ("a wrong signature of ours beside a right one", NOTE + line_of(with_raw(RAW[:-1] + b"\0"))),
    ("a line that is no signature below", NOTE + b"more\n"),
    ("no line end at the end", NOTE[:-1]),
    ("a line end of another kind between signatures", NOTE[:-1] + "\u2028".encode() + line_of(NOTE)),
    ("control characters", sign(NAME, KEY, "log\x00\n")),
    ("too many signatures", TEXT.encode() + b"\n" + line_of(NOTE) * (MAX_SIGNATURES + 1)),
    ("too large", sign(NAME, KEY, "a" * MAX_NOTE_BYTES + "\n")),
    ("no text in UTF-8", b"\xff" + NOTE),
    ("nothing", b""),
]


@pytest.mark.parametrize("note", [pytest.param(note, id=name) for name, note in BAD])
def test_a_note_without_our_signature_is_not_opened(note: bytes) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(AuditIntegrityError):
        VERIFIER.open(note)


def test_a_signed_note_opens_to_its_text() -> None:
    """Exactly."""
    assert VERIFIER.open(NOTE) == TEXT


def test_signatures_of_others_beside_ours_do_no_harm() -> None:
    """A note may carry witnesses."""
    assert VERIFIER.open(TEXT.encode() + b"\n" + line_of(sign("witness", OTHER, TEXT)) + line_of(NOTE)) == TEXT


def test_every_changed_byte_of_the_text_is_seen() -> None:
    """One bit anywhere in it."""
    for place in range(len(TEXT.encode())):
        bent = NOTE[:place] + bytes([NOTE[place] ^ 1]) + NOTE[place + 1 :]
        with pytest.raises(AuditIntegrityError):
            VERIFIER.open(bent)


def test_a_verifier_key_survives_being_written_for_any_key() -> None:
    """Base64 may hold a plus, which also separates; so many keys are tried."""
    written = []
    for number in range(200):
        public = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big")).public_key()
        made = Verifier(NAME, public.public_bytes_raw())
        written.append(made.text())
        assert Verifier.parse(f" {made.text()}\n") == made
    assert any(text.count("+") > 2 for text in written)


def test_the_key_id_is_that_of_the_specification() -> None:
    """The verifier key that the C2SP and Go documents of signed notes show."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert Verifier.parse(text).text() == text
    assert key_id("PeterNeumann", Verifier.parse(text).public_key).hex() == "c74f20a3"


WRONG = [
    ("nothing", ""),
    ("another id", f"{NAME}+00000000+{base64.b64encode(b'1' * 33).decode()}"),
    ("too short", f"{NAME}+00000000+AAAA"),
    ("no base64", f"{NAME}+00000000+é"),
    ("a changed name", VERIFIER.text().replace("log", "lag")),
]


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\u2003b"])
def test_a_key_name_that_could_not_be_read_back_is_refused(name: str) -> None:
    """Spaces and plus signs separate."""
    with pytest.raises(AuditIntegrityError):
        Verifier(name, VERIFIER.public_key)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in WRONG])
def test_a_verifier_key_that_does_not_fit_is_refused(text: str) -> None:
    """A mistyped key must not silently verify nothing."""
    with pytest.raises(AuditIntegrityError):
        Verifier.parse(text)
