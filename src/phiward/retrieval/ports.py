"""What this room needs from outside: vectors of texts, and corpora that hold no PHI."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from phiward.domain.patients import KnownPatient
from phiward.domain.people import Caller, TenantId
from phiward.retrieval.terms import DIALECT

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions), each row of length 1."""


@dataclass(frozen=True, slots=True)
class EmbeddingScope:
    """On whose behalf texts become vectors; a model elsewhere gets them only as an agreement allows, on record.

    `patient` None means that the texts hold no PHI (a corpus). `caller` None means an import or the indexer.
    """

    tenant: TenantId
    patient: KnownPatient | None = None
    documents: tuple[UUID, ...] = ()
    caller: Caller | None = None


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def model(self) -> str:
        """Name and version; vectors of different models are never compared."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    async def embed(self, scope: EmbeddingScope, texts: Sequence[str]) -> Vectors:
        """One vector a text, in order. Raises UpstreamError, NoBaaError, AuditUnavailableError, ConfigurationError."""


def index_model(embedder: Embedder) -> str:
    """What segments are made with: the embedding model, and the rules by which words become terms."""
    return f"{embedder.model} + {DIALECT.decode()}"


@dataclass(frozen=True, slots=True)
class CorpusPassage:
    """A piece of a text without PHI: a guideline, a formulary. `document` names the text it is cut from."""

    id: UUID
    document: UUID
    start: int
    end: int
    text: str = field(repr=False)
    title: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class CorpusHit:
    """`score` is the cosine, or what the engine makes of it: higher is nearer."""

    passage: CorpusPassage
    score: float


class CorpusEngine(Protocol):
    """Search over texts without PHI. Every method raises StorageError when the engine fails, never an empty answer.

    A corpus belongs to one organisation; what it holds of one embedding model is never compared with another's. Names
    and vectors that no engine could keep raise InvalidRequestError: a corpus is named [a-z][a-z0-9-]{0,39}, a vector
    has length 1, all of one corpus and model the same number of dimensions. ConfigurationError: the engine lacks a
    part that must be installed first.
    """

    async def replace(
        self,
        tenant: TenantId,
        corpus: str,
        model: str,
        document: UUID,
        passages: Sequence[CorpusPassage],
        vectors: Vectors,
    ) -> None:
        """Make these the passages of the document; repeating it changes nothing. None of them: it is removed.

        Only pgvector does it in one transaction. Elsewhere a failure may leave old and new passages side by side until
        it is repeated; so one writer at a time for a document.
        """

    async def remove(self, tenant: TenantId, corpus: str, document: UUID | None) -> None:
        """Remove one document of a corpus, or with None the whole of it, of every model."""

    async def search(
        self, tenant: TenantId, corpus: str, model: str, vector: Vectors, limit: int
    ) -> Sequence[CorpusHit]:
        """The nearest passages to one vector of shape (dimensions,), nearest first, ties by id. `limit`: 1 to 1,000.

        Nothing of this corpus and model: empty.
        """

    async def corpora(self, tenant: TenantId) -> dict[str, int]:
        """How many passages each corpus has, of the model that has most of them; none for a corpus without any."""
