"""Personal keys: `phw_`, 43 characters that carry 256 random bits, 6 characters of checksum.

The checksum lets a malformed key be refused before it reaches the database; it protects nothing.
The database holds only SHA-256 of the whole key: with 256 random bits no slow hash is needed. The
prefix lets secret scanners find a key that was committed by mistake.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity import opaque

PREFIX = "phw_"
KEY_CHARACTERS = len(PREFIX) + opaque.BODY_CHARACTERS + opaque.CHECK_CHARACTERS
MAX_LIFETIME = timedelta(days=366)

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
    text = opaque.make(PREFIX, random)
    return IssuedKey(new_id(), text, key_digest(text), now + lifetime)


def key_digest(key: Secret) -> bytes:
    """SHA-256 of the whole key as UTF-8, as the database's `session_person()` computes it."""
    return opaque.digest(key)


def parse_bearer(header: str | None) -> Secret:
    """The key of an Authorization header (RFC 6750).

    Raises NotAuthenticatedError with the same words whatever is wrong: missing, another scheme,
    too long, malformed, checksum. Whether a well-formed key is in force only the database knows.
    """
    if header is None or len(header) > _MAX_HEADER_CHARACTERS:
        raise NotAuthenticatedError(REFUSED)
    scheme = _SCHEME.match(header)
    text = header[scheme.end() :] if scheme else ""
    if not opaque.well_formed(PREFIX, text):
        raise NotAuthenticatedError(REFUSED)
    return Secret(text)
