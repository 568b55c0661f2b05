"""Stores what one clinical file says, as the registrar: one transaction, all of it or nothing.

In order: lock the organisation's row (imports of one organisation follow one another), find or make the patients,
replace what changed of them, then documents, facts and care relations, then what is taken back. Whatever has the same
keyed content digest as before is left alone, so that the same file twice changes nothing.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.intake.documents import outdated, retract_documents, store_documents
from phiward.adapters.postgres.intake.facts import retract_facts, store_facts
from phiward.adapters.postgres.intake.patients import find_patients, store_patients
from phiward.adapters.postgres.intake.relations import retract_relations, store_relations
from phiward.adapters.postgres.intake.work import Work
from phiward.domain.errors import StorageError
from phiward.domain.ports import NewId
from phiward.records.account import Account, tally
from phiward.records.ports import Mac, Sealer
from phiward.records.results import ParsedFile

DOUBTED = "a summary gives another date of birth than is stored: it waits for a person, its facts are not taken"


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
            cursor = await connection.execute("SELECT 1 FROM tenant WHERE id = %s FOR UPDATE", [tenant])
            if await cursor.fetchone() is None:
                raise StorageError("There is no such organisation.")
            return await _store(Work(connection, tenant, self._sealer, self._mac, self._new_id), parsed)

    async def take_back(self, tenant: UUID, origins: Sequence[bytes]) -> int:
        """Take back the documents of these keyed digests of source ids; how many there were. Raises StorageError."""
        async with self._database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                "SELECT count(*) FROM document WHERE tenant = %s AND source_digest = ANY(%s)", [tenant, list(origins)]
            )
            row = await cursor.fetchone()
            work = Work(connection, tenant, self._sealer, self._mac, self._new_id)
            await retract_documents(work, list(origins))
            await retract_facts(work, list(origins))
        return int(row[0]) if row else 0


async def _store(work: Work, parsed: ParsedFile) -> Account:
    about = (parsed.documents, parsed.relations, parsed.facts)
    named = {one.source_id for one in parsed.patients} | {one.patient for records in about for one in records}
    await find_patients(work, named)
    await store_patients(work, parsed.patients)
    old = await outdated(work, parsed.documents)
    documents = [one for one in parsed.documents if one.source_id not in old]
    for source_id in old:
        work.count(source_id, False)
    await store_documents(work, documents)
    facts = [one for one in parsed.facts if one.part_of not in old and one.patient not in work.doubted]
    await store_facts(work, facts, [one.source_id for one in documents])
    await store_relations(work, [one for one in parsed.relations if one.patient not in work.doubted])
    origins = [work.origin(source_id) for source_id in parsed.retracted]
    await retract_documents(work, origins)
    await retract_facts(work, origins)
    await retract_relations(work, origins)
    imported, unchanged = work.tallied()
    unresolved = {**parsed.unresolved, **({DOUBTED: len(work.doubted)} if work.doubted else {})}
    return Account(tally(imported, unchanged, parsed.skipped).types, unresolved)
