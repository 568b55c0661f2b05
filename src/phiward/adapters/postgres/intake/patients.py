"""Who is who: a source's own id, or a medical record number with an agreeing date of birth, to one patient of ours.

A patient may come from several sources (a FHIR server, an HL7 v2 feed, a C-CDA). His known identifiers are those of all
of them together: what any source knows is looked for in every text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from phiward.adapters.postgres.identifier_index import replace_known_identifiers
from phiward.adapters.postgres.intake.work import Work
from phiward.adapters.postgres.patient_handles import one_patient
from phiward.domain.errors import ImportFailedError, StorageError
from phiward.domain.patients import IdentifierKind, PatientRef
from phiward.records.confirmation import confirmation_digest
from phiward.records.decode import (
    PATIENT_NAME,
    SOURCE_NAME,
    KnownSource,
    decode_patient,
    decode_source,
    encode_patient,
    encode_source,
)
from phiward.records.filing import HANDLE
from phiward.records.handles import HANDLE_LABEL, handle_text, handles
from phiward.records.results import Disagreeing, PatientRecord

OTHER_BIRTH_DATE = "the medical record number belongs to a patient with another date of birth"
NO_BIRTH_DATE = "the medical record number is known here, but no date of birth is given to confirm it"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A patient with the same number: his keyed date of birth, and whether a source with ids of its own knows him."""

    patient: PatientRef
    confirmation: bytes | None
    has_own_id: bool


async def find_patients(work: Work, named: Iterable[str]) -> None:
    """Fill `work.patients` with those whom the file names and who are stored already."""
    named = list(named)
    by_digest = {work.source_digest(one): one for one in named if not one.startswith(HANDLE)}
    cursor = await work.connection.execute(
        "SELECT source_digest, patient FROM patient_source WHERE tenant = %s AND source_digest = ANY(%s)",
        [work.tenant, list(by_digest)],
    )
    work.patients = {by_digest[bytes(digest)]: PatientRef(key) for digest, key in await cursor.fetchall()}
    for one in named:
        if one.startswith(HANDLE) and (key := await one_patient(work.connection, work.mac, one.removeprefix(HANDLE))):
            work.patients[one] = PatientRef(key)


async def store_patients(work: Work, records: Iterable[PatientRecord]) -> None:
    """Store what changed, and tell every gateway when known identifiers did. Raises ImportFailedError."""
    index_changed = False
    for record in records:
        index_changed |= await _store(work, record)
    if index_changed:
        await work.connection.execute(
            "UPDATE tenant SET index_version = index_version + 1 WHERE id = %s", [work.tenant]
        )


async def _store(work: Work, record: PatientRecord) -> bool:
    """One record; True when his known identifiers changed."""
    patient = work.patients.get(record.source_id) or await _by_number(work, record)
    if patient is not None and await _disagrees(work, record, patient):
        return _held_or_refused(work, record, patient)
    before = None if patient is None else await _stored_source(work, record, patient)
    source = _source(record, before)
    text = encode_source(source)
    if patient is not None and before == source:
        work.patients[record.source_id] = patient
        work.count(record.source_id, False)
        return False
    patient = patient or await _new_patient(work)
    work.patients[record.source_id] = patient
    await work.connection.execute(
        """INSERT INTO patient_source (tenant, source_digest, patient, by_number, sealed)
           VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (tenant, source_digest) DO UPDATE SET patient = excluded.patient,
               by_number = excluded.by_number, sealed = excluded.sealed""",
        [
            work.tenant,
            work.source_digest(record.source_id),
            patient,
            record.by_number,
            work.sealer.seal(work.tenant, patient, patient, SOURCE_NAME, text),
        ],
    )
    work.count(record.source_id, True)
    return await _combine(work, patient)


async def _disagrees(work: Work, record: PatientRecord, patient: PatientRef) -> bool:
    """Whether a source that may not correct it gives him another date of birth than is stored."""
    if not record.by_number or record.disagreeing is Disagreeing.CORRECT or record.birth_date is None:
        return False
    cursor = await work.connection.execute(
        "SELECT confirmation FROM patient WHERE tenant = %s AND id = %s", [work.tenant, patient]
    )
    row = await cursor.fetchone()
    stored = row[0] if row else None
    return stored is not None and bytes(stored) != _confirmation(work, patient, record.birth_date.isoformat())


def _held_or_refused(work: Work, record: PatientRecord, patient: PatientRef) -> bool:
    """Nothing of the patient changes. Raises ImportFailedError where nothing can wait for a person."""
    if record.disagreeing is Disagreeing.REFUSE:
        raise ImportFailedError(f"{record.place}: {OTHER_BIRTH_DATE}.", param=record.place.name)
    work.patients[record.source_id] = patient
    work.doubted.add(record.source_id)
    work.count(record.source_id, False)
    return False


async def _new_patient(work: Work) -> PatientRef:
    """A row to be filled by `_combine`."""
    patient = PatientRef(work.new_id())
    await work.connection.execute(
        "INSERT INTO patient (id, tenant, version, content_digest, sealed) VALUES (%s, %s, 0, '', '')",
        [patient, work.tenant],
    )
    return patient


