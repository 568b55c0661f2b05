"""What of a patient waits to be indexed, opened; and what stands in his segments already."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from phiward.adapters.postgres.database import Connection
from phiward.domain.documents import Document
from phiward.domain.errors import StorageError
from phiward.domain.patients import KnownPatient, PatientRef
from phiward.records.decode import (
    DOCUMENT_NAME,
    PATIENT_NAME,
    SEGMENT_NAME,
    decode_document,
    decode_patient,
)
from phiward.records.ports import Sealer
from phiward.retrieval.segments import Segment, unpack

_WAITING = """SELECT DISTINCT patient FROM document WHERE tenant = %s AND indexed_version IS DISTINCT FROM version
              UNION SELECT DISTINCT patient FROM segment WHERE tenant = %s AND model <> %s
              ORDER BY 1"""
_LOOSE = """SELECT s.patient FROM (SELECT patient, sum(chunks) AS packed, count(*) AS segments
                                     FROM segment WHERE tenant = %s GROUP BY patient) s
            LEFT JOIN (SELECT patient, sum(chunks) AS live FROM document
                        WHERE tenant = %s AND indexed_version = version GROUP BY patient) d USING (patient)
            WHERE s.packed > coalesce(d.live, 0) OR s.segments > 1 ORDER BY 1"""
_DOCUMENTS = """SELECT id, version, written_at, source, sealed, kind, classes, content_digest, source_digest,
                       indexed_version IS DISTINCT FROM version
                  FROM document WHERE tenant = %s AND patient = %s ORDER BY written_at, id"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document to be indexed. `decided`: a person has said that it stands where it should."""

    document: Document
    content_digest: bytes = field(repr=False)
    source_digest: bytes = field(repr=False)
    decided: bool


@dataclass(frozen=True, slots=True)
class PatientWork:
    """All that is to be done for one patient. `anew`: every document, because the model is another one."""

    known: KnownPatient
    waiting: tuple[Waiting, ...]
    anew: bool


async def waiting_patients(connection: Connection, tenant: UUID, model: str) -> list[PatientRef]:
    """Patients with documents that are not indexed, or with vectors of another model."""
    cursor = await connection.execute(_WAITING, [tenant, tenant, model])
    return [PatientRef(row[0]) for row in await cursor.fetchall()]


async def loose_patients(connection: Connection, tenant: UUID) -> list[PatientRef]:
    """Patients whose segments hold chunks that are no longer live, or are several."""
    cursor = await connection.execute(_LOOSE, [tenant, tenant])
    return [PatientRef(row[0]) for row in await cursor.fetchall()]


async def read_work(
    connection: Connection, tenant: UUID, patient: PatientRef, model: str, sealer: Sealer
) -> PatientWork:
    """Raises StorageError, and VaultError for what does not open."""
    cursor = await connection.execute(
        "SELECT version, sealed FROM patient WHERE tenant = %s AND id = %s", [tenant, patient]
    )
    row = await cursor.fetchone()
    if row is None:
        raise StorageError("A document leads to no patient.")
    known = decode_patient(patient, row[0], sealer.open(tenant, patient, patient, PATIENT_NAME, bytes(row[1])))
    anew = await _has_other_model(connection, tenant, patient, model)
    released = await _released(connection, tenant, patient)
    cursor = await connection.execute(_DOCUMENTS, [tenant, patient])
    waiting = []
    for key, version, written_at, source, sealed, kind, classes, content, origin, waits in await cursor.fetchall():
        if not (waits or anew):
            continue
        text = sealer.open(tenant, patient, key, DOCUMENT_NAME, bytes(sealed))
        document = decode_document(key, patient, version, written_at, source, text, kind, classes)
        decided = not waits or bytes(content) in released
        waiting.append(Waiting(document, bytes(content), bytes(origin), decided))
    return PatientWork(known, tuple(waiting), anew)


async def read_segments(
    connection: Connection, tenant: UUID, patient: PatientRef, sealer: Sealer
) -> list[tuple[UUID, Segment]]:
    """Id and content, in order of id."""
    cursor = await connection.execute(
        "SELECT id, sealed FROM segment WHERE tenant = %s AND patient = %s ORDER BY id", [tenant, patient]
    )
    return [
        (key, unpack(sealer.open(tenant, patient, key, SEGMENT_NAME, bytes(sealed))))
        for key, sealed in await cursor.fetchall()
    ]


async def still_as_read(connection: Connection, tenant: UUID, work: PatientWork, model: str) -> Collection[UUID]:
    """Ids of the documents of `work` that still wait, in the version that was read.

    The patient's row is locked until the end of the transaction, so that of two indexers one finds nothing left.
    """
    patient = work.known.patient
    await lock_patient(connection, tenant, patient)
    if work.anew and not await _has_other_model(connection, tenant, patient, model):
        return frozenset()
    cursor = await connection.execute(
        "SELECT id, version FROM document WHERE tenant = %s AND patient = %s"
        " AND (%s OR indexed_version IS DISTINCT FROM version) FOR UPDATE",
        [tenant, patient, work.anew],
    )
    now: dict[UUID, int] = dict(await cursor.fetchall())
    return {one.document.id for one in work.waiting if now.get(one.document.id) == one.document.version}


async def lock_patient(connection: Connection, tenant: UUID, patient: PatientRef) -> None:
    """One change of a patient's segments at a time."""
    await connection.execute("SELECT 1 FROM patient WHERE tenant = %s AND id = %s FOR UPDATE", [tenant, patient])


async def _has_other_model(connection: Connection, tenant: UUID, patient: PatientRef, model: str) -> bool:
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM segment WHERE tenant = %s AND patient = %s AND model <> %s)",
        [tenant, patient, model],
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _released(connection: Connection, tenant: UUID, patient: PatientRef) -> set[bytes]:
    cursor = await connection.execute(
        "SELECT content_digest FROM quarantined_document q WHERE tenant = %s AND decision IN ('released', 'refiled')"
        " AND EXISTS (SELECT FROM document d WHERE d.id = q.id AND d.patient = %s)",
        [tenant, patient],
    )
    return {bytes(row[0]) for row in await cursor.fetchall()}
