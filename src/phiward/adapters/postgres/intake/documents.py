"""Documents: the new are inserted, the changed resealed as their next version, the rest left alone.

What a person decided about a document that was held back stays decided while the source says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from phiward.adapters.postgres.intake.work import Work
from phiward.domain.documents import SourceFormat
from phiward.domain.patients import PatientRef
from phiward.records.decode import DOCUMENT_NAME, encode_document
from phiward.records.results import DocumentRecord

_STAYS = frozenset({None, "refiled", "discarded"})
"""Decisions (None: not yet) under which the document does not stand where its source would put it."""


@dataclass(frozen=True, slots=True)
class _Held:
    content: bytes
    decision: str | None


@dataclass(frozen=True, slots=True)
class _Stored:
    content: bytes
    id: UUID
    version: int


async def store_documents(work: Work, records: Sequence[DocumentRecord]) -> None:
    """Raises ImportFailedError when a patient is not known."""
    keyed = [(work.origin(record.source_id), record) for record in records]
    origins = [origin for origin, _ in keyed]
    stored, held = await _stored(work, origins), await _held(work, origins)
    rows: list[tuple[object, ...]] = []
    for origin, record in keyed:
        patient = work.known(record.patient, record.place)
        text = encode_document(record.title, record.text, record.author, record.sections)
        digest = _digest(work, record, patient, text)
        before, waits = stored.get(origin), held.get(origin)
        same = before is not None and before.content == digest
        decided = waits is not None and waits.content == digest and waits.decision in _STAYS
        work.count(record.source_id, not (same or decided))
        if same or decided:
            continue
        key = before.id if before else work.new_id()
        sealed = work.sealer.seal(work.tenant, patient, key, DOCUMENT_NAME, text)
        version = before.version + 1 if before else 1
        labels = record.kind, sorted(map(str, record.classes)), record.source, record.trust
        if waits is not None:
            await _forget_held(work, [origin])
        if record.patient in work.doubted:
            await _hold(work, (key, work.tenant, patient, record.written_at, origin, digest, sealed, *labels))
        else:
            rows.append((key, work.tenant, patient, version, record.written_at, origin, digest, sealed, *labels))
    async with work.connection.cursor() as cursor:
        await cursor.executemany(
            """INSERT INTO document (id, tenant, patient, version, written_at, source_digest, content_digest, sealed,
                                     kind, classes, source, trust)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, version = excluded.version,
                   written_at = excluded.written_at, content_digest = excluded.content_digest,
                   sealed = excluded.sealed, kind = excluded.kind, classes = excluded.classes,
                   source = excluded.source, trust = excluded.trust""",
            rows,
        )


async def outdated(work: Work, records: Sequence[DocumentRecord]) -> frozenset[str]:
    """Source ids of clinical summaries of which a newer one is stored: files come in any order."""
    keyed = {work.origin(one.source_id): one for one in records if one.source is SourceFormat.CCDA}
    cursor = await work.connection.execute(
        "SELECT source_digest, written_at FROM document WHERE tenant = %s AND source_digest = ANY(%s)",
        [work.tenant, list(keyed)],
    )
    newer = [keyed[bytes(origin)] for origin, at in await cursor.fetchall() if at > keyed[bytes(origin)].written_at]
    return frozenset(one.source_id for one in newer)


async def retract_documents(work: Work, origins: list[bytes]) -> None:
    """Take them back: from the chart, and from what waits for a decision."""
    await work.connection.execute(
        "DELETE FROM document WHERE tenant = %s AND source_digest = ANY(%s)", [work.tenant, origins]
    )
    await _forget_held(work, origins)


def _digest(work: Work, record: DocumentRecord, patient: PatientRef, text: bytes) -> bytes:
    classes = ",".join(sorted(map(str, record.classes)))
    head = f"{patient} {record.written_at.isoformat()} {record.kind} {classes} {record.source} {record.trust} "
    return work.content_digest("document", head, text)


async def _stored(work: Work, origins: list[bytes]) -> dict[bytes, _Stored]:
    cursor = await work.connection.execute(
        "SELECT source_digest, content_digest, id, version FROM document WHERE tenant = %s AND source_digest = ANY(%s)",
        [work.tenant, origins],
    )
    return {bytes(origin): _Stored(bytes(content), *rest) for origin, content, *rest in await cursor.fetchall()}


async def _held(work: Work, origins: list[bytes]) -> dict[bytes, _Held]:
    cursor = await work.connection.execute(
        "SELECT source_digest, content_digest, decision FROM quarantined_document"
        " WHERE tenant = %s AND source_digest = ANY(%s)",
        [work.tenant, origins],
    )
    return {bytes(origin): _Held(bytes(content), decision) for origin, content, decision in await cursor.fetchall()}


async def _hold(work: Work, row: tuple[object, ...]) -> None:
    """Out of the chart, until a person decides; nobody else is suspected by name."""
    await work.connection.execute("DELETE FROM document WHERE tenant = %s AND id = %s", [work.tenant, row[0]])
    await work.connection.execute(
        """INSERT INTO quarantined_document (id, tenant, patient, suspects, written_at, source_digest, content_digest,
                                             sealed, kind, classes, source, trust)
           VALUES (%s, %s, %s, '{}', %s, %s, %s, %s, %s, %s, %s, %s)""",
        row,
    )


async def _forget_held(work: Work, origins: list[bytes]) -> None:
    await work.connection.execute(
        "DELETE FROM quarantined_document WHERE tenant = %s AND source_digest = ANY(%s)", [work.tenant, origins]
    )
