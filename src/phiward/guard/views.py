"""The readings of a passage: decoded in every way that can apply to it.

Each reading is searched for known identifiers. Which can apply is decided cheaply: a text read from its end, or by
rot13, is searched only where one of its tokens begins a known name when so read. What was decoded is read again in
the same ways, once more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from phiward.domain.known import MIN_CODE_CHARACTERS
from phiward.guard.encodings import blobs, lettered, spellings
from phiward.guard.finder import find_names
from phiward.guard.index import GLUED, MIRRORED, NAME, NUMBER, ROTATED, KnownIndex
from phiward.guard.tokens import ASCII_TOKEN, MAX_TOKEN, TOKEN, mirrored, rotated

MAX_DEPTH = 2
LAST_WORDS = 4
"""Of what stood before: more words than any name needs beside its last one."""

_SPACED = re.compile(r"(?:[^\W_][\W_]{1,6}){5,}[^\W_]")
_EVEN = re.compile(r"[^\W_](?P<gap>[\W_]{1,3}?)\S(?:(?P=gap).){4,}(?![^\W_])")
"""Characters of any kind with the same separator between each two."""
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=\d)(?=[A-Za-z]{3})|(?<=[A-Za-z]{3})(?=\d)")
_HAS_SEAM, _CAMEL = re.compile(r"\d[A-Za-z]{3}|[A-Za-z]{3}\d"), re.compile(r"[a-z][A-Z][a-z]")
_GROUPS = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
_CODE = re.compile(r"\d(?:[-.()/ ]{0,3}\d){4,}")
_LEAD, _TRAIL = re.compile(r"[A-Za-z]{1,5}[-. ]?\Z"), re.compile(r"[-. ]?[A-Za-z]{1,5}(?![A-Za-z])")
"""Digits enough for a code, and the letters that may stand before or, read from its end, behind them."""


class Reading(StrEnum):
    """How a view came about."""

    TURNED = "turned"  # rot13, from the end to the beginning, the last word first, two words written as one
    SPELT = "spelt"  # escapes undone, look-alikes made plain
    BLOB = "blob"  # decoded: what stands around it may be glued to it
    SPACED = "spaced"  # single letters or digits with separators between


@dataclass(frozen=True, slots=True)
class View:
    """One reading. `text` may hold PHI."""

    reading: Reading
    text: str = field(repr=False)


class Words(NamedTuple):
    """A text with its tokens, and all that one of those may begin (`index.Reach`)."""

    text: str
    tokens: list[str]
    bits: int

    @property
    def may_hold(self) -> bool:
        """Whether the text as it stands may hold an identifier or a number: cheaper than looking."""
        return bool(self.bits & (NAME | NUMBER)) or "@" in self.text or not self.text.isascii()


def words_in(text: str, index: KnownIndex) -> Words:
    """Look up each token once."""
    found, bits = tokens(text), 0
    for token in found:
        bits |= index.reach(token).bits
    return Words(text, found, bits)


def views(words: Words, index: KnownIndex, before: str = "") -> Iterator[View]:
    """The readings of a text other than as it stands that may hold a known identifier or a number.

    `before` is what stood before it: what is read from its end begins in the text and may end there.
    """
    yield from _turned(words, before, index)
    yield from _decoded(words, index, 0)


def tokens(text: str) -> list[str]:
    """The tokens of a text; those longer than any identifier are cut, as the finder cuts them."""
    found = (ASCII_TOKEN if text.isascii() else TOKEN).findall(text)
    if all(len(one) <= MAX_TOKEN for one in found):
        return found
    return [one[at : at + MAX_TOKEN] for one in found for at in range(0, len(one), MAX_TOKEN)]


def _decoded(words: Words, index: KnownIndex, depth: int) -> Iterator[View]:
    text = words.text
    yield from _spaced(text)
    if words.may_hold:
        yield from _numbered(text)
    if _CAMEL.search(text):
        yield View(Reading.SPELT, _SEAM.sub(" ", text))
    if depth == MAX_DEPTH:
        return
    for reading, found in _undone(text):
        yield View(reading, found)
        inner = words_in(found, index)
        yield from _turned(inner, "", index)
        yield from _decoded(inner, index, depth + 1)


def _spaced(text: str) -> Iterator[View]:
    """Single characters with separators between, those taken out."""
    spaced = list(_SPACED.finditer(text))
    if spaced or "@" in text:
        for even in _EVEN.finditer(text):
            step = len(even["gap"]) + 1
            # the first and the character behind the last may belong to it, or to a word beside it
            for start, end in product((even.start(), even.start() + step), (even.end(), even.end() + step)):
                yield View(Reading.SPELT, text[start:end:step])
    yield from (View(Reading.SPACED, found[0]) for found in spaced)


def _numbered(text: str) -> Iterator[View]:
    """Digits in words: words glued to numbers, parted; numbers glued to words; digits for letters."""
    if _HAS_SEAM.search(text):
        yield View(Reading.SPELT, _SEAM.sub(" ", text))
    if _CODE.search(text):
        for found in _GROUPS.finditer(text):
            if sum(map(str.isdigit, found[0])) >= MIN_CODE_CHARACTERS and not found[0].replace("-", "").isdigit():
                yield View(Reading.SPACED, found[0])
    yield from (View(Reading.SPELT, plain) for plain in lettered(text))


def _undone(text: str) -> Iterator[tuple[Reading, str]]:
    yield from ((Reading.SPELT, plain) for plain in spellings(text))
    yield from ((Reading.BLOB, hidden) for hidden in blobs(text))


def _turned(words: Words, before: str, index: KnownIndex) -> Iterator[View]:
    """Addresses and numbers as turned texts; of names the known ones alone."""
    text, found, bits = words
    if "@" in text:
        yield View(Reading.TURNED, rotated(text))
        yield View(Reading.TURNED, mirrored(before + text))
    if bits & NUMBER:
        for code in _CODE.finditer(text):
            yield from (View(Reading.TURNED, number) for number in _turned_numbers(text, *code.span()))
    if bits & (NAME | ROTATED | MIRRORED | GLUED):
        yield from (View(Reading.TURNED, name) for name in _turned_names(before, found, bits, index))


def _turned_numbers(text: str, start: int, end: int) -> Iterator[str]:
    lead, trail = _LEAD.search(text, max(0, start - 6), start), _TRAIL.match(text, end)
    number = text[lead.start() if lead else start : trail.end() if trail else end]
    groups = number.split()
    yield mirrored(number)
    if len(groups) > 1:
        yield " ".join(reversed(groups))
        yield " ".join([mirrored(one) for one in groups])
    if lead:
        yield rotated(number)


def _turned_names(before: str, words: list[str], bits: int, index: KnownIndex) -> Iterator[str]:
    """Known names by rot13, with each word from its end, from the end of the text, with the last word first, glued."""
    if bits & ROTATED:
        yield from find_names([rotated(word) for word in words], index)
    if bits & (MIRRORED | NAME):
        words = tokens(before)[-LAST_WORDS:] + words
    if bits & MIRRORED:
        turned = [mirrored(word) for word in words]
        yield from find_names(turned, index)
        yield from find_names(turned[::-1], index)
    if bits & NAME:
        yield from find_names(words[::-1], index)
    if bits & GLUED:
        yield from (" ".join(parts) for word in words if (parts := index.parted(word)))
