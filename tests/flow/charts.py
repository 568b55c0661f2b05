"""In-memory twins of chart, corpora and embedding model; the real ones are shown in tests/adapters and tests/system."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.chart import ChartContents, Citation, CitationState, PackedSegment, StandingCitation
from phiward.domain.documents import Document, DocumentHead
from phiward.domain.errors import StorageError
from phiward.domain.facts import Fact, FactLabel
from phiward.domain.patients import DocumentId, PatientRef
from phiward.domain.people import TenantId
from phiward.domain.text import Secret
from phiward.retrieval.chunks import cut
from phiward.retrieval.entries import Entry
from phiward.retrieval.ports import CorpusHit, CorpusPassage, EmbeddingScope, Vectors, index_model
from phiward.retrieval.segments import MAX_CHUNKS, pack
from phiward.retrieval.terms import terms

WRITTEN = datetime(2024, 5, 1, tzinfo=UTC)


def document(
    patient: PatientRef,
    text: str,
    kind: DocumentKind = DocumentKind.CLINICAL_NOTE,
    *classes: DataClass,
    title: str = "visit",
    at: datetime = WRITTEN,
    key: UUID | None = None,
) -> Document:
    """A document of a patient."""
    return Document(DocumentId(key or uuid4()), patient, 1, at, title, text, kind=kind, classes=frozenset(classes))


@dataclass
class EmbedderTwin:
    """A vector of counted words: the same text gives the same vector, and nothing else does anything."""

    name: str = "twin"
    asked: list[tuple[EmbeddingScope, tuple[str, ...]]] = field(default_factory=list)

    @property
    def model(self) -> str:
        """Its name."""
        return self.name

    @property
    def dimensions(self) -> int:
        """32."""
        return 32

    async def embed(self, scope: EmbeddingScope, texts: Sequence[str]) -> Vectors:
        """Remembers who asked, and for what."""
        self.asked.append((scope, tuple(texts)))
        return vectors(texts)


def vectors(texts: Sequence[str]) -> Vectors:
    """Each word adds to one of 32 places."""
    made = np.zeros((len(texts), 32), np.float32)
    for row, text in enumerate(texts):
        for word, count in terms(text).items():
            made[row, word % 32] += count
        made[row, 0] += 1e-3
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


@dataclass
class ChartTwin:
    """Documents and facts of any patients; searched as the database's are, through packed segments."""

    documents_held: Sequence[Document] = ()
    facts_held: Sequence[Fact] = ()
    held_back: int = 0
    unindexed: frozenset[UUID] = frozenset()
    model: str = field(default_factory=lambda: index_model(EmbedderTwin()))
    cited: dict[UUID, list[Citation]] = field(default_factory=dict)
    lost: bool = False
    per_segment: int = MAX_CHUNKS

    async def contents(self, session: Secret, patient: PatientRef) -> ChartContents:
        """What the patient's chart holds."""
        if self.lost:
            raise StorageError("The database refused or could not be reached.")
        own = sorted((one for one in self.documents_held if one.patient == patient), key=lambda one: one.id)
        heads = [
            DocumentHead(one.id, one.version, one.written_at, one.kind, one.classes, one.id not in self.unindexed)
            for one in own
        ]
        entries = [entry for one in own for entry in entries_of(one)]
        packed = [
            PackedSegment(self.model, pack(entries[at : at + self.per_segment], model=self.model))
            for at in range(0, len(entries), self.per_segment)
        ]
        return ChartContents(tuple(heads), tuple(packed), self.held_back)

    async def documents(
        self, session: Secret, patient: PatientRef, wanted: Collection[DocumentId]
    ) -> Mapping[DocumentId, Document]:
        """Those of the patient."""
        return {one.id: one for one in self.documents_held if one.patient == patient and one.id in wanted}

    async def fact_labels(self, session: Secret, patient: PatientRef) -> Mapping[FactLabel, int]:
        """Those of the patient."""
        return Counter(label_of(one) for one in self.facts_held if one.patient == patient)

    async def facts(
        self, session: Secret, patient: PatientRef, labels: Collection[FactLabel], limit: int
    ) -> Sequence[Fact]:
        """Those of the patient."""
        return [one for one in self.facts_held if one.patient == patient and label_of(one) in labels]

    async def cite(self, session: Secret, patient: PatientRef, interaction: UUID, cited: Sequence[Citation]) -> None:
        """Remember."""
        self.cited[interaction] = list(cited)

    async def citations(self, session: Secret, interaction: UUID) -> Sequence[StandingCitation]:
        """All of them current."""
        return [StandingCitation(one, CitationState.CURRENT) for one in self.cited.get(interaction, [])]


def label_of(fact: Fact) -> FactLabel:
    """What a policy may know of it."""
    return FactLabel(fact.saying.kind, fact.saying.read_as, fact.saying.classes)


def entries_of(one: Document) -> list[Entry]:
    """The chunks of a document as they are indexed."""
    chunks = cut(one.text, one.sections)
    made = vectors([one.text[chunk.start : chunk.end] for chunk in chunks])
    return [
        Entry(one.id, one.version, chunk.start, chunk.end, chunk.section, terms(one.text[chunk.start : chunk.end]), row)
        for chunk, row in zip(chunks, made, strict=True)
    ]


@dataclass
class CorporaTwin:
    """Passages without PHI, by corpus."""

    held: dict[str, list[CorpusPassage]] = field(default_factory=dict)
    asked: list[Vectors] = field(default_factory=list)

    async def replace(
        self,
        tenant: TenantId,
        corpus: str,
        model: str,
        document: UUID,
        passages: Sequence[CorpusPassage],
        vectors: Vectors,
    ) -> None:
        """Hold them."""
        self.held[corpus] = list(passages)

    async def remove(self, tenant: TenantId, corpus: str, document: UUID | None) -> None:
        """Forget the corpus."""
        self.held.pop(corpus, None)

    async def search(
        self, tenant: TenantId, corpus: str, model: str, vector: Vectors, limit: int
    ) -> Sequence[CorpusHit]:
        """The first ones."""
        self.asked.append(vector)
        return [CorpusHit(one, 0.5) for one in self.held.get(corpus, [])[:limit]]

    async def corpora(self, tenant: TenantId) -> dict[str, int]:
        """How many passages each has."""
        return {name: len(held) for name, held in self.held.items()}
