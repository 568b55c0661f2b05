"""The readings of a passage: as it stands, and decoded in every way that can apply to it.

Each reading is searched for known identifiers. Which can apply is decided cheaply: a text read from its end, or by
rot13, is searched only where one of its tokens begins a known name when so read. What was decoded is read again in
the same ways, once more.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from phiward.guard.encodings import blobs, lettered, spellings
from phiward.guard.finder import find_names
from phiward.guard.index import GLUED, MIRRORED, NAME, NUMBER, ROTATED, KnownIndex
from phiward.guard.tokens import ASCII_TOKEN, MAX_TOKEN, TOKEN, mirrored, rotated, words_of

MAX_DEPTH = 2
LAST_WORDS = 4
"""Of what stood before: more words than any name needs beside its last one."""

_GAP = re.compile(r"[\W_]+")
_CODE = re.compile(r"(?P<lead>(?:[A-Za-z]{1,5}[-. ]?)?)(?:\d[-.()/ ]{0,3}){5,}(?:[A-Za-z]{1,5}(?![A-Za-z]))?")
"""Digits enough for a code, with the letters that may stand before or, read from the end, behind them."""
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,6}){5,}[^\W_](?![^\W_])")


class Reading(StrEnum):
    """How a view came about."""

    PLAIN = "plain"  # as the text stands
    TURNED = "turned"  # rot13, from the end to the beginning, the last word first, two words written as one
    SPELT = "spelt"  # escapes undone, look-alikes made plain
    BLOB = "blob"  # decoded: what stands around it may be glued to it
    SPACED = "spaced"  # single letters or digits with separators between


@dataclass(frozen=True, slots=True)
class View:
    """One reading. `text` may hold PHI."""

    reading: Reading
    text: str = field(repr=False)


def views(text: str, index: KnownIndex, before: str = "") -> Iterator[View]:
    """The readings of `text` that may hold a known identifier or a number, the plain one first.

    `before` is what stood before it: what is read from its end begins in `text` and may end there.
    """
    words = tokens(text)
    bits = _bits(words, index)
    if bits & (NAME | NUMBER) or "@" in text or not text.isascii():
        yield View(Reading.PLAIN, text)
    yield from _turned(text, before, words, bits, index)
    yield from _decoded(text, index, 0)


def tokens(text: str) -> list[str]:
    """The tokens of a text; those longer than any identifier are cut, as the finder cuts them."""
    found = (ASCII_TOKEN if text.isascii() else TOKEN).findall(text)
    if all(len(one) <= MAX_TOKEN for one in found):
        return found
    return [one[at : at + MAX_TOKEN] for one in found for at in range(0, len(one), MAX_TOKEN)]


def _bits(words: list[str], index: KnownIndex) -> int:
    bits = 0
    for word in words:
        bits |= index.reach(word).bits
    return bits


def _decoded(text: str, index: KnownIndex, depth: int) -> Iterator[View]:
    for found in _SPACED.finditer(text):
        gap = min(map(len, _GAP.findall(found[0])))
        yield View(Reading.SPELT, found[0][:: gap + 1])
        yield View(Reading.SPACED, found[0])
    for plain in lettered(text):
        yield View(Reading.SPELT, plain)
    if depth == MAX_DEPTH:
        return
    for reading, found_text in _undone(text):
        yield View(reading, found_text)
        words = tokens(found_text)
        yield from _turned(found_text, "", words, _bits(words, index), index)
        yield from _decoded(found_text, index, depth + 1)


def _undone(text: str) -> Iterator[tuple[Reading, str]]:
    yield from ((Reading.SPELT, plain) for plain in spellings(text))
    yield from ((Reading.BLOB, hidden) for hidden in blobs(text))


def _turned(text: str, before: str, words: list[str], bits: int, index: KnownIndex) -> Iterator[View]:
    """Addresses and numbers as turned texts, names as the canonical words of the known ones alone."""
    if "@" in text:
        yield View(Reading.TURNED, rotated(text))
        yield View(Reading.TURNED, mirrored(before + text))
    if bits & NUMBER:
        for found in _CODE.finditer(text):
            yield from (View(Reading.TURNED, number) for number in _turned_numbers(found))
    if bits & (NAME | ROTATED | MIRRORED | GLUED):
        for name in _turned_names(before, words, bits, index):
            yield View(Reading.TURNED, name)


def _turned_numbers(found: re.Match[str]) -> Iterator[str]:
    groups = found[0].split()
    yield mirrored(found[0])
    if len(groups) > 1:
        yield " ".join(reversed(groups))
        yield " ".join(map(mirrored, groups))
    if found["lead"]:
        yield rotated(found[0])


def _turned_names(before: str, words: list[str], bits: int, index: KnownIndex) -> Iterator[str]:
    """Known names by rot13, with each word from its end, from the end of the text, with the last word first, glued."""
    if bits & ROTATED:
        yield from find_names(_canonical(map(rotated, words)), index)
    if bits & (MIRRORED | NAME):
        words = tokens(before)[-LAST_WORDS:] + words
    if bits & MIRRORED:
        turned = _canonical(map(mirrored, words))
        yield from find_names(turned, index)
        yield from find_names(turned[::-1], index)
    if bits & NAME:
        yield from find_names(_canonical(words)[::-1], index)
    if bits & GLUED:
        yield from (" ".join(parts) for word in words if (parts := index.parted(word)))


def _canonical(words: Iterable[str]) -> list[str]:
    return [one for word in words for one in words_of(word)]
