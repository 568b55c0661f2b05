"""An organisation that keeps invented guidelines in an engine of corpora."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np

from phiward.adapters.corpora.open import OpenCorpora
from phiward.domain.people import TenantId
from phiward.retrieval.ports import CorpusHit, CorpusPassage, Vectors

DIMENSIONS = 8
MODEL, OTHER_MODEL = "minilm 6", "other/model:2"


def axis(number: int, dimensions: int = DIMENSIONS) -> Vectors:
    """A vector of length 1 along one axis."""
    return np.eye(dimensions, dtype=np.float32)[number]


def towards(angle: float) -> Vectors:
    """A vector in the plane of the first two axes, at this angle in radians from the first."""
    return (np.cos(angle) * axis(0) + np.sin(angle) * axis(1)).astype(np.float32)


def cloud(count: int, dimensions: int = DIMENSIONS, seed: int = 7) -> Vectors:
    """Vectors of length 1 in all directions."""
    made = np.random.default_rng(seed).normal(size=(count, dimensions))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def passage(
    document: UUID, place: int = 0, text: str = "Give it with food.", *, id: UUID | None = None
) -> CorpusPassage:
    """An invented passage, ten characters further for each place."""
    start = 10 * place
    return CorpusPassage(id or uuid4(), document, start, start + len(text), text, "Invented guideline", "Dosing")


@dataclass
class World:
    """One organisation, and one document of its own."""

    engine: OpenCorpora
    tenant: TenantId
    document: UUID = field(default_factory=uuid4)

    async def keep(
        self,
        passages: Sequence[CorpusPassage],
        vectors: Sequence[Vectors] | Vectors,
        *,
        corpus: str = "guidelines",
        model: str = MODEL,
        document: UUID | None = None,
    ) -> None:
        """Make these the passages of the document."""
        rows = np.array(vectors, dtype=np.float32)
        await self.engine.replace(self.tenant, corpus, model, document or self.document, passages, rows)

    async def ask(
        self, vector: Vectors, *, corpus: str = "guidelines", model: str = MODEL, limit: int = 10
    ) -> list[CorpusHit]:
        """The nearest passages."""
        return list(await self.engine.search(self.tenant, corpus, model, vector, limit))

    async def ids(self, vector: Vectors | None = None, *, corpus: str = "guidelines", model: str = MODEL) -> list[UUID]:
        """Of the nearest passages."""
        hits = await self.ask(axis(0) if vector is None else vector, corpus=corpus, model=model)
        return [hit.passage.id for hit in hits]

    def of(self, tenant: TenantId) -> "World":
        """The same engine and document, in another organisation."""
        return World(self.engine, tenant, self.document)
