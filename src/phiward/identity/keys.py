"""Personal keys: `phw_`, 43 characters that carry 256 random bits, 6 characters of checksum.

The checksum lets a malformed key be refused before it reaches the database; it protects nothing.
The database holds only SHA-256 of the whole key: with 256 random bits no slow hash is needed. The
prefix lets secret scanners find a key that was committed by mistake.
"""

import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError
from phiward.domain.text import Secret

PREFIX = "phw_"
RANDOM_BYTES = 32
BODY_CHARACTERS = 43
CHECK_CHARACTERS = 6
KEY_CHARACTERS = len(PREFIX) + BODY_CHARACTERS + CHECK_CHARACTERS
MAX_LIFETIME = timedelta(days=366)

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(r"phw_[0-9A-Za-z]{49}")
_MAX_HEADER_CHARACTERS = KEY_CHARACTERS + 16
_SCHEME = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] {1,4}")
REFUSED = "A personal key in force is needed, as `Authorization: Bearer phw_…`."
"""The words for every credential that is not in force, malformed and unknown alike."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key. `text` is shown once; only `digest` (32 bytes) is stored."""

    id: UUID
    text: Secret
    digest: bytes = field(repr=False)
    expires_at: datetime


def issue(
    now: datetime,
    lifetime: timedelta,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    new_id: Callable[[], UUID] = uuid4,
) -> IssuedKey:
    """Make a key that expires `lifetime` after `now`.

    Raises InvalidRequestError when the lifetime is not between a second and 366 days.
    """
    if not timedelta(seconds=1) <= lifetime <= MAX_LIFETIME:
        raise InvalidRequestError("A key lives between one second and 366 days.", param="lifetime")
    head = PREFIX + _base62(int.from_bytes(random(RANDOM_BYTES), "big"), BODY_CHARACTERS)
    text = Secret(head + _checksum(head))
    return IssuedKey(new_id(), text, key_digest(text), now + lifetime)


def key_digest(key: Secret) -> bytes:
    """SHA-256 of the whole key as UTF-8, as the database's `session_person()` computes it."""
    return sha256(key.value.encode()).digest()


def parse_bearer(header: str | None) -> Secret:
    """The key of an Authorization header (RFC 6750).

    Raises NotAuthenticatedError with the same words whatever is wrong: missing, another scheme,
    too long, malformed, checksum. Whether a well-formed key is in force only the database knows.
    """
    if header is None or len(header) > _MAX_HEADER_CHARACTERS:
        raise NotAuthenticatedError(REFUSED)
    scheme = _SCHEME.match(header)
    text = header[scheme.end() :] if scheme else ""
    if _KEY.fullmatch(text) is None or text[-CHECK_CHARACTERS:] != _checksum(text[:-CHECK_CHARACTERS]):
        raise NotAuthenticatedError(REFUSED)
    return Secret(text)


def _checksum(head: str) -> str:
    return _base62(zlib.crc32(head.encode()), CHECK_CHARACTERS)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
