"""How Qdrant and Milvus keep passages: one collection for each model and length of vector, one row for each passage.

The text stands in the row, as no PHI is in it. Tenant and corpus are fields that every read filters by.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from phiward.retrieval.ports import CorpusHit, CorpusPassage, Vectors

PREFIX = "phiward_corpus_"
FIELDS = ("id", "document", "start", "end", "text", "title", "section")
BATCH = 256
"""Rows of one request: with 4,096 dimensions still below 32 MB as JSON, the default limit of Qdrant."""


def collection_of(model: str, dimensions: int) -> str:
    """The name of a collection: the digest, because a model's name may hold anything."""
    return f"{_of_model(model)}{dimensions}"


def ours(names: Iterable[str]) -> list[str]:
    """The collections that phiward made, of every model."""
    return sorted(name for name in names if name.startswith(PREFIX))


def of_model(names: Iterable[str], model: str, but: int | None = None) -> list[str]:
    """Those of one model, whatever the length of its vectors, `but` this one."""
    return [name for name in ours(names) if name.startswith(_of_model(model)) and name != f"{_of_model(model)}{but}"]


def key_of(tenant: UUID, corpus: str, document: UUID, passage: UUID) -> UUID:
    """A row's own id. Two organisations may hold the same guideline, and so passages of the same id."""
    return uuid5(tenant, f"{corpus}/{document}/{passage}")


def revision_of(passages: Sequence[CorpusPassage], vectors: Vectors) -> str:
    """Names what a document holds. Rows of another revision are what a replacement removes.

    The same content has the same revision, so that two who load the same text at once remove nothing of each other.
    """
    digest = sha256(vectors.tobytes())
    for passage in passages:
        digest.update(repr(_fields(passage)).encode())
    return digest.hexdigest()[:32]


def row_of(tenant: UUID, corpus: str, passage: CorpusPassage, revision: str) -> dict[str, Any]:
    """What stands beside the vector."""
    return {"tenant": str(tenant), "corpus": corpus, "revision": revision, **_fields(passage)}


def hits_of(found: Iterable[tuple[Mapping[str, Any], float]]) -> list[CorpusHit]:
    """Rows and their cosines as hits: nearest first, ties by id."""
    hits = [CorpusHit(_passage(row), float(score)) for row, score in found]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


def _of_model(model: str) -> str:
    return f"{PREFIX}{sha256(model.encode()).hexdigest()[:24]}_"


def _fields(passage: CorpusPassage) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(passage, name) for name in FIELDS}
    return {**found, "id": str(passage.id), "document": str(passage.document)}


def _passage(row: Mapping[str, Any]) -> CorpusPassage:
    found = {name: row[name] for name in FIELDS}
    return CorpusPassage(**{**found, "id": UUID(row["id"]), "document": UUID(row["document"])})
