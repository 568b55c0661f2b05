"""One chunk as it is indexed: where it stands, what it is about in words and in meaning."""

from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from phiward.retrieval.terms import Terms

Vector = NDArray[np.float32]
"""Shape (dimensions,), of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Text [start:end] (code points) of one version of one document.

    `vector` None: it has no meaning yet, and takes part by its words. Within one version of a document no two
    entries begin at the same place.
    """

    document: UUID
    version: int
    start: int
    end: int
    section: str = field(repr=False)
    terms: Terms = field(repr=False)
    vector: Vector | None = field(default=None, repr=False)

    def __eq__(self, other: object) -> bool:
        """The same place, words and, number by number, vector."""
        return isinstance(other, Entry) and self._value() == other._value()

    __hash__ = None  # type: ignore[assignment]

    def _value(self) -> tuple[object, ...]:
        vector = None if self.vector is None else self.vector.astype("<f4").tobytes()
        return self.document, self.version, self.start, self.end, self.section, self.terms, vector
