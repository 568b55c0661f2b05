"""The known identifiers of all patients of an organisation, as keyed digests in memory.

A text is read word by word. The digest of a word says whether any identifier begins with it; the
digest of the whole says whose it is. Nothing here can be turned back into a name without the key.
Immutable; replaced as a whole when the database has a newer version.
"""

from collections.abc import Iterable
from uuid import UUID

from phiward.domain.known import KindClass
from phiward.domain.patients import PatientRef
from phiward.guard.ports import Mac
from phiward.guard.tokens import is_prefix, words_of

Row = tuple[UUID, str, int, int, int]
"""patient, kind class, number of words, digest of the first word, digest of the whole."""

MAX_CACHED_WORDS = 50_000
NOBODY: frozenset[PatientRef] = frozenset()


class KnownIndex:
    """Safe for several threads. Its caches hold words of texts that were read: never print them."""

    def __init__(self, version: int, rows: Iterable[Row], mac: Mac) -> None:
        """`rows` as the table known_identifier has them."""
        self.version = version
        self._mac = mac
        self._lengths: dict[int, tuple[int, ...]] = {}
        self._owners: dict[int, tuple[UUID, ...]] = {}
        self._seen: dict[str, tuple[int, ...]] = {}
        self._nothing: dict[str, bool] = {}
        for patient, kind, words, first, whole in rows:
            if kind == "name" and words not in self._lengths.get(first, ()):
                self._lengths[first] = tuple(sorted({*self._lengths.get(first, ()), words}, reverse=True))
            known = self._owners.get(whole, ())
            if patient not in known:
                self._owners[whole] = (*known, patient)

    def __repr__(self) -> str:
        return f"KnownIndex(version {self.version}, {len(self._owners)} identifiers)"

    def name_lengths(self, word: str) -> tuple[int, ...]:
        """How many words the names have that begin with this canonical word, longest first; or none."""
        found = self._seen.get(word)
        if found is None:
            found = self._lengths.get(_signed(self._mac.digest(None, "word", word)), ())
            if len(self._seen) >= MAX_CACHED_WORDS:
                self._seen.clear()
            self._seen[word] = found
        return found

    def begins_nothing(self, token: str) -> bool:
        """Whether no name and no number can begin with this token, whatever follows after a space."""
        found = self._nothing.get(token)
        if found is None:
            words = words_of(token)
            numeric = any(one.isdigit() for word in words for one in word) or is_prefix(token)
            found = not numeric and not (words and self.name_lengths(words[0]))
            if len(self._nothing) >= MAX_CACHED_WORDS:
                self._nothing.clear()
            self._nothing[token] = found
        return found

    def owners(self, kind: KindClass, phrase: str) -> frozenset[PatientRef]:
        """The patients who have this identifier: canonical words joined by single spaces."""
        found = self._owners.get(_signed(self._mac.digest(None, f"whole:{kind}", phrase)))
        return frozenset(PatientRef(one) for one in found) if found else NOBODY


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
