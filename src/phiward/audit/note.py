"""C2SP signed notes with Ed25519: a text, an empty line, and signature lines.

    — <key name> base64(key id || signature)

The key id is the first four bytes of SHA-256(name || "\\n" || 0x01 || public key).
Source: https://c2sp.org/signed-note
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phiward.domain.errors import AuditIntegrityError

ED25519 = b"\x01"


def key_id(name: str, public_key: bytes) -> bytes:
    """Four bytes."""
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key name and its 32-byte public key: all that a stranger needs."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """From `name+hexid+base64(0x01 || public key)`. Raises AuditIntegrityError."""
        try:
            name, identity, encoded = text.strip().rsplit("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise AuditIntegrityError("A verifier key cannot be read.") from error
        if len(raw) != 33 or raw[:1] != ED25519 or key_id(name, raw[1:]).hex() != identity:
            raise AuditIntegrityError("A verifier key does not fit its own id.")
        return cls(name, raw[1:])

    def text(self) -> str:
        """The form that others read."""
        encoded = base64.b64encode(ED25519 + self.public_key).decode()
        return f"{self.name}+{key_id(self.name, self.public_key).hex()}+{encoded}"

    def open(self, note: bytes) -> str:
        """The text of a note that carries a valid signature of this key.

        Raises AuditIntegrityError for everything else: a missing, foreign or wrong signature.
        """
        try:
            text, signatures = note.decode("utf-8").rsplit("\n\n", 1)
        except (UnicodeDecodeError, ValueError) as error:
            raise AuditIntegrityError("A checkpoint is not a signed note.") from error
        text += "\n"
        ours = key_id(self.name, self.public_key)
        for line in signatures.splitlines():
            mark, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            if mark == "—" and name == self.name and self._signed(text, encoded, ours):
                return text
        raise AuditIntegrityError("A checkpoint is not signed by this log's key.")

    def _signed(self, text: str, encoded: str, ours: bytes) -> bool:
        try:
            raw = base64.b64decode(encoded, validate=True)
            if raw[:4] != ours:
                return False
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(raw[4:], text.encode())
        except (binascii.Error, InvalidSignature, ValueError):
            return False
        return True


def sign(name: str, private_key: Ed25519PrivateKey, text: str) -> bytes:
    """A signed note. `text` ends with a newline and holds no empty line at its end."""
    public_key = private_key.public_key().public_bytes_raw()
    raw = key_id(name, public_key) + private_key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(raw).decode()}\n".encode()