def _source(record: PatientRecord, before: KnownSource | None) -> KnownSource:
    """What this source knows now. A message says only a part of it: what it said before stays known."""
    if before is None or not record.by_number:
        return KnownSource(record.source_id, record.identifiers, record.birth_date)
    known = tuple(dict.fromkeys((*before.identifiers, *record.identifiers)))
    return KnownSource(record.source_id, known, record.birth_date or before.birth_date)


async def _stored_source(work: Work, record: PatientRecord, patient: PatientRef) -> KnownSource | None:
    cursor = await work.connection.execute(
        "SELECT patient, sealed FROM patient_source WHERE tenant = %s AND source_digest = %s",
        [work.tenant, work.source_digest(record.source_id)],
    )
    row = await cursor.fetchone()
    if row is None or row[0] != patient:
        return None
    return decode_source(work.sealer.open(work.tenant, patient, patient, SOURCE_NAME, bytes(row[1])))


async def _combine(work: Work, patient: PatientRef) -> bool:
    """Make the patient's row what all his sources know together; True when his known identifiers changed."""
    cursor = await work.connection.execute(
        "SELECT sealed FROM patient_source WHERE tenant = %s AND patient = %s ORDER BY by_number, source_digest",
        [work.tenant, patient],
    )
    sources = [
        decode_source(work.sealer.open(work.tenant, patient, patient, SOURCE_NAME, bytes(row[0])))
        for row in await cursor.fetchall()
    ]
    identifiers = tuple(dict.fromkeys(one for source in sources for one in source.identifiers))
    birth_date = next((source.birth_date for source in sources if source.birth_date is not None), None)
    text = encode_patient(identifiers, birth_date)
    confirmation = None if birth_date is None else _confirmation(work, patient, birth_date.isoformat())
    cursor = await work.connection.execute(
        """UPDATE patient SET version = version + 1, content_digest = %s, sealed = %s, confirmation = %s
            WHERE tenant = %s AND id = %s RETURNING version""",
        [
            work.content_digest("patient", text),
            work.sealer.seal(work.tenant, patient, patient, PATIENT_NAME, text),
            confirmation,
            work.tenant,
            patient,
        ],
    )
    row = await cursor.fetchone()
    if row is None:
        raise StorageError("A patient's source leads to no patient.")
    await _replace_handles(work, patient, sources)
    known = decode_patient(patient, row[0], text)
    return await replace_known_identifiers(work.connection, work.tenant, known, work.mac)


async def _replace_handles(work: Work, patient: PatientRef, sources: list[KnownSource]) -> None:
    texts = {text for one in sources for text in handles(str(patient), one.source_id, one.identifiers)}
    digests = {work.mac.digest(None, HANDLE_LABEL, text) for text in texts}
    await work.connection.execute(
        "DELETE FROM patient_handle WHERE tenant = %s AND patient = %s", [work.tenant, patient]
    )
    async with work.connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO patient_handle (tenant, digest, patient) VALUES (%s, %s, %s)",
            [(work.tenant, digest, patient) for digest in sorted(digests)],
        )


async def _by_number(work: Work, record: PatientRecord) -> PatientRef | None:
    """The stored patient with this medical record number and date of birth; None when he is new.

    Two sources that both have ids of their own are never joined by a number: whose number is wrong is not ours to say.
    """
    found = await _with_number(work, record)
    if not record.by_number:
        found = [one for one in found if not one.has_own_id]
    agreeing = [one for one in found if _agrees(work, one, record)]
    if record.by_number and found and len(agreeing) != len(found):
        if record.birth_date is not None and record.disagreeing is Disagreeing.HOLD and len(found) == 1:
            return found[0].patient
        what = OTHER_BIRTH_DATE if record.birth_date else NO_BIRTH_DATE
        raise ImportFailedError(f"{record.place}: {what}.", param=record.place.name)
    if len(agreeing) > 1:
        what = "the medical record number belongs to several patients"
        raise ImportFailedError(f"{record.place}: {what}.", param=record.place.name)
    return agreeing[0].patient if agreeing else None


async def _with_number(work: Work, record: PatientRecord) -> list[_Stored]:
    numbers = {handle_text(one.value) for one in record.identifiers if one.kind is IdentifierKind.MRN}
    cursor = await work.connection.execute(
        """SELECT p.id, p.confirmation,
                  EXISTS (SELECT FROM patient_source s WHERE s.patient = p.id AND NOT s.by_number)
             FROM patient p WHERE p.tenant = %s AND p.id IN
                  (SELECT h.patient FROM patient_handle h WHERE h.tenant = %s AND h.digest = ANY(%s))""",
        [work.tenant, work.tenant, [work.mac.digest(None, HANDLE_LABEL, one) for one in sorted(numbers) if one]],
    )
    return [_Stored(PatientRef(row[0]), row[1] and bytes(row[1]), row[2]) for row in await cursor.fetchall()]


def _agrees(work: Work, stored: _Stored, record: PatientRecord) -> bool:
    if record.birth_date is None or stored.confirmation is None:
        return False
    return _confirmation(work, stored.patient, record.birth_date.isoformat()) == stored.confirmation


def _confirmation(work: Work, patient: UUID, birth_date: str) -> bytes:
    return confirmation_digest(work.mac, work.tenant, patient, birth_date)
