"""The offline factor: codes that a person enrolled beforehand, for an emergency while the identity provider is down.

A code carries 80 random bits, is written as four groups of four letters and digits (base32), is used once and lives
180 days. Only a scrypt verifier under a salt of its own is kept. Guessing ends after five wrong codes in a quarter of
an hour. It counts only while the provider does not answer: it is no way around it.
Source: NIST SP 800-63B sections 3.1.2 (look-up secrets) and 3.2.2 (rate limiting), RFC 7914, RFC 4648 section 6.
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import scrypt
from hmac import compare_digest
from typing import Final

from phiward.domain.text import Secret

ACR: Final = "phiward:offline"
"""The class of a login by such a code. No identity provider says it, and it is good for emergencies only."""
CODES: Final = 8
LIFETIME: Final = timedelta(days=180)
CODE_BYTES: Final = 10
GROUP: Final = 4
SALT_BYTES: Final = 16
MOST_WRONG: Final = 5
WINDOW: Final = timedelta(minutes=15)
LOCKED: Final = timedelta(minutes=15)

_COST, _BLOCK, _LANES, _VERIFIER_BYTES = 2**14, 8, 1, 32
_MAX_MEMORY_BYTES: Final = 64 * 1024 * 1024
_MAX_TYPED_CHARACTERS: Final = 64
_TYPED: Final = re.compile(r"[A-Z2-7]{16}")


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """A new code. `text` is shown once; `salt` and `verifier` are stored."""

    text: Secret
    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfflineProof:
    """A person showed a code that counts. `auth_time` (UTC) and `acr` go into her session; so many codes are left."""

    auth_time: datetime
    acr: str
    left: int


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong codes of one person: when, within WINDOW at most, and until when none is looked at."""

    at: tuple[datetime, ...] = ()
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Whether no code is looked at now. The end is exclusive."""
        return self.locked_until is not None and now < self.locked_until

    def one_more(self, now: datetime) -> "Tries":
        """After one more wrong code: the fifth within WINDOW locks."""
        recent = (*(at for at in self.at if now - at < WINDOW), now)
        return Tries(locked_until=now + LOCKED) if len(recent) >= MOST_WRONG else Tries(recent)


def new_codes(random: Callable[[int], bytes]) -> tuple[OfflineCode, ...]:
    """CODES new ones. `random(n)` returns n random bytes. Takes about 30 ms of CPU for each."""
    return tuple(_code(random(CODE_BYTES), random(SALT_BYTES)) for _ in range(CODES))


def show(secret: bytes) -> Secret:
    """Ten bytes as a person types them: `ABCD-EFGH-IJKL-MNOP`."""
    letters = b32encode(secret).decode()
    return Secret("-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP)))


def read(typed: Secret) -> bytes | None:
    """The ten bytes of a code, in any case, with or without spaces and hyphens; None for anything else."""
    if len(typed.value) > _MAX_TYPED_CHARACTERS or not typed.value.isascii():
        return None
    letters = re.sub(r"[\s-]", "", typed.value).upper()
    return b32decode(letters) if _TYPED.fullmatch(letters) else None


def verifier_of(secret: bytes, salt: bytes) -> bytes:
    """scrypt with N = 2^14, r = 8, p = 1: 32 bytes, for 16 MiB and about 30 ms. Call it outside the event loop."""
    return scrypt(
        secret, salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=_MAX_MEMORY_BYTES, dklen=_VERIFIER_BYTES
    )  # fmt: skip


def matching(typed: Secret, kept: tuple[tuple[bytes, bytes], ...]) -> int | None:
    """The place of the (salt, verifier) that belongs to `typed`; None for none. Call it outside the event loop.

    Costs as much as CODES of them at least, whatever was typed and however many are kept: how long it takes tells
    nobody whether somebody enrolled.
    """
    secret, found = read(typed), None
    for place, (salt, verifier) in enumerate(kept):
        if compare_digest(verifier_of(secret or b"", salt), verifier) and secret is not None:
            found = place
    for _ in range(CODES - len(kept)):
        verifier_of(secret or b"", bytes(SALT_BYTES))
    return found


def _code(secret: bytes, salt: bytes) -> OfflineCode:
    return OfflineCode(show(secret), salt, verifier_of(secret, salt))
