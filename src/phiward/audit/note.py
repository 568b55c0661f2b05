"""C2SP signed notes with Ed25519: a text, an empty line, and signature lines.

    — <key name> base64(key id || signature)

The key id is the first four bytes of SHA-256(name || "\\n" || 0x01 || public key). Signatures of
unknown keys are ignored; a wrong one under our key's name and id rejects the whole note.
Source: https://c2sp.org/signed-note
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phiward.domain.errors import AuditIntegrityError

ED25519 = b"\x01"
MAX_NOTE_BYTES = 65_536
MAX_SIGNATURES = 32
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def key_id(name: str, public_key: bytes, algorithm: bytes = ED25519) -> bytes:
    """Four bytes. `algorithm` is the signature type of the specification, one byte."""
    return sha256(name.encode() + b"\n" + algorithm + public_key).digest()[:4]


def parse_key(text: str, algorithm: bytes) -> tuple[str, bytes]:
    """Name and public key (32 bytes) of `name+hexid+base64(algorithm || public key)`. Raises AuditIntegrityError."""
    try:
        name, identity, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise AuditIntegrityError("A verifier key cannot be read.") from error
    if len(raw) != 33 or raw[:1] != algorithm or key_id(name, raw[1:], algorithm).hex() != identity:
        raise AuditIntegrityError("A verifier key does not fit its own id.")
    return name, raw[1:]


def key_text(name: str, public_key: bytes, algorithm: bytes) -> str:
    """What `parse_key` reads."""
    identity = key_id(name, public_key, algorithm).hex()
    return f"{name}+{identity}+{base64.b64encode(algorithm + public_key).decode()}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key name and its 32-byte public key: all that a stranger needs."""

    name: str
    public_key: bytes
    _id: bytes = field(init=False, repr=False, compare=False)
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises AuditIntegrityError for a name with a space or a plus, or a key that is none."""
        if not _NAME.fullmatch(self.name) or len(self.public_key) != 32:
            raise AuditIntegrityError("A verifier key cannot be read.")
        object.__setattr__(self, "_id", key_id(self.name, self.public_key))
        object.__setattr__(self, "_key", Ed25519PublicKey.from_public_bytes(self.public_key))

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """From `name+hexid+base64(0x01 || public key)`. Raises AuditIntegrityError."""
        return cls(*parse_key(text, ED25519))

    def named(self, name: str) -> "Verifier":
        """The same key under another name: that of a shard."""
        return Verifier(name, self.public_key)

    def text(self) -> str:
        """The form that others read."""
        return key_text(self.name, self.public_key, ED25519)

    def open(self, note: bytes) -> str:
        """The text of a note that carries a valid signature of this key.

        Raises AuditIntegrityError for everything else: a missing, foreign or wrong signature, a note
        that is not UTF-8, holds control characters, or is larger than MAX_NOTE_BYTES.
        """
        text, signatures = split_note(note)
        signed = False
        for name, raw in signatures:
            if (name, raw[:4]) != (self.name, self._id):
                continue
            try:
                self._key.verify(raw[4:], text.encode())
            except InvalidSignature as error:
                raise AuditIntegrityError("The signature of this log's key is wrong.") from error
            signed = True
        if not signed:
            raise AuditIntegrityError("A note is not signed by this log's key.")
        return text


def sign(name: str, private_key: Ed25519PrivateKey, text: str) -> bytes:
    """A signed note. `text` ends with a newline."""
    public_key = private_key.public_key().public_bytes_raw()
    return f"{text}\n{signature_line(name, key_id(name, public_key) + private_key.sign(text.encode()))}".encode()


def signature_line(name: str, raw: bytes) -> str:
    """`raw` is the key id and the signature."""
    return f"— {name} {base64.b64encode(raw).decode()}\n"


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, its last newline included, and the signatures as (key name, key id and signature); none is checked.

    Raises AuditIntegrityError for what is no signed note.
    """
    try:
        whole = note[: MAX_NOTE_BYTES + 1].decode("utf-8")
    except UnicodeDecodeError as error:
        raise AuditIntegrityError("A signed note cannot be read.") from error
    text, gap, below = whole.rpartition("\n\n")
    lines = below.split("\n")  # not splitlines, which also cuts at other characters
    matches = [_SIGNATURE.fullmatch(line) for line in lines[:-1]]
    readable = [(one[1], one[2]) for one in matches if one]
    well_formed = gap and lines[-1] == "" and matches and len(readable) == len(matches) <= MAX_SIGNATURES
    if len(note) > MAX_NOTE_BYTES or not well_formed or _CONTROL.search(whole):
        raise AuditIntegrityError("A signed note cannot be read.")
    try:
        return text + "\n", [(name, base64.b64decode(encoded, validate=True)) for name, encoded in readable]
    except binascii.Error as error:
        raise AuditIntegrityError("A signed note cannot be read.") from error
