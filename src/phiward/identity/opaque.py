"""Tokens that mean nothing by themselves: a prefix, 43 characters that carry 256 random bits, 6 of checksum.

The checksum lets a malformed token be refused before it reaches the database; it protects nothing. The
database holds only SHA-256 of the whole token: with 256 random bits no slow hash is needed. The prefix
lets secret scanners find a token that was committed by mistake.
"""

import re
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from phiward.domain.text import Secret

RANDOM_BYTES: Final = 32
BODY_CHARACTERS: Final = 43
CHECK_CHARACTERS: Final = 6

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_REST: Final = re.compile(rf"[0-9A-Za-z]{{{BODY_CHARACTERS + CHECK_CHARACTERS}}}")


def make(prefix: str, random: Callable[[int], bytes]) -> Secret:
    """A new token. `random(n)` returns n random bytes."""
    head = prefix + _base62(int.from_bytes(random(RANDOM_BYTES), "big"), BODY_CHARACTERS)
    return Secret(head + checksum(head))


def well_formed(prefix: str, text: str) -> bool:
    """Whether `text` has the form of a token with this prefix, checksum included. It may still be unknown."""
    if not text.startswith(prefix) or _REST.fullmatch(text[len(prefix) :]) is None:
        return False
    return text[-CHECK_CHARACTERS:] == checksum(text[:-CHECK_CHARACTERS])


def digest(token: Secret) -> bytes:
    """SHA-256 (32 bytes) of the whole token as UTF-8, as the database's `session_person()` computes it."""
    return sha256(token.value.encode()).digest()


def checksum(head: str) -> str:
    """Six characters that belong to what stands before them."""
    return _base62(zlib.crc32(head.encode()), CHECK_CHARACTERS)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
