"""Reads the chart as the gateway: through row-level security, one patient at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.chart import ChartContents, Citation, CitationState, PackedSegment, StandingCitation
from phiward.domain.documents import Document, DocumentHead
from phiward.domain.errors import VaultError
from phiward.domain.facts import Fact, FactKind, FactLabel
from phiward.domain.passages import Origin
from phiward.domain.patients import DocumentId, PatientRef
from phiward.domain.text import Secret
from phiward.records.decode import DOCUMENT_NAME, FACT_NAME, SEGMENT_NAME, decode_document, decode_fact
from phiward.records.ports import Sealer

_HEADS = """SELECT id, version, written_at, kind, classes, coalesce(indexed_version = version, false)
              FROM document WHERE patient = %s ORDER BY id"""
_SEGMENTS = "SELECT id, tenant, model, sealed FROM segment WHERE patient = %s ORDER BY id"
_HELD_BACK = "SELECT count(*) FROM quarantined_document WHERE patient = %s AND decision IS NULL"
_DOCUMENTS = """SELECT tenant, id, version, written_at, source, sealed, kind, classes, trust
                  FROM document WHERE patient = %s AND id = ANY(%s)"""
_LABELS = "SELECT kind, document_kind, classes, count(*) FROM fact WHERE patient = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
_FACTS = """SELECT f.tenant, f.id, f.version, f.kind, f.effective_at, f.sealed, f.document_kind, f.classes,
                  f.trust
              FROM unnest(%s::text[], %s::text[], %s::text[]) AS wanted(kind, document_kind, classes)
             CROSS JOIN LATERAL (SELECT * FROM fact
                                  WHERE patient = %s AND kind = wanted.kind AND document_kind = wanted.document_kind
                                    AND classes = string_to_array(wanted.classes, ' ')
                                  ORDER BY effective_at DESC NULLS LAST, id LIMIT %s) f"""
_CITE = """INSERT INTO citation
                  (interaction, number, tenant, patient, person, origin, source, version, starts, ends, cited)
           SELECT %s, n, s.tenant, %s, s.person, o, src, v, b, e, c FROM session_person() s,
                  unnest(%s::int[], %s::text[], %s::uuid[], %s::int[], %s::int[], %s::int[], %s::bool[])
                      AS given(n, o, src, v, b, e, c)"""
# A corpus is not the patient's: whether it stands is not asked of his chart.
_CITATIONS = """SELECT c.number, c.origin, c.source, c.version, c.starts, c.ends, c.cited,
                       CASE WHEN c.origin = 'corpus' THEN c.version ELSE coalesce(d.version, f.version) END
                  FROM citation c LEFT JOIN document d ON c.origin = 'chart' AND d.id = c.source
                  LEFT JOIN fact f ON c.origin = 'facts' AND f.id = c.source
                 WHERE c.interaction = %s ORDER BY c.number, c.source"""


class PostgresChart:
    """Implements domain.ports.Chart. Every method raises StorageError, and VaultError for what does not open."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        """`database` is a pool of the app role."""
        self._database = database
        self._sealer = sealer

    async def contents(self, session: Secret, patient: PatientRef) -> ChartContents:
        """Heads, segments and what is held back, as of one instant; nothing of a patient out of care."""
        async with self._database.as_session(session, patient) as connection, connection.pipeline():
            heads = await connection.execute(_HEADS, [patient], binary=True)
            segments = await connection.execute(_SEGMENTS, [patient], binary=True)
            held = await connection.execute(_HELD_BACK, [patient])
            head_rows, segment_rows = await heads.fetchall(), await segments.fetchall()
            count = await held.fetchone()
        return ChartContents(
            tuple(_head(*row) for row in head_rows),
            tuple(
                PackedSegment(model, self._sealer.open(tenant, patient, key, SEGMENT_NAME, bytes(sealed)))
                for key, tenant, model, sealed in segment_rows
            ),
            count[0] if count else 0,
        )

    async def documents(
        self, session: Secret, patient: PatientRef, wanted: Collection[DocumentId]
    ) -> Mapping[DocumentId, Document]:
        """Those of the wanted documents that are there."""
        async with self._database.as_session(session, patient) as connection:
            cursor = await connection.execute(_DOCUMENTS, [patient, sorted(wanted)], binary=True)
            rows = await cursor.fetchall()
        return {
            DocumentId(key): decode_document(
                key,
                patient,
                version,
                written_at,
                source,
                self._sealer.open(tenant, patient, key, DOCUMENT_NAME, bytes(sealed)),
                kind,
                classes,
                trust,
            )
            for tenant, key, version, written_at, source, sealed, kind, classes, trust in rows
        }

    async def fact_labels(self, session: Secret, patient: PatientRef) -> Mapping[FactLabel, int]:
        """How many facts there are under each label; none of them is opened."""
        async with self._database.as_session(session, patient) as connection:
            cursor = await connection.execute(_LABELS, [patient])
            rows = await cursor.fetchall()
        return {_label(kind, read_as, classes): count for kind, read_as, classes, count in rows}

    async def facts(
        self, session: Secret, patient: PatientRef, labels: Collection[FactLabel], limit: int
    ) -> Sequence[Fact]:
        """At most `limit` facts of each label, the newest first, those without a date last, ties by id."""
        columns = [
            [str(one.kind) for one in labels],
            [str(one.read_as) for one in labels],
            [" ".join(sorted(map(str, one.classes))) for one in labels],
        ]
        async with self._database.as_session(session, patient) as connection:
            cursor = await connection.execute(_FACTS, [*columns, patient, limit], binary=True)
            rows = await cursor.fetchall()
        return [
            decode_fact(
                key,
                patient,
                version,
                kind,
                effective_at,
                self._sealer.open(tenant, patient, key, FACT_NAME, bytes(sealed)),
                document_kind,
                classes,
                trust,
            )
            for tenant, key, version, kind, effective_at, sealed, document_kind, classes, trust in rows
        ]

    async def cite(self, session: Secret, patient: PatientRef, interaction: UUID, cited: Sequence[Citation]) -> None:
        """Written for the person of the session, once; row-level security checks that the patient is hers."""
        columns = [
            [one.number for one in cited],
            [str(one.origin) for one in cited],
            [one.source for one in cited],
            [one.version for one in cited],
            [one.start for one in cited],
            [one.end for one in cited],
            [one.cited for one in cited],
        ]
        async with self._database.as_session(session, patient) as connection:
            await connection.execute(_CITE, [interaction, patient, *columns])

    async def citations(self, session: Secret, interaction: UUID) -> Sequence[StandingCitation]:
        """In order of their numbers."""
        async with self._database.as_session(session) as connection:
            cursor = await connection.execute(_CITATIONS, [interaction])
            return [_standing(*row) for row in await cursor.fetchall()]


def _standing(
    number: int, origin: str, source: UUID, version: int, start: int, end: int, cited: bool, now: int | None
) -> StandingCitation:
    state = CitationState.CURRENT if now == version else CitationState.CHANGED
    citation = Citation(number, Origin(origin), source, version, start, end, cited)
    return StandingCitation(citation, CitationState.WITHDRAWN if now is None else state)


def _label(kind: str, read_as: str, classes: list[str]) -> FactLabel:
    try:
        return FactLabel(FactKind(kind), DocumentKind(read_as), frozenset(DataClass(one) for one in classes))
    except ValueError:
        raise VaultError("A fact is of a kind or class that no rule of this version could protect.") from None


def _head(
    key: DocumentId, version: int, written_at: datetime, kind: str, classes: list[str], indexed: bool
) -> DocumentHead:
    return DocumentHead(key, version, written_at, *_kind_and_classes(kind, tuple(classes)), indexed)


@lru_cache(1024)
def _kind_and_classes(kind: str, classes: tuple[str, ...]) -> tuple[DocumentKind, frozenset[DataClass]]:
    """A chart has many documents, and few different labels."""
    try:
        return DocumentKind(kind), frozenset(DataClass(one) for one in classes)
    except ValueError:
        raise VaultError("A document is of a kind or class that no rule of this version could protect.") from None
