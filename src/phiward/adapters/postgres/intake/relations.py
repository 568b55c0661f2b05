"""Care relations: those of each resource replace what it stated before; what it no longer says is gone."""

from collections.abc import Sequence

from phiward.adapters.postgres.intake.work import Work
from phiward.records.results import CareRelationRecord


async def store_relations(work: Work, records: Sequence[CareRelationRecord]) -> None:
    """Raises ImportFailedError when a patient is not known."""
    keyed = [(work.origin(record.source_id), record) for record in records]
    stored = await _stored(work, [origin for origin, _ in keyed])
    stale, rows = [], []
    for origin, record in keyed:
        # Only a statement needs its patient: a Patient resource without any has just been stored.
        patient = work.known(record.patient, record.place)
        wanted = {(patient, r.practitioner, str(r.source), r.starts_at, r.ends_at) for r in record.relations}
        differs = wanted != stored.get(origin, set())
        work.count(record.source_id, differs)
        if differs:
            stale.append(origin)
            rows += [(work.tenant, *relation, origin) for relation in wanted]
    await retract_relations(work, stale)
    async with work.connection.cursor() as cursor:
        await cursor.executemany(
            """INSERT INTO care_relation
                   (tenant, patient, practitioner, source, starts_at, ends_at, origin)
               VALUES (%s, %s, %s, %s, %s, %s, %s)""",
            rows,
        )


async def retract_relations(work: Work, origins: list[bytes]) -> None:
    """Take back what these resources stated."""
    await work.connection.execute(
        "DELETE FROM care_relation WHERE tenant = %s AND origin = ANY(%s)", [work.tenant, origins]
    )


async def _stored(work: Work, origins: list[bytes]) -> dict[bytes, set[tuple[object, ...]]]:
    cursor = await work.connection.execute(
        "SELECT origin, patient, practitioner, source, starts_at, ends_at FROM care_relation"
        " WHERE tenant = %s AND origin = ANY(%s)",
        [work.tenant, origins],
    )
    stored: dict[bytes, set[tuple[object, ...]]] = {}
    for origin, *relation in await cursor.fetchall():
        stored.setdefault(bytes(origin), set()).add(tuple(relation))
    return stored
