"""Stores what one clinical file says, as the registrar: one transaction, all of it or nothing.

In order: lock the organisation's row (imports of one organisation follow one another), find or make
the patients, replace what changed of them, then notes, then care relations. Whatever has the same
keyed content digest as before is left alone, so that the same file twice changes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import LiteralString
from uuid import UUID, uuid4

from psycopg.rows import TupleRow

from phiward.adapters.postgres.database import Connection, Database
from phiward.adapters.postgres.identifier_index import replace_known_identifiers
from phiward.domain.errors import ImportFailedError, StorageError
from phiward.domain.patients import PatientRef
from phiward.domain.ports import NewId
from phiward.records.account import Account, tally
from phiward.records.confirmation import confirmation_digest
from phiward.records.decode import DOCUMENT_NAME, PATIENT_NAME, decode_patient, encode_note, encode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text, handles
from phiward.records.ports import Mac, Sealer
from phiward.records.results import CareRelationRecord, DocumentRecord, ParsedFile, PatientRecord, Place

_FORM = "2"
"""Goes into the content digests: a new form of storing makes every record count as changed once."""


class RecordsWriter:
    """Implements records.ports.Writer on the registrar's connections."""

    def __init__(self, database: Database, sealer: Sealer, mac: Mac, new_id: NewId = uuid4) -> None:
        """`new_id` must be random: patient ids are never derived (45 CFR 164.514(c))."""
        self._database = database
        self._sealer = sealer
        self._mac = mac
        self._new_id = new_id

    async def import_file(self, tenant: UUID, parsed: ParsedFile) -> Account:
        """Raises ImportFailedError naming the place, StorageError, VaultError; then nothing is stored."""
        async with self._database.as_tenant(tenant) as connection:
            if await _row(connection, "SELECT 1 FROM tenant WHERE id = %s FOR UPDATE", tenant) is None:
                raise StorageError("There is no such organisation.")
            work = _Import(connection, tenant, self._sealer, self._mac, self._new_id)
            return await work.run(parsed)


