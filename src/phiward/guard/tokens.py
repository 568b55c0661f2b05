"""Words of a text with their places, in the canonical spelling of `domain.words`.

A token is a maximal run of letters, digits, apostrophes, combining marks and characters that cannot
be seen; so a zero-width space in a name does not cut it in two. An underscore separates.
"""

import re
import unicodedata
from functools import lru_cache

from phiward.domain.words import canonical_words

_APOSTROPHES = "'`´‘’‛ʹʻʼʽˈ′＇"  # noqa: RUF001 - look-alikes are the subject
_BESIDE = "".join(
    chr(one) for one in range(0x80, 0x10000) if unicodedata.category(chr(one)) in {"Mn", "Mc", "Me", "Cf"}
)
"""Marks and characters that cannot be seen, of the Basic Multilingual Plane."""
UNSEEN = _BESIDE + "\U0001bca0-\U0001bca3\U0001d165-\U0001d182\U000e0000-\U000e0fff"
"""They and the like beyond it, for a class of a regular expression."""
_RINGED = "\u249c-\u24e9\U0001f110-\U0001f189"
"""Letters in rings, brackets and boxes: symbols by category, letters to the eye."""
TOKEN = re.compile(rf"(?:[^\W_]+|[{_APOSTROPHES}{UNSEEN}{_RINGED}]+)+")
"""One token."""
ASCII_TOKEN = re.compile(r"[A-Za-z0-9'`]+")
"""The same where all is ASCII, three times as fast."""

MAX_TOKEN = 64
"""Characters; a longer run is no identifier that this house knows, and is cut here."""

MAX_PREFIX = 4
"""Capital letters that may stand before a number with a space between ("MRN 400199")."""

_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)
_HIDDEN = re.compile(f"[{UNSEEN}]")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([nrtbf]))")


@lru_cache(maxsize=8192)
def words_of(token: str) -> tuple[str, ...]:
    """The canonical words of one token: almost always one, none for marks alone."""
    return tuple(canonical_words(token))


def is_prefix(token: str) -> bool:
    """Whether it may be the letters before a number."""
    return len(token) <= MAX_PREFIX and token.isupper()


def rotated(text: str) -> str:
    """`text` by rot13: each letter of the alphabet moved by half of it."""
    return text.translate(_ROT13)


def mirrored(text: str) -> str:
    """`text` from its end to its beginning."""
    return text[::-1]


def seen(text: str) -> str:
    """`text` as the eye takes it: full width made plain, marks and what cannot be seen left out."""
    return text if text.isascii() else _HIDDEN.sub("", unicodedata.normalize("NFKD", text))


def unescaped(text: str) -> str:
    """`text` with the JSON escapes in it undone, whether it is JSON or not; lone surrogates replaced."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
