"""The known identifiers of all patients of an organisation, as keyed digests in memory.

A text is read word by word. The digest of a word says whether any identifier begins with it; the
digest of the whole says whose it is. Nothing here can be turned back into a name without the key.
Immutable; replaced as a whole when the database has a newer version.

The digests of wholes lie sorted in one column of machine words with their owners beside them: about
twelve bytes an identifier, so that each worker holds an index of its own.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt

from phiward.domain.known import KindClass
from phiward.domain.patients import PatientRef
from phiward.guard.ports import Mac
from phiward.guard.tokens import is_prefix, mirrored, rotated, words_of

Row = tuple[UUID, str, int, int, int]
"""patient, kind class, number of words, digest of the first word, digest of the whole."""

MAX_CACHED_WORDS = 50_000
ROWS_AT_ONCE = 20_000
MIN_CAMEL, MIN_GLUED, MIN_PART = 8, 12, 4
"""Letters of a name written as one word, with a capital inside and without; and of each of its two parts."""
NOBODY: frozenset[PatientRef] = frozenset()
_Found = TypeVar("_Found")


_CAMEL = re.compile(r"(?<=[a-z])[A-Z]")


NAME, ROTATED, MIRRORED, NUMBER, GLUED = 1, 2, 4, 8, 16
"""Readings in which a token may begin an identifier: as it stands, by rot13, from its end; it holds a digit; it is a
whole name of two words written as one."""


class Reach(NamedTuple):
    """What a token may begin: bits of the readings above, and the words of the longest name in the first two."""

    bits: int
    words: int


class KnownIndex:
    """Safe for several threads. Its caches hold words of texts that were read: never print them."""

    def __init__(self, version: int, rows: Iterable[Row], mac: Mac) -> None:
        """`rows` as the table known_identifier has them; read once, in order, some thousand at a time."""
        self.version = version
        self._mac = mac
        columns = _Columns()
        waiting = iter(rows)
        while batch := list(islice(waiting, ROWS_AT_ONCE)):
            columns.add(batch)
        self._lengths = {first: tuple(sorted(lengths, reverse=True)) for first, lengths in columns.lengths.items()}
        self.longest = max([lengths[0] for lengths in self._lengths.values()], default=0)
        """Words of the longest name."""
        self._patients = columns.patients()
        self._wholes, self._owners, self._size = columns.sorted()
        self._seen: dict[str, tuple[int, ...]] = {}
        self._nothing: dict[str, bool] = {}
        self._reaches: dict[str, Reach] = {}
        self._named: dict[str, frozenset[PatientRef]] = {}

    def __repr__(self) -> str:
        return f"KnownIndex(version {self.version}, {self._size} identifiers)"

    def name_lengths(self, word: str) -> tuple[int, ...]:
        """How many words the names have that begin with this canonical word, longest first; or none."""
        found = self._seen.get(word)
        if found is None:
            found = _kept(self._seen, word, self.first_word(word))
        return found

    def first_word(self, word: str) -> tuple[int, ...]:
        """The same, past the cache: for parts of words, which nobody asks for again."""
        return self._lengths.get(_signed(self._mac.digest(None, "word", word)), ())

    def begins_nothing(self, token: str) -> bool:
        """Whether no name and no number can begin with this token, whatever follows after a space."""
        found = self._nothing.get(token)
        if found is None:
            words = words_of(token)
            numeric = any(one.isdigit() for word in words for one in word) or is_prefix(token)
            found = _kept(self._nothing, token, not numeric and not (words and self.name_lengths(words[0])))
        return found

    def reach(self, token: str) -> Reach:
        """What may begin with this token, in which readings."""
        found = self._reaches.get(token)
        if found is None:
            found = _kept(self._reaches, token, self._reach(token))
        return found

    def _reach(self, token: str) -> Reach:
        bits = NUMBER if any(one.isdigit() for one in token) else 0
        longest = 0
        for bit, spelt in ((NAME, token), (ROTATED, rotated(token)), (MIRRORED, mirrored(token))):
            words = words_of(spelt)
            lengths = self.first_word(words[0]) if words else ()
            if lengths:
                bits |= bit
                longest = longest if bit == MIRRORED else max(longest, lengths[0])
        if self.parted(token):
            bits |= GLUED
        return Reach(bits, longest)

    def parted(self, token: str) -> tuple[str, str] | tuple[()]:
        """The two words of a known name, when the token is both without a separator ("ZeldaQuagmire"); or nothing.

        In small letters only from MIN_GLUED letters on: "Williamson" is a surname, and no William Son.
        """
        inner = _CAMEL.search(token) is not None
        shortest = 2 if inner else MIN_PART
        if len(token) < (MIN_CAMEL if inner else MIN_GLUED) or not token.isalpha():
            return ()
        word = "".join(words_of(token))
        for place in range(shortest, len(word) - shortest + 1):
            first, rest = word[:place], word[place:]
            if self.first_word(first) and self.owners("name", f"{first} {rest}"):
                return first, rest
        return ()

    def owners(self, kind: KindClass, phrase: str) -> frozenset[PatientRef]:
        """The patients who have this identifier: canonical words joined by single spaces."""
        found = self._named.get(phrase) if kind == "name" else None
        if found is None:
            found = self._found(_signed(self._mac.digest(None, f"whole:{kind}", phrase)))
            if kind == "name":
                _kept(self._named, phrase, found)
        return found

    def _found(self, whole: int) -> frozenset[PatientRef]:
        wholes, place, found = self._wholes, bisect_left(self._wholes, whole), []
        while place < len(wholes) and wholes[place] == whole:
            found.append(self._patient(self._owners[place]))
            place += 1
        return frozenset(found) if found else NOBODY

    def _patient(self, number: int) -> PatientRef:
        return PatientRef(UUID(bytes=self._patients[16 * number : 16 * number + 16]))


class _Columns:
    """Rows on their way into an index: one column of machine words for each thing that it keeps."""

    def __init__(self) -> None:
        self.lengths: dict[int, set[int]] = {}
        self._numbers: dict[int, int] = {}
        self._wholes = array("q")
        self._owners = array("q")

    def add(self, batch: list[Row]) -> None:
        numbers = self._numbers
        for patient, kind, words, first, whole in batch:
            if kind == "name":
                known = self.lengths.get(first)
                if known is None:
                    self.lengths[first] = {words}
                else:
                    known.add(words)
            self._wholes.append(whole)
            self._owners.append(numbers.setdefault(patient.int, len(numbers)))

    def patients(self) -> bytes:
        return b"".join([number.to_bytes(16, "big") for number in self._numbers])

    def sorted(self) -> tuple["array[int]", "array[int]", int]:
        """Wholes in order, their owners beside them, each pair once; and how many wholes differ."""
        wholes: npt.NDArray[np.int64] = np.frombuffer(self._wholes, np.int64) if self._wholes else np.empty(0, np.int64)
        owners = np.frombuffer(self._owners, np.int64).astype(np.int32) if self._owners else np.empty(0, np.int32)
        order = np.lexsort((owners, wholes))
        wholes, owners = wholes[order], owners[order]
        fresh = np.ones(len(wholes), bool)
        fresh[1:] = (wholes[1:] != wholes[:-1]) | (owners[1:] != owners[:-1])
        wholes, owners = wholes[fresh], owners[fresh]
        different = int(np.count_nonzero(wholes[1:] != wholes[:-1])) + 1 if len(wholes) else 0
        return array("q", wholes.tobytes()), array("i", owners.tobytes()), different


def _kept(cache: dict[str, _Found], word: str, found: _Found) -> _Found:
    """`found`, kept for the next time; a full cache begins anew."""
    if len(cache) >= MAX_CACHED_WORDS:
        cache.clear()
    cache[word] = found
    return found


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
