"""Corpora in Qdrant: one collection for each model and length of vector, tenant and corpus as filtered fields.

Searches are exact (`exact=True`), so the recall is 1.000 whatever the filter leaves; no graph is built. Qdrant knows no
transactions: a replacement first stores the new passages and then removes the others of the document, so that a search
in between finds both, and one that breaks off is made whole by repeating it. The filter is the client's duty (Qdrant
removed its own row filter in 1.16), and the key of this service sees every organisation.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from phiward.adapters.corpora.libraries import optional
from phiward.adapters.corpora.rows import BATCH, collection_of, hits_of, key_of, of_model, ours, revision_of, row_of
from phiward.adapters.corpora.rules import check_batch, check_corpus, check_model, check_query, other_dimensions
from phiward.domain.errors import StorageError
from phiward.domain.people import TenantId
from phiward.domain.text import Secret
from phiward.retrieval.ports import CorpusHit, CorpusPassage, Vectors

if TYPE_CHECKING:
    from qdrant_client import AsyncQdrantClient

EXTRA = "phiward[qdrant]"
TIMEOUT_SECONDS = 10
_INDEXED = ("tenant", "corpus", "document", "revision")
_MOST_CORPORA = 10_000


class QdrantCorpora:
    """Implements `CorpusEngine`. Each method raises StorageError when Qdrant fails, and what `rules` says."""

    def __init__(self, client: "AsyncQdrantClient") -> None:
        """`client` becomes the engine's own and is closed with it; nothing is asked before the first use."""
        self._client = client
        self._models = optional("qdrant_client.models", EXTRA)
        own = optional("qdrant_client.http.exceptions", EXTRA).ApiException
        shared = optional("qdrant_client.common.client_exceptions", EXTRA).QdrantException
        # The built-in ones are of a client that is closed, and of an answer that is none.
        self._errors: tuple[type[Exception], ...] = (own, shared, RuntimeError, ValueError, LookupError)
        self._known: set[str] = set()

    @classmethod
    def at(cls, url: str, key: Secret | None) -> "QdrantCorpora":
        """The server at `url`, past any proxy of the environment. Raises ConfigurationError without the extra."""
        return cls(
            optional("qdrant_client", EXTRA).AsyncQdrantClient(
                url=url,
                api_key=None if key is None else key.value,
                timeout=TIMEOUT_SECONDS,
                check_compatibility=False,  # it would ask at once, in a thread, and only to warn
                trust_env=False,
            )
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def replace(
        self,
        tenant: TenantId,
        corpus: str,
        model: str,
        document: UUID,
        passages: Sequence[CorpusPassage],
        vectors: Vectors,
    ) -> None:
        """New passages first, then the others of the document are removed."""
        check_corpus(corpus)
        check_model(model)
        check_batch(document, passages, vectors)
        revision = revision_of(passages, vectors)
        points = [
            self._models.PointStruct(
                id=str(key_of(tenant, corpus, document, one.id)),
                vector=vector.tolist(),
                payload=row_of(tenant, corpus, one, revision),
            )
            for one, vector in zip(passages, vectors, strict=True)
        ]
        async with self._failed():
            if points:
                name = collection_of(model, vectors.shape[1])
                await self._refuse_other_dimensions(tenant, corpus, model, vectors.shape[1])
                await self._ensure(name, vectors.shape[1])
                for first in range(0, len(points), BATCH):
                    await self._client.upsert(name, points[first : first + BATCH], wait=True)
            for name in of_model(await self._collections(), model):
                stale = self._of(tenant, corpus, document, other_than=revision)
                await self._client.delete(name, self._models.FilterSelector(filter=stale), wait=True)

    async def remove(self, tenant: TenantId, corpus: str, document: UUID | None) -> None:
        """From the collection of every model."""
        check_corpus(corpus)
        async with self._failed():
            for name in await self._collections():
                selector = self._models.FilterSelector(filter=self._of(tenant, corpus, document))
                await self._client.delete(name, selector, wait=True)

    async def search(
        self, tenant: TenantId, corpus: str, model: str, vector: Vectors, limit: int
    ) -> Sequence[CorpusHit]:
        """Exact; which of equally near passages come at the limit is Qdrant's choice."""
        check_corpus(corpus)
        check_model(model)
        check_query(vector, limit)
        name = collection_of(model, len(vector))
        async with self._failed():
            points = []
            if await self._exists(name):
                answer = await self._client.query_points(
                    name,
                    query=vector.tolist(),
                    query_filter=self._of(tenant, corpus),
                    search_params=self._models.SearchParams(exact=True),
                    limit=limit,
                )
                points = answer.points
            if not points:
                await self._refuse_other_dimensions(tenant, corpus, model, len(vector))
            return hits_of((point.payload or {}, point.score) for point in points)

    async def corpora(self, tenant: TenantId) -> dict[str, int]:
        """The most of any model, each corpus."""
        counts: dict[str, int] = {}
        async with self._failed():
            for name in await self._collections():
                answer = await self._client.facet(name, "corpus", self._of(tenant), limit=_MOST_CORPORA, exact=True)
                for hit in answer.hits:
                    counts[str(hit.value)] = max(counts.get(str(hit.value), 0), hit.count)
        return dict(sorted(counts.items()))

    async def _collections(self) -> list[str]:
        return ours(one.name for one in (await self._client.get_collections()).collections)

    async def _refuse_other_dimensions(self, tenant: TenantId, corpus: str, model: str, dimensions: int) -> None:
        for name in of_model(await self._collections(), model, but=dimensions):
            if (await self._client.count(name, self._of(tenant, corpus), exact=True)).count:
                raise other_dimensions()

    async def _exists(self, name: str) -> bool:
        if name not in self._known and await self._client.collection_exists(name):
            self._known.add(name)
        return name in self._known

    async def _ensure(self, name: str, dimensions: int) -> None:
        """Also where another process makes it at the same time."""
        if name in self._known:
            return
        size = self._models.VectorParams(size=dimensions, distance=self._models.Distance.COSINE)
        if not await self._exists(name):
            try:
                await self._client.create_collection(name, size, hnsw_config=self._models.HnswConfigDiff(m=0))
            except self._errors:
                if not await self._exists(name):
                    raise
        for field in _INDEXED:
            kind = self._models.KeywordIndexParams(
                type=self._models.KeywordIndexType.KEYWORD, is_tenant=field == "tenant" or None
            )
            await self._client.create_payload_index(name, field, kind, wait=True)
        self._known.add(name)

    def _of(
        self, tenant: TenantId, corpus: str | None = None, document: UUID | None = None, other_than: str | None = None
    ) -> Any:
        """The rows of an organisation, of one corpus, of one document, and not of a revision."""

        def same(field: str, value: object) -> Any:
            return self._models.FieldCondition(key=field, match=self._models.MatchValue(value=str(value)))

        wanted = {"tenant": tenant, "corpus": corpus, "document": document}
        return self._models.Filter(
            must=[same(field, value) for field, value in wanted.items() if value is not None],
            must_not=None if other_than is None else [same("revision", other_than)],
        )

    @asynccontextmanager
    async def _failed(self) -> AsyncIterator[None]:
        """Whatever the client raises is StorageError."""
        try:
            yield
        except self._errors as error:
            raise StorageError("Qdrant refused or could not be reached.") from error
