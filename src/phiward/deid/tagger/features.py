"""What the network is told about a word, whatever stands around it.

Four views: its number in the vocabulary of ordinary and clinical words, its letter groups, its shape,
and which public lists hold it. Training and serving share this file, so that they cannot drift apart.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

GRAM_BUCKETS = 1 << 15
"""Rows of the table of letter groups; groups share rows by their CRC."""

MAX_GRAMS = 24
SHAPES = 128
BITS = 12
(
    GIVEN_TOP,
    GIVEN_ANY,
    FAMILY_TOP,
    FAMILY_ANY,
    CITY,
    FREQUENT,
    DICTIONARY,
    CLINICAL,
    CAPITAL,
    REGION,
    ORGANISATION,
    DRUG,
) = (1 << bit for bit in range(BITS))
"""Lists a word may stand in: given names (2 grades), family names (2), cities, frequent words, dictionary
words, clinical words, words with a capital that are safe, states and countries, organisations, drugs."""

SAFE = FREQUENT | DICTIONARY | CLINICAL | CAPITAL | REGION | ORGANISATION | DRUG
NAMES = GIVEN_TOP | GIVEN_ANY | FAMILY_TOP | FAMILY_ANY

_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """`word`: 0 where unknown. `grams`: at most MAX_GRAMS rows, 1 to GRAM_BUCKETS. `bits`: one flag a list."""

    word: int
    grams: tuple[int, ...]
    shape: int
    bits: int


class Lexicon:
    """The vocabulary and the lists, by CRC of the word in lower case; a stray hit is one in ten thousand."""

    def __init__(self, vocabulary: dict[str, int], codes: NDArray[np.uint32], bits: NDArray[np.uint16]) -> None:
        """`codes` sorted; `bits` parallel to it."""
        self._vocabulary = vocabulary
        self._codes = codes
        self._bits = bits

    def number(self, low: str) -> int:
        """The word's row in the table of words, 0 where it has none."""
        return self._vocabulary.get(low, 0)

    def bits(self, low: str) -> int:
        """One flag for each list that holds the word."""
        code = np.uint32(crc32(low.encode(errors="surrogatepass")))
        place = int(self._codes.searchsorted(code))
        return int(self._bits[place]) if place < len(self._codes) and self._codes[place] == code else 0

    def is_suspect(self, low: str) -> bool:
        """The safe-word line: neither ordinary language nor known clinical vocabulary, so perhaps a name."""
        return len(low) > 2 and low.isalpha() and not self.number(low) and not self.bits(low) & SAFE

    def is_plain(self, low: str) -> bool:
        """Ordinary language or clinical vocabulary, and in no list of names or places: hardly ever one."""
        bits = self.bits(low)
        return not bits & (NAMES | CITY) and bool(bits & (DICTIONARY | CLINICAL)) and self.number(low) > 0

    def is_ordinary(self, low: str) -> bool:
        """Whether the word means something of its own, so that its being a name once says nothing of other places."""
        bits = self.bits(low)
        if bits & (FREQUENT | CLINICAL | DRUG):
            return True
        return not bits & NAMES and bool(self.number(low) or bits & SAFE)


def features(word: str, lexicon: Lexicon) -> WordFeatures:
    """All four views of one token."""
    low = word.lower()
    if not low[0].isalpha():
        return WordFeatures(lexicon.number(low), (), shape(word), 0)
    return WordFeatures(lexicon.number(low), grams(low), shape(word), lexicon.bits(low))


def grams(low: str) -> tuple[int, ...]:
    """Beginnings and endings of up to four letters, then groups of three, as rows of the table."""
    marked = f"<{low}>"
    found = [f"^{low[:size]}" for size in range(1, min(4, len(low)) + 1)]
    found += [f"{low[-size:]}$" for size in range(1, min(4, len(low)) + 1)]
    found += [marked[place : place + 3] for place in range(len(marked) - 2)]
    return tuple(1 + crc32(gram.encode()) % GRAM_BUCKETS for gram in found[:MAX_GRAMS])


def shape(word: str) -> int:
    """Case and length of letters, length and kind of digits, or which sign it is; below SHAPES."""
    first = word[0]
    if first.isalpha():
        return _case(word) * 8 + _length(len(word))
    if first.isdigit():
        year = len(word) == 4 and word[:2] in ("18", "19", "20")
        return 48 + min(len(word), 12) + (13 if word[0] == "0" and len(word) > 1 else 26 if year else 0)
    place = _PUNCTUATION.find(first)
    return 90 + place if place >= 0 else 126


def _case(word: str) -> int:
    if word.islower():
        return 0
    if word.isupper():
        return 1 if len(word) > 1 else 2
    if word[0].isupper() and word[1:].islower():
        return 3
    return 4 if any(letter.isupper() for letter in word) else 5


def _length(size: int) -> int:
    return size if size < 5 else 5 if size < 8 else 6 if size < 12 else 7
