"""Cosignatures of witnesses on checkpoints: Ed25519 with a time stamp, in a signature line of the note.

    — <witness> base64(key id || 8 bytes POSIX time, big-endian || Ed25519 signature)

What is signed is `cosignature/v1`, `time <seconds>` and the note's text, a line each. The key id is the first
four bytes of SHA-256(name || "\\n" || 0x04 || public key). A cosignature says: at that time this was the largest
tree of this log that the witness had seen, and it was consistent with all it had seen before.
Source: https://c2sp.org/tlog-cosignature
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phiward.audit.note import Verifier, key_id, key_text, parse_key, signature_line, split_note
from phiward.domain.errors import AuditIntegrityError

COSIGNATURE = b"\x04"
MAX_TIME = 2**63 - 1
_RAW_BYTES = 4 + 8 + 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and its 32-byte public key."""

    name: str
    public_key: bytes
    _id: bytes = field(init=False, repr=False, compare=False)
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises AuditIntegrityError for a name with a space or a plus, or a key that is none."""
        Verifier(self.name, self.public_key)
        object.__setattr__(self, "_id", key_id(self.name, self.public_key, COSIGNATURE))
        object.__setattr__(self, "_key", Ed25519PublicKey.from_public_bytes(self.public_key))

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """From `name+hexid+base64(0x04 || public key)`. Raises AuditIntegrityError."""
        return cls(*parse_key(text, COSIGNATURE))

    def text(self) -> str:
        """The form that others read."""
        return key_text(self.name, self.public_key, COSIGNATURE)

    def cosigned_at(self, note: bytes) -> int | None:
        """When this witness cosigned it, in POSIX seconds: the latest of several; None where it did not.

        Lines of other keys are passed over. Raises AuditIntegrityError for what is no signed note, and where a line
        under this key's name and id is wrong.
        """
        text, signatures = split_note(note)
        times = [self._time(raw, text) for name, raw in signatures if (name, raw[:4]) == (self.name, self._id)]
        return max(times, default=None)

    def _time(self, raw: bytes, text: str) -> int:
        time = int.from_bytes(raw[4:12], "big")
        if len(raw) != _RAW_BYTES or time > MAX_TIME:
            raise AuditIntegrityError("A cosignature of a known witness cannot be read.")
        try:
            self._key.verify(raw[12:], _message(time, text))
        except InvalidSignature as error:
            raise AuditIntegrityError("A cosignature of a known witness is wrong.") from error
        return time


class Cosigner:
    """Cosigns under one name. Never prints its key."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        """`name` like an address without a scheme. Raises AuditIntegrityError for one with a space or a plus."""
        self._private_key = private_key
        self.key = WitnessKey(name, private_key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Cosigner({self.key.name})"

    def line(self, text: str, time: int) -> str:
        """The signature line for a note's text at `time` (POSIX seconds). Checks nothing: audit/witness.py does."""
        if not 0 <= time <= MAX_TIME:
            raise AuditIntegrityError("The witness's clock says what is no time.")
        signature = self._private_key.sign(_message(time, text))
        identity = key_id(self.key.name, self.key.public_key, COSIGNATURE)
        return signature_line(self.key.name, identity + time.to_bytes(8, "big") + signature)


def cosigned(note: bytes, witnesses: Iterable[WitnessKey]) -> dict[str, int]:
    """Which of these witnesses cosigned a note, by name, and when (POSIX seconds).

    The log's own signature is not looked at. Raises AuditIntegrityError as `WitnessKey.cosigned_at` does.
    """
    found = ((one.name, one.cosigned_at(note)) for one in witnesses)
    return {name: time for name, time in found if time is not None}


def _message(time: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
