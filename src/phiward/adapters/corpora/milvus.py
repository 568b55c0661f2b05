"""Corpora in Milvus: one collection for each model and length of vector, tenant and corpus as filtered fields.

The index is FLAT, so searches are exact and the recall is 1.000. Milvus knows no transactions: a replacement first
stores the new passages and then removes the others of the document, so that a search in between finds both, and one
that breaks off is made whole by repeating it. The filter is the client's duty, and the key of this service sees every
organisation.

The client's asynchronous twin is experimental and fails with Milvus Lite, so the calls run in threads of the engine.
Importing pymilvus reads a `.env` file of the working folder into the environment, if there is one.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from uuid import UUID

from phiward.adapters.corpora.libraries import optional
from phiward.adapters.corpora.rows import (
    BATCH,
    FIELDS,
    collection_of,
    hits_of,
    key_of,
    of_model,
    ours,
    revision_of,
    row_of,
)
from phiward.adapters.corpora.rules import (
    MOST_TEXT_BYTES,
    check_batch,
    check_corpus,
    check_model,
    check_query,
    other_dimensions,
)
from phiward.domain.errors import StorageError
from phiward.domain.people import TenantId
from phiward.domain.text import Secret
from phiward.retrieval.ports import CorpusHit, CorpusPassage, Vectors

EXTRA = "phiward[milvus]"
LITE = "milvus-lite beside phiward[milvus]"
TIMEOUT_SECONDS = 10.0
THREADS = 4
_WORDS = {"tenant": 36, "corpus": 40, "revision": 32, "id": 36, "document": 36}
_TEXTS = ("text", "title", "section")
_Answer = TypeVar("_Answer")


class MilvusCorpora:
    """Implements `CorpusEngine`. Each method raises StorageError when Milvus fails, and what `rules` says."""

    def __init__(self, uri: str, key: Secret | None) -> None:
        """A server's http or https address, or a file of Milvus Lite; nothing connects before the first use.

        Raises ConfigurationError without the extra.
        """
        self._library = optional("pymilvus", EXTRA)
        errors = optional("pymilvus.exceptions", EXTRA).MilvusException, optional("grpc", EXTRA).RpcError
        # The built-in ones are of a client that is closed, and of an answer that is none.
        self._errors: tuple[type[Exception], ...] = (*errors, RuntimeError, ValueError, LookupError)
        self._uri = uri
        self._key = key
        self._made: Any = None
        self._making = RLock()  # of the client and of collections: one that is half made cannot be loaded
        self._lite: Any = None
        self._known: set[str] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="milvus")

    @classmethod
    def in_file(cls, path: Path) -> "MilvusCorpora":
        """Milvus Lite, for trying out: a folder of this name, ending in .db, served inside this process.

        Raises ConfigurationError without it.
        """
        engine = cls(str(path), None)
        engine._lite = optional("milvus_lite.server_manager", LITE).server_manager_instance
        return engine

    async def close(self) -> None:
        """Close the connection; what is asked afterwards fails."""
        await self._run(self._close)
        self._threads.shutdown(wait=False)

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
        rows = [
            {
                "pk": str(key_of(tenant, corpus, document, one.id)),
                "vector": vector,
                **row_of(tenant, corpus, one, revision),
            }
            for one, vector in zip(passages, vectors, strict=True)
        ]

        def work() -> None:
            client = self._client()
            if rows:
                name = collection_of(model, vectors.shape[1])
                self._refuse_other_dimensions(client, tenant, corpus, model, vectors.shape[1])
                self._ensure(client, name, vectors.shape[1])
                for first in range(0, len(rows), BATCH):
                    client.upsert(name, rows[first : first + BATCH], timeout=TIMEOUT_SECONDS)
            for name in of_model(self._collections(client), model):
                stale = f'{_of(tenant, corpus, document)} and revision != "{revision}"'
                client.delete(name, filter=stale, timeout=TIMEOUT_SECONDS)

        await self._run(work)

    async def remove(self, tenant: TenantId, corpus: str, document: UUID | None) -> None:
        """From the collection of every model."""
        check_corpus(corpus)

        def work() -> None:
            client = self._client()
            for name in self._collections(client):
                client.delete(name, filter=_of(tenant, corpus, document), timeout=TIMEOUT_SECONDS)

        await self._run(work)

    async def search(
        self, tenant: TenantId, corpus: str, model: str, vector: Vectors, limit: int
    ) -> Sequence[CorpusHit]:
        """Exact; which of equally near passages come at the limit is Milvus's choice."""
        check_corpus(corpus)
        check_model(model)
        check_query(vector, limit)
        name = collection_of(model, len(vector))

        def work() -> list[CorpusHit]:
            client = self._client()
            found = []
            if self._exists(client, name):
                (found,) = client.search(
                    name,
                    [vector],
                    filter=_of(tenant, corpus),
                    limit=limit,
                    output_fields=list(FIELDS),
                    search_params={"metric_type": "COSINE"},
                    timeout=TIMEOUT_SECONDS,
                )
            if not found:
                self._refuse_other_dimensions(client, tenant, corpus, model, len(vector))
            return hits_of((one["entity"], one["distance"]) for one in found)

        return await self._run(work)

    async def corpora(self, tenant: TenantId) -> dict[str, int]:
        """The most of any model, each corpus."""

        def work() -> dict[str, int]:
            client = self._client()
            counts: Counter[str] = Counter()
            for name in self._collections(client):
                counts |= _count(client, name, tenant)
            return dict(sorted(counts.items()))

        return await self._run(work)

    async def _run(self, work: Callable[[], _Answer]) -> _Answer:
        """In a thread of the engine. Whatever the client raises is StorageError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except self._errors as error:
            raise StorageError("Milvus refused or could not be reached.") from error

    def _client(self) -> Any:
        with self._making:
            if self._made is None:
                token = "" if self._key is None else self._key.value
                self._made = self._library.MilvusClient(self._uri, token=token, timeout=TIMEOUT_SECONDS)
            return self._made

    def _close(self) -> None:
        if self._made is not None:
            self._made.close()
        if self._lite is not None:
            self._lite.release_server(self._uri)

    def _collections(self, client: Any) -> list[str]:
        """All that phiward made. One is loaded when it is first seen: Milvus searches in memory."""
        with self._making:
            found = ours(client.list_collections(timeout=TIMEOUT_SECONDS))
            for name in set(found) - self._known:
                client.load_collection(name, timeout=TIMEOUT_SECONDS)
                self._known.add(name)
            return found

    def _exists(self, client: Any, name: str) -> bool:
        return name in self._known or name in self._collections(client)

    def _refuse_other_dimensions(self, client: Any, tenant: TenantId, corpus: str, model: str, dimensions: int) -> None:
        for name in of_model(self._collections(client), model, but=dimensions):
            if client.query(name, filter=_of(tenant, corpus), output_fields=["pk"], limit=1, timeout=TIMEOUT_SECONDS):
                raise other_dimensions()

    def _ensure(self, client: Any, name: str, dimensions: int) -> None:
        """Also where another process makes it at the same time: the same schema twice is no error."""
        with self._making:
            if self._exists(client, name):
                return
            index = client.prepare_index_params()
            index.add_index("vector", index_type="FLAT", metric_type="COSINE")
            client.create_collection(
                name,
                schema=self._schema(dimensions),
                index_params=index,
                consistency_level="Strong",  # whoever reads, or removes by a filter, sees what was stored before
                timeout=TIMEOUT_SECONDS,
            )
            self._known.add(name)

    def _schema(self, dimensions: int) -> Any:
        kinds = self._library.DataType
        schema = self._library.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("pk", kinds.VARCHAR, is_primary=True, max_length=36)
        schema.add_field("vector", kinds.FLOAT_VECTOR, dim=dimensions)
        for name, length in _WORDS.items():
            schema.add_field(name, kinds.VARCHAR, max_length=length, is_partition_key=name == "tenant")
        for name in ("start", "end"):
            schema.add_field(name, kinds.INT64)
        for name in _TEXTS:
            schema.add_field(name, kinds.VARCHAR, max_length=MOST_TEXT_BYTES)
        return schema


def _of(tenant: TenantId, corpus: str, document: UUID | None = None) -> str:
    """The rows of a corpus, or of one document of it. Nothing needs quoting: UUIDs, and a name that was checked."""
    condition = f'tenant == "{UUID(str(tenant))}" and corpus == "{corpus}"'
    return condition if document is None else f'{condition} and document == "{UUID(str(document))}"'


def _count(client: Any, name: str, tenant: TenantId) -> Counter[str]:
    """Passages of each corpus: one that is not counted yet is looked for, until there is none."""
    counts: Counter[str] = Counter()
    while True:
        rest = f'tenant == "{UUID(str(tenant))}"' + (f" and corpus not in {sorted(counts)}" if counts else "")
        found = client.query(name, filter=rest, output_fields=["corpus"], limit=1, timeout=TIMEOUT_SECONDS)
        if not found:
            return counts
        corpus = found[0]["corpus"]
        (row,) = client.query(name, filter=_of(tenant, corpus), output_fields=["count(*)"], timeout=TIMEOUT_SECONDS)
        counts[corpus] = row["count(*)"]