@dataclass(slots=True)
class _Import:
    """One file within its transaction."""

    connection: Connection
    tenant: UUID
    sealer: Sealer
    mac: Mac
    new_id: NewId
    patients: dict[str, PatientRef] = field(default_factory=dict, repr=False)
    changed: dict[str, bool] = field(default_factory=dict, repr=False)

    async def run(self, parsed: ParsedFile) -> Account:
        await self._find_patients(parsed)
        index_changed = False
        for record in parsed.patients:
            index_changed |= await self._patient(record)
        if index_changed:
            await self.connection.execute(
                "UPDATE tenant SET index_version = index_version + 1 WHERE id = %s", [self.tenant]
            )
        await self._documents(parsed.documents)
        await self._relations(parsed.relations)
        await self._retract(parsed.retracted)
        imported, unchanged = Counter[str](), Counter[str]()
        for source_id, changed in self.changed.items():
            (imported if changed else unchanged)[source_id.partition("/")[0]] += 1
        return Account(tally(imported, unchanged, parsed.skipped).types, parsed.unresolved)

    async def _find_patients(self, parsed: ParsedFile) -> None:
        """phiward's own ids of every patient whom the file names and who is stored already."""
        named = {record.source_id for record in parsed.patients}
        named |= {record.patient for record in parsed.documents}
        named |= {record.patient for record in parsed.relations}
        by_digest = {self._source_digest(source_id): source_id for source_id in named}
        cursor = await self.connection.execute(
            "SELECT digest, patient FROM patient_handle WHERE tenant = %s AND digest = ANY(%s)",
            [self.tenant, list(by_digest)],
        )
        self.patients = {by_digest[bytes(digest)]: key for digest, key in await cursor.fetchall()}

    async def _patient(self, record: PatientRecord) -> bool:
        """Store one patient; True when his known identifiers changed."""
        text = encode_patient(record.identifiers, record.birth_date)
        digest = self._content_digest("patient", text)
        patient = self.patients.get(record.source_id)
        version = 1
        if patient is not None:
            query = "SELECT version, content_digest FROM patient WHERE tenant = %s AND id = %s"
            row = await _row(self.connection, query, self.tenant, patient)
            if row is None:
                raise StorageError("A patient's reference leads to no patient.")
            if bytes(row[1]) == digest:
                self._count(record.source_id, False)
                return False
            version = row[0] + 1
        patient = patient or PatientRef(self.new_id())
        self.patients[record.source_id] = patient
        sealed = self.sealer.seal(self.tenant, patient, patient, PATIENT_NAME, text)
        await self.connection.execute(
            """INSERT INTO patient (id, tenant, version, content_digest, sealed, confirmation)
               VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT (id) DO UPDATE SET version = excluded.version,
                   content_digest = excluded.content_digest, sealed = excluded.sealed,
                   confirmation = excluded.confirmation""",
            [patient, self.tenant, version, digest, sealed, self._confirmation(patient, record)],
        )
        await self._replace_handles(patient, record)
        self._count(record.source_id, True)
        known = decode_patient(patient, version, text)
        return await replace_known_identifiers(self.connection, self.tenant, known, self.mac)

    async def _replace_handles(self, patient: UUID, record: PatientRecord) -> None:
        texts = set(handles(str(patient), record.source_id, record.identifiers))
        digests = {self.mac.digest(None, HANDLE_LABEL, text) for text in texts}
        digests.add(self._source_digest(record.source_id))
        async with self.connection.cursor() as cursor:
            await cursor.execute(
                "DELETE FROM patient_handle WHERE tenant = %s AND patient = %s", [self.tenant, patient]
            )
            await cursor.executemany(
                "INSERT INTO patient_handle (tenant, digest, patient) VALUES (%s, %s, %s)",
                [(self.tenant, digest, patient) for digest in sorted(digests)],
            )

    async def _documents(self, records: tuple[DocumentRecord, ...]) -> None:
        """Insert the new, reseal the changed, leave the rest."""
        keyed = [(self._origin(record.source_id), record) for record in records]
        cursor = await self.connection.execute(
            "SELECT source_digest, content_digest, id FROM document WHERE tenant = %s AND source_digest = ANY(%s)",
            [self.tenant, [source for source, _ in keyed]],
        )
        stored = {bytes(source): (bytes(content), key) for source, content, key in await cursor.fetchall()}
        rows = []
        for source, record in keyed:
            patient = self._known(record.patient, record.place)
            text = encode_note(record.title, record.text)
            classes = sorted(map(str, record.classes))
            head = f"{patient} {record.written_at.isoformat()} {record.kind} {','.join(classes)} "
            digest = self._content_digest("document", head, text)
            before, key = stored.get(source, (None, None))
            self._count(record.source_id, digest != before)
            if digest == before:
                continue
            key = key or self.new_id()
            sealed = self.sealer.seal(self.tenant, patient, key, DOCUMENT_NAME, text)
            rows.append((key, self.tenant, patient, record.written_at, source, digest, sealed, record.kind, classes))
        async with self.connection.cursor() as cursor:
            await cursor.executemany(
                """INSERT INTO document
                       (id, tenant, patient, written_at, source_digest, content_digest, sealed, kind, classes)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (id) DO UPDATE SET patient = excluded.patient,
                       written_at = excluded.written_at, content_digest = excluded.content_digest,
                       sealed = excluded.sealed, kind = excluded.kind, classes = excluded.classes""",
                rows,
            )

    async def _relations(self, records: tuple[CareRelationRecord, ...]) -> None:
        """Each resource's relations replace those it stated before; what it no longer says is gone."""
        keyed = [(self._origin(record.source_id), record) for record in records]
        stored = await self._stored_relations([origin for origin, _ in keyed])
        stale, rows = [], []
        for origin, record in keyed:
            # Only a statement needs its patient: a Patient resource without any has just been stored.
            patient = self._known(record.patient, record.place)
            wanted = {(patient, r.practitioner, str(r.source), r.starts_at, r.ends_at) for r in record.relations}
            differs = wanted != stored.get(origin, set())
            self._count(record.source_id, differs)
            if differs:
                stale.append(origin)
                rows += [(self.tenant, *relation, origin) for relation in wanted]
        await self._forget_relations(stale)
        async with self.connection.cursor() as cursor:
            await cursor.executemany(
                """INSERT INTO care_relation
                       (tenant, patient, practitioner, source, starts_at, ends_at, origin)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                rows,
            )

    async def _stored_relations(self, origins: list[bytes]) -> dict[bytes, set[tuple[object, ...]]]:
        cursor = await self.connection.execute(
            "SELECT origin, patient, practitioner, source, starts_at, ends_at FROM care_relation"
            " WHERE tenant = %s AND origin = ANY(%s)",
            [self.tenant, origins],
        )
        stored: dict[bytes, set[tuple[object, ...]]] = {}
        for origin, *relation in await cursor.fetchall():
            stored.setdefault(bytes(origin), set()).add(tuple(relation))
        return stored

    async def _retract(self, source_ids: tuple[str, ...]) -> None:
        digests = [self._origin(source_id) for source_id in source_ids]
        await self._forget_relations(digests)
        await self.connection.execute(
            "DELETE FROM document WHERE tenant = %s AND source_digest = ANY(%s)", [self.tenant, digests]
        )

    async def _forget_relations(self, origins: list[bytes]) -> None:
        await self.connection.execute(
            "DELETE FROM care_relation WHERE tenant = %s AND origin = ANY(%s)", [self.tenant, origins]
        )

    def _confirmation(self, patient: UUID, record: PatientRecord) -> bytes | None:
        if record.birth_date is None:
            return None
        return confirmation_digest(self.mac, self.tenant, patient, record.birth_date.isoformat())

    def _known(self, source_id: str, place: Place) -> PatientRef:
        patient = self.patients.get(source_id)
        if patient is None:
            where = place.at("subject")
            raise ImportFailedError(f"{where}: this patient is not known here.", param=place.name)
        return patient

    def _count(self, source_id: str, changed: bool) -> None:
        """A resource with two parts (a Patient and his practitioners) changed if either did."""
        self.changed[source_id] = self.changed.get(source_id, False) or changed

    def _source_digest(self, source_id: str) -> bytes:
        """Its own label, apart from what callers may say: a number can never take a patient's place."""
        return self.mac.digest(None, "source", handle_text(source_id))

    def _origin(self, source_id: str) -> bytes:
        return self.mac.digest(self.tenant, "origin", source_id)

    def _content_digest(self, label: str, *parts: str | bytes) -> bytes:
        text = "".join(part if isinstance(part, str) else part.decode() for part in (_FORM, *parts))
        return self.mac.digest(self.tenant, label, text)


async def _row(connection: Connection, query: LiteralString, *values: object) -> TupleRow | None:
    cursor = await connection.execute(query, values)
    return await cursor.fetchone()
