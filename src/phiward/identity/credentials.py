"""The credential of an Authorization header (RFC 6750): a personal key, a session token, or a compact JWT.

Only the form is looked at here. Whether a key or a session is in force the database knows; what a JWT says
is read when its signature holds (identity/tokens.py). Source: RFC 6750 section 2.1, RFC 7515 section 7.1.
"""

import re
from typing import Final

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity import keys, opaque, sessions

MAX_JWT_CHARACTERS: Final = 16 * 1024
"""A longer token is not looked at."""

_OURS: Final = (keys.PREFIX, sessions.PREFIX)
_SCHEME: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] {1,4}")
_MAX_HEADER_CHARACTERS: Final = MAX_JWT_CHARACTERS + 16
_PART: Final = r"[A-Za-z0-9_-]{2,}"
_COMPACT: Final = re.compile(rf"{_PART}\.{_PART}\.{_PART}")


def parse_credential(header: str | None) -> Secret:
    """The credential of an Authorization header, whole.

    Raises NotAuthenticatedError with the same words whatever is wrong: missing, another scheme, too long,
    malformed, checksum; the words are those for a well-formed credential that is not in force.
    """
    if header is None or len(header) > _MAX_HEADER_CHARACTERS:
        raise NotAuthenticatedError(keys.REFUSED)
    scheme = _SCHEME.match(header)
    text = header[scheme.end() :] if scheme else ""
    if not (_is_ours(text) or _is_compact(text)):
        raise NotAuthenticatedError(keys.REFUSED)
    return Secret(text)


def is_access_token(credential: Secret) -> bool:
    """Whether a parsed credential is an identity provider's, which must be verified before anything else."""
    return not credential.value.startswith(_OURS)


def _is_ours(text: str) -> bool:
    return any(opaque.well_formed(prefix, text) for prefix in _OURS)


def _is_compact(text: str) -> bool:
    """Three parts of base64url. A prefix of ours promises a token of ours, so it is never a JWT."""
    if text.startswith(_OURS) or len(text) > MAX_JWT_CHARACTERS or _COMPACT.fullmatch(text) is None:
        return False
    return all(len(part) % 4 != 1 for part in text.split("."))
