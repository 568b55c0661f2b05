"""The indexer: patient by patient, what was stored becomes what can be searched. Resumable at any point.

For each patient with something waiting: read and open it, look for identifiers of other patients, cut the rest into
chunks, make vectors of them, seal a segment, and in one transaction store it and mark the documents. A document that
changed meanwhile is left for the next look. With another embedding model everything of a patient is made anew while
the old segments go on being searched, and replaces them in one transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from phiward.adapters.postgres.database import Connection, Database
from phiward.adapters.postgres.indexing.misfiled import suspects
from phiward.adapters.postgres.indexing.pending import (
    PatientWork,
    Waiting,
    lock_patient,
    loose_patients,
    read_segments,
    read_work,
    still_as_read,
    waiting_patients,
)
from phiward.adapters.postgres.known import read_index
from phiward.domain.documents import Document
from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId
from phiward.domain.ports import NewId
from phiward.guard.index import KnownIndex
from phiward.records.decode import SEGMENT_NAME
from phiward.records.ports import Mac, Sealer
from phiward.retrieval.chunks import Chunk, cut
from phiward.retrieval.compaction import compact
from phiward.retrieval.entries import Entry
from phiward.retrieval.ports import Embedder, EmbeddingScope, index_model
from phiward.retrieval.segments import MAX_CHUNKS, pack
from phiward.retrieval.terms import terms

Told = Callable[[int, int], None]
"""Called after each patient with patients done and patients in all."""


@dataclass(slots=True)
class IndexReport:
    """What one run did."""

    patients: int = 0
    documents: int = 0
    chunks: int = 0
    held_back: int = 0
    compacted: int = 0
    held: list[UUID] = field(default_factory=list)


class Indexer:
    """Works as the registrar, for one organisation at a time; several may run at once."""

    def __init__(self, database: Database, sealer: Sealer, mac: Mac, embedder: Embedder, new_id: NewId = uuid4) -> None:
        """`database` is a pool of the registrar role."""
        self._database, self._sealer, self._mac = database, sealer, mac
        self._embedder, self._new_id = embedder, new_id
        self._known: KnownIndex | None = None

    @property
    def model(self) -> str:
        """What segments are made with."""
        return index_model(self._embedder)

    async def run(self, tenant: TenantId, told: Told | None = None) -> IndexReport:
        """Index whatever waits. Raises StorageError, VaultError, and what the embedder raises."""
        report = IndexReport()
        async with self._database.as_tenant(tenant) as connection:
            patients = await waiting_patients(connection, tenant, self.model)
        for done, patient in enumerate(patients, 1):
            await self._index(tenant, patient, report)
            report.patients += 1
            if told is not None:
                told(done, len(patients))
        return report

    async def compact(self, tenant: TenantId, patient: PatientRef | None = None) -> int:
        """Pack anew what holds dead chunks or is scattered, of one patient or all; how many patients it was.

        For one patient every dead chunk goes: what was deleted is then nowhere.
        """
        if patient is not None:
            return int(await self._compact(tenant, patient, force=True))
        async with self._database.as_tenant(tenant) as connection:
            patients = await loose_patients(connection, tenant)
        return sum([await self._compact(tenant, one) for one in patients])

    async def _index(self, tenant: TenantId, patient: PatientRef, report: IndexReport) -> None:
        async with self._database.as_tenant(tenant) as connection:
            index = await self._index_of_all(connection, tenant)
            work = await read_work(connection, tenant, patient, self.model, self._sealer)
        held = {
            one.document.id: found
            for one in work.waiting
            if not one.decided and (found := suspects(one.document, index))
        }
        taken = [one for one in work.waiting if one.document.id not in held]
        entries = await self._entries(tenant, work, [one.document for one in taken])
        async with self._database.as_tenant(tenant) as connection:
            same = await still_as_read(connection, tenant, work, self.model)
            if work.anew and len(same) < len(work.waiting):
                return  # something came or changed meanwhile: all of it again at the next look
            if work.anew:
                await connection.execute("DELETE FROM segment WHERE tenant = %s AND patient = %s", [tenant, patient])
            kept = [one for one in entries if one.document in same]
            await self._store(connection, tenant, patient, kept, self.model)
            await _mark(connection, tenant, [one.document for one in taken if one.document.id in same], kept)
            for one in work.waiting:
                if one.document.id in held and one.document.id in same:
                    await _hold_back(connection, tenant, one, held[one.document.id])
                    report.held.append(one.document.id)
        report.documents += sum(1 for one in taken if one.document.id in same)
        report.chunks += len(kept)
        report.held_back = len(report.held)

    async def _index_of_all(self, connection: Connection, tenant: UUID) -> KnownIndex:
        """The known identifiers of all patients, as they are now."""
        cursor = await connection.execute("SELECT index_version FROM tenant WHERE id = %s", [tenant])
        row = await cursor.fetchone()
        if self._known is None or row is None or self._known.version != row[0]:
            self._known = await read_index(connection, tenant, self._mac)
        return self._known

    async def _entries(self, tenant: TenantId, work: PatientWork, documents: Sequence[Document]) -> list[Entry]:
        pieces = [(document, chunk) for document in documents for chunk in cut(document.text, document.sections)]
        if not pieces:
            return []
        texts = [_read_as(document, chunk) for document, chunk in pieces]
        scope = EmbeddingScope(tenant, work.known, tuple(one.id for one in documents))
        vectors = await self._embedder.embed(scope, texts)
        return [
            Entry(document.id, document.version, chunk.start, chunk.end, chunk.section, terms(text), vector)
            for (document, chunk), text, vector in zip(pieces, texts, vectors, strict=True)
        ]

    async def _store(
        self, connection: Connection, tenant: UUID, patient: PatientRef, entries: Sequence[Entry], model: str
    ) -> None:
        rows = []
        for part in _parts(entries):
            key = self._new_id()
            data = pack(part, model=model)
            sealed = self._sealer.seal(tenant, patient, key, SEGMENT_NAME, data)
            rows.append((key, tenant, patient, model, len(part), sealed))
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO segment (id, tenant, patient, model, chunks, sealed) VALUES (%s, %s, %s, %s, %s, %s)", rows
            )

    async def _compact(self, tenant: TenantId, patient: PatientRef, *, force: bool = False) -> bool:
        """Whether anything was packed anew. Nothing is made of texts again: the entries are moved as they are."""
        async with self._database.as_tenant(tenant) as connection:
            await lock_patient(connection, tenant, patient)
            live = await _live(connection, tenant, patient)
            stored = await read_segments(connection, tenant, patient, self._sealer)
            plan = compact([segment for _, segment in stored], live, force=force)
            if not plan.replaced:
                return False
            gone = [stored[place][0] for place in plan.replaced]
            await connection.execute("DELETE FROM segment WHERE tenant = %s AND id = ANY(%s)", [tenant, gone])
            for batch in plan.batches:
                await self._store(connection, tenant, patient, batch.entries, batch.model)
        return True


def _read_as(document: Document, chunk: Chunk) -> str:
    """What a chunk is searched as: its own words, under its section and the kind of document."""
    above = ", ".join(dict.fromkeys(one for one in (document.title, chunk.section) if one))
    return f"{above}\n{document.text[chunk.start : chunk.end]}" if above else document.text[chunk.start : chunk.end]


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), MAX_CHUNKS):
        yield entries[start : start + MAX_CHUNKS]


async def _live(connection: Connection, tenant: UUID, patient: PatientRef) -> dict[UUID, int]:
    cursor = await connection.execute(
        "SELECT id, version FROM document WHERE tenant = %s AND patient = %s AND indexed_version = version",
        [tenant, patient],
    )
    return dict(await cursor.fetchall())


async def _mark(connection: Connection, tenant: UUID, documents: Sequence[Document], entries: Sequence[Entry]) -> None:
    chunks = Counter(one.document for one in entries)
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE document SET indexed_version = version, chunks = %s WHERE tenant = %s AND id = %s",
            [(chunks[one.id], tenant, one.id) for one in documents],
        )


async def _hold_back(connection: Connection, tenant: UUID, waiting: Waiting, found: frozenset[PatientRef]) -> None:
    """Out of the chart, sealed as it was, until a person decides."""
    document = waiting.document
    await connection.execute(
        """INSERT INTO quarantined_document (id, tenant, patient, suspects, source_digest, content_digest, written_at,
                                             kind, classes, source, trust, sealed)
           SELECT id, tenant, patient, %s, source_digest, content_digest, written_at,
                  kind, classes, source, trust, sealed
             FROM document WHERE tenant = %s AND id = %s
           ON CONFLICT (tenant, source_digest) DO UPDATE SET id = excluded.id, patient = excluded.patient,
               suspects = excluded.suspects, content_digest = excluded.content_digest,
               written_at = excluded.written_at, kind = excluded.kind, classes = excluded.classes,
               source = excluded.source, trust = excluded.trust, sealed = excluded.sealed, found_at = now(),
               decision = NULL, decided_at = NULL, decided_by = NULL""",
        [sorted(found), tenant, document.id],
    )
    await connection.execute("DELETE FROM document WHERE tenant = %s AND id = %s", [tenant, document.id])
