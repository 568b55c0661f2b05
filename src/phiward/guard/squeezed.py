"""Known identifiers in a text without separators: letters that were spaced out, or glued to what stands around them.

The index knows digests of words, so every division into a first word and the rest is tried. That is dear (some dozen
digests a character) and reads across words, so it is done only for runs of single letters and for decoded blobs, and
a name counts from MIN_LETTERS letters on. What belongs to the authorised patient is found first and taken out:
"Kaylee Ryan" contains "leeryan".
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from phiward.domain.known import MIN_CODE_CHARACTERS
from phiward.domain.patients import PatientRef
from phiward.domain.words import canonical_words
from phiward.guard.finder import Hit
from phiward.guard.index import KnownIndex
from phiward.guard.own import Own

MIN_LETTERS = 8
MAX_WORD = 20
MAX_CODE = 12

_RUN = re.compile(r"[a-z]+")
_MAIL = re.compile(r"[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)+")
MAX_LOCAL, MAX_GLUED = 32, 12
"""Characters of an address before its at sign; letters that may stand glued behind it."""


def squeezed_hits(text: str, index: KnownIndex, own: Own) -> list[Hit]:
    """Hits of other people in the letters and digits of `text`; places count in those, joined."""
    joined = "".join(canonical_words(text))
    found = [*_names(joined, index), *_codes(joined, index)]
    if not found:
        return []
    mine = own.spans(joined)
    mine += [(hit.start, hit.end) for hit in found if own.covers(joined[hit.start : hit.end], hit.owners)]
    return [hit for hit in found if not any(start <= hit.start and hit.end <= end for start, end in mine)]


def mail_hits(text: str, index: KnownIndex) -> Iterator[Hit]:
    """E-mail addresses with something glued before or behind them."""
    for found in _MAIL.finditer(text):
        address = found[0].casefold()
        at = address.index("@")
        ends = [place for place in range(at + 4, len(address) + 1) if _may_end(address, place)]
        for begin in range(max(0, at - MAX_LOCAL), at):
            for end in ends:
                owners = index.owners("email", address[begin:end])
                if owners:
                    yield Hit(found.start() + begin, found.start() + end, owners)


def glued_names(text: str, index: KnownIndex) -> Iterator[tuple[str, frozenset[PatientRef]]]:
    """Names of two words with letters glued before or behind them: the space between the two is there."""
    words = canonical_words(text)
    for first, last in pairwise(words):
        for begin in range(len(first) - 1):
            if 2 in index.first_word(first[begin:]):
                for end in range(2, len(last) + 1):
                    name = f"{first[begin:]} {last[:end]}"
                    owners = index.owners("name", name)
                    if owners:
                        yield name, owners


def _may_end(address: str, place: int) -> bool:
    """An address ends with a label, or up to MAX_GLUED letters before."""
    return len(address) - place <= MAX_GLUED or not address[place : place + 1].isalnum()


def _names(joined: str, index: KnownIndex) -> Iterator[Hit]:
    for run in _RUN.finditer(joined):
        letters, base = run[0], run.start()
        for begin in range(len(letters) - MIN_LETTERS + 1):
            for end in range(begin + 1, min(begin + MAX_WORD, len(letters) - 1) + 1):
                for length in index.first_word(letters[begin:end]):
                    yield from _rest(letters, base, (begin, end), length, index)


def _rest(letters: str, base: int, first: tuple[int, int], length: int, index: KnownIndex) -> Iterator[Hit]:
    """Names of two or three words; of longer ones, given name and surname are known as two."""
    begin, end = first
    if length not in (2, 3):
        return
    for middle in [end] if length == 2 else range(end + 1, min(end + MAX_WORD, len(letters) - 1) + 1):
        lead = letters[begin:end] if length == 2 else f"{letters[begin:end]} {letters[end:middle]}"
        for last in range(max(middle + 1, begin + MIN_LETTERS), min(middle + MAX_WORD, len(letters)) + 1):
            owners = index.owners("name", f"{lead} {letters[middle:last]}")
            if owners:
                yield Hit(base + begin, base + last, owners)


def _codes(joined: str, index: KnownIndex) -> Iterator[Hit]:
    for begin in range(len(joined) - MIN_CODE_CHARACTERS + 1):
        window = joined[begin : begin + MAX_CODE]
        for size in range(MIN_CODE_CHARACTERS, len(window) + 1):
            if sum(one.isdigit() for one in window[:size]) * 2 >= size:
                owners = index.owners("code", window[:size])
                if owners:
                    yield Hit(begin, begin + size, owners)
