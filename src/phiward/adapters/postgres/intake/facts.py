"""Structured facts: the new are inserted, the changed resealed as their next version, what is unsaid now is gone."""

from collections.abc import Iterable, Sequence

from phiward.adapters.postgres.intake.work import Work
from phiward.domain.patients import PatientRef
from phiward.records.decode import FACT_NAME, encode_saying
from phiward.records.results import FactRecord


async def store_facts(work: Work, records: Sequence[FactRecord], documents: Iterable[str]) -> None:
    """`documents` are source ids of documents of this file: facts that one stated before and no longer states go.

    Raises ImportFailedError when a patient is not known.
    """
    keyed = [(work.origin(record.source_id), record) for record in _about_somebody(work, records)]
    origins = [origin for origin, _ in keyed]
    cursor = await work.connection.execute(
        "SELECT source_digest, patient, content_digest, id, version FROM fact"
        " WHERE tenant = %s AND source_digest = ANY(%s)",
        [work.tenant, origins],
    )
    stored = {(bytes(origin), patient): rest for origin, patient, *rest in await cursor.fetchall()}
    rows: list[tuple[object, ...]] = []
    said = set()
    for origin, record in keyed:
        patient, saying = work.known(record.patient, record.place), record.saying
        said.add((origin, patient))
        text, classes = encode_saying(saying), sorted(map(str, saying.classes))
        head = f"{patient} {saying.kind} {saying.effective_at} {saying.read_as} {','.join(classes)} {record.trust} "
        digest = work.content_digest("fact", head, text)
        before, key, version = stored.get((origin, patient), (None, None, 0))
        same = before is not None and bytes(before) == digest
        work.count(record.source_id, not same)
        if same:
            continue
        key = key or work.new_id()
        part_of = None if record.part_of is None else work.origin(record.part_of)
        sealed = work.sealer.seal(work.tenant, patient, key, FACT_NAME, text)
        when = saying.effective_at, str(saying.read_as), classes, record.trust
        rows.append((key, work.tenant, patient, version + 1, saying.kind, *when, origin, part_of, digest, sealed))
    await _forget_unsaid(work, origins, said, [work.origin(one) for one in documents])
    async with work.connection.cursor() as inserting:
        await inserting.executemany(
            """INSERT INTO fact (id, tenant, patient, version, kind, effective_at, document_kind, classes, trust,
                                 source_digest, part_of, content_digest, sealed)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind,
                   effective_at = excluded.effective_at, trust = excluded.trust, document_kind = excluded.document_kind,
                   classes = excluded.classes, part_of = excluded.part_of,
                   content_digest = excluded.content_digest, sealed = excluded.sealed""",
            rows,
        )


def _about_somebody(work: Work, records: Sequence[FactRecord]) -> list[FactRecord]:
    """Without those about a second patient who is not stored, where the first is: he has no chart to stand in."""
    known = {record.source_id for record in records if record.patient in work.patients}
    return [one for one in records if one.patient in work.patients or one.source_id not in known]


async def retract_facts(work: Work, origins: list[bytes]) -> None:
    """Take them back, and those that a document taken back had stated."""
    await work.connection.execute(
        "DELETE FROM fact WHERE tenant = %s AND (source_digest = ANY(%s) OR part_of = ANY(%s))",
        [work.tenant, origins, origins],
    )


async def _forget_unsaid(
    work: Work, origins: list[bytes], said: set[tuple[bytes, PatientRef]], parts: list[bytes]
) -> None:
    """A resource that is no longer about a patient, and a document that no longer states a fact, take it back."""
    cursor = await work.connection.execute(
        "SELECT id, source_digest, patient FROM fact"
        " WHERE tenant = %s AND (source_digest = ANY(%s) OR part_of = ANY(%s))",
        [work.tenant, origins, parts],
    )
    gone = [key for key, origin, patient in await cursor.fetchall() if (bytes(origin), patient) not in said]
    await work.connection.execute("DELETE FROM fact WHERE tenant = %s AND id = ANY(%s)", [work.tenant, gone])
