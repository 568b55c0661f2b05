"""Words of a text with their places, in the canonical spelling of `domain.words`.

A token is a maximal run of letters, digits, apostrophes, combining marks and characters that cannot
be seen; so a zero-width space in a name does not cut it in two. An underscore separates.
"""

import re
from functools import lru_cache

from phiward.domain.words import canonical_words

_APOSTROPHES = "'`´‘’‛ʹʻʼʽˈ′＇"  # noqa: RUF001 - look-alikes are the subject
_UNSEEN = "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
TOKEN = re.compile(rf"(?:[^\W_]|[{_APOSTROPHES}{_UNSEEN}{_MARKS}])+")
"""One token."""

MAX_TOKEN = 64
"""Characters; a longer run is no identifier that this house knows, and is cut here."""


@lru_cache(maxsize=8192)
def words_of(token: str) -> tuple[str, ...]:
    """The canonical words of one token: almost always one, none for marks alone."""
    return tuple(canonical_words(token))
