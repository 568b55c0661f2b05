"""The end of a passage that may be the beginning of an identifier which the next passage completes.

Such a tail waits for the next passage, so that no beginning of a withheld identifier goes out. It begins with a word
that begins a known name whose other words may still come, as it stands or by rot13; with the last words, where one of
them ends such a name read from its end, or holds an escape or a character beyond ASCII; or with a row of numbers, of
single letters or of code that reaches the end.
"""

import re

from phiward.guard.encodings import blobs
from phiward.guard.index import MIRRORED, NUMBER, KnownIndex
from phiward.guard.tokens import is_prefix
from phiward.guard.views import tokens

TAIL = 128
"""Characters from the end that are looked at; longer only where one word is."""
MIN_CODE = 8
"""Characters of a line of code: of a shorter one nothing is readable."""
LAST = 3
"""Words: of a name read from its end, all but the one that is to come."""

_CODED = re.compile(r"[&%\\@]|=[0-9A-Fa-f]{2}|=\Z|[^\x00-\x7f]")


def tail_start(text: str, index: KnownIndex) -> int:
    """Where the tail of `text` begins: the place of a word, or the length of the text when nothing waits."""
    begin, start, row = _begin(text), len(text), True
    end = start
    for behind, word in enumerate(reversed(text[begin:].split())):
        end = text.rindex(word, 0, end)
        plain = word.isalpha() and word.isascii()
        reaches = [index.reach(token) for token in ([word] if plain else tokens(word))]
        row = row and (
            _in_row(word) or any(one.bits & NUMBER for one in reaches) or (len(word) >= MIN_CODE and any(blobs(word)))
        )
        if not row and behind >= max(LAST, index.longest):
            break
        late = behind < LAST and (any(one.bits & MIRRORED for one in reaches) or (not plain and _CODED.search(word)))
        if row or late or any(one.words > behind + 1 for one in reaches):
            start = end
    return start


def _begin(text: str) -> int:
    """The first whole word of the last TAIL characters, or the last word where it is longer."""
    low = max(0, len(text.rstrip()) - TAIL)
    while low > 0 and not text[low - 1].isspace():
        low -= 1
    return low


def _in_row(word: str) -> bool:
    """Whether it is one letter, or capitals that may lead a number, with nothing but signs around them."""
    said = "".join([one for one in word if one.isalnum()])
    return len(said) <= 1 or is_prefix(said)
