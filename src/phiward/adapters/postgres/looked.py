"""Who looked at a patient's record, why it was permitted, and what went where: from the log, by the auditor.

Everything that reads a record through phiward is in the log before it happens (promise 1), so the list is complete for
phiward and for nothing else. Source: 45 CFR 164.528 (accounting of disclosures), 164.312(b).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.domain.office import Look, Looked, Sent
from phiward.domain.vendors import DestinationClass

MOST_ENTRIES: Final = 5_000
"""That one report reads; with more it says that it is cut."""
READING: Final = ("emergency.texts_read", "answer.words_read", "quarantine.read", "grant.reason_read")
"""Acts of administration by which somebody of the house reads words about a patient."""

# By the index of patients over what has its number, and by hand over the few entries that wait for one.
_QUERY = """
WITH mine AS MATERIALIZED (
    SELECT id FROM audit_entry WHERE leaf_index IS NOT NULL
       AND kind IN ('intent', 'refusal', 'retrieval', 'administration')
       AND leaf_patients(kind, leaf) @> ARRAY[%(patient)s::text]
    UNION ALL
    SELECT id FROM audit_entry WHERE leaf_index IS NULL
       AND kind IN ('intent', 'refusal', 'retrieval', 'administration')
       AND leaf_patients(kind, leaf) @> ARRAY[%(patient)s::text]
)
SELECT kind, recorded_at, convert_from(leaf, 'UTF8')::jsonb -> 'facts', leaf_index IS NOT NULL
  FROM audit_entry JOIN mine USING (id)
 WHERE tenant = %(tenant)s AND recorded_at >= %(since)s AND recorded_at < %(until)s
 ORDER BY recorded_at, id LIMIT %(most)s
"""
_PEOPLE = "SELECT id, login, roles FROM person WHERE tenant = %s AND id = ANY (%s)"
_DESTINATIONS = "SELECT id, name, vendor FROM destination WHERE tenant = %s AND id = ANY (%s)"
_REVIEWS = "SELECT id, outcome FROM emergency WHERE tenant = %s AND id = ANY (%s)"


@dataclass(frozen=True, slots=True)
class WhoLooked:
    """`database` is a pool of the auditor."""

    database: Database

    async def at(self, tenant: UUID, patient: UUID, since: datetime, until: datetime) -> Looked:
        """From `since` (inclusive) until `until` (exclusive). Raises StorageError."""
        values = {
            "tenant": tenant, "since": since, "until": until, "patient": str(patient), "most": MOST_ENTRIES + 1,
        }  # fmt: skip
        async with self.database.plain() as connection:
            rows = await (await connection.execute(_QUERY, values)).fetchall()
        found = [(kind, at, facts) for kind, at, facts, _ in rows[:MOST_ENTRIES] if _is_reading(kind, facts, patient)]
        people = {row[0]: row for row in await self._rows(_PEOPLE, tenant, _ids(map(_person, found)))}
        names = {
            row[0]: f"{row[1]}, {row[2]}"
            for row in await self._rows(_DESTINATIONS, tenant, _ids(one[2].get("destination") for one in found))
        }
        emergencies = _ids(one[2].get("emergency") for one in found)
        outcomes = {str(one): outcome for one, outcome in await self._rows(_REVIEWS, tenant, emergencies) if outcome}
        care = [one for one in found if one[0] != "administration"]
        office = [one for one in found if one[0] == "administration"]
        return Looked(
            since, until, _looks(care, people), _sent(care, names), _looks(office, people), len(found),
            len(rows) > MOST_ENTRIES, sum(not row[3] for row in rows), outcomes,
        )  # fmt: skip

    async def _rows(self, query: str, tenant: UUID, wanted: Sequence[UUID]) -> Sequence[tuple[Any, ...]]:
        if not wanted:
            return ()
        async with self.database.plain() as connection:
            return await (await connection.execute(query.encode(), [tenant, wanted])).fetchall()


Found = tuple[str, datetime, Mapping[str, Any]]


def _is_reading(kind: str, facts: Mapping[str, Any], patient: UUID) -> bool:
    """By the leaf, not the index: that one also has acts which name him and read nothing, as grants do."""
    named = str(patient) in (facts.get("patients") or ())
    return named and (kind != "administration" or facts.get("action") in READING)


def _person(found: Found) -> str | None:
    """Of an act of administration, who did it."""
    kind, _, facts = found
    if kind != "administration":
        return facts.get("person")
    scheme, _, name = str(facts.get("actor", "")).partition(":")
    return name if scheme == "person" else None


def _ids(texts: Any) -> list[UUID]:
    return sorted({UUID(one) for one in texts if one})


def _looks(found: Sequence[Found], people: Mapping[UUID, tuple[Any, ...]]) -> tuple[Look, ...]:
    groups: dict[tuple[Any, ...], list[Found]] = {}
    for one in found:
        facts = one[2]
        rule = facts.get("action") or facts.get("rule") or ""
        groups.setdefault((_person(one), rule, facts.get("purpose") or "", facts.get("emergency")), []).append(one)
    made = []
    for (person, rule, purpose, emergency), group in groups.items():
        known = people.get(UUID(person)) if person else None
        documents = {name for _, _, facts in group for name in facts.get("documents") or ()}
        refused = sum(kind == "refusal" for kind, _, _ in group)
        made.append(
            Look(
                UUID(person) if person else UUID(int=0),
                known[1] if known else "the command line",
                tuple(known[2]) if known else (),
                rule,
                purpose,
                UUID(emergency) if emergency else None,
                group[0][1],
                group[-1][1],
                len(group) - refused,
                refused,
                len(documents),
            )
        )
    return tuple(sorted(made, key=lambda one: one.last_at, reverse=True))


def _sent(found: Sequence[Found], names: Mapping[UUID, str]) -> tuple[Sent, ...]:
    groups: dict[tuple[Any, ...], list[Found]] = {}
    for one in found:
        facts = one[2]
        if one[0] == "intent" and facts.get("destination"):
            key = (
                facts["destination"],
                facts.get("destination_class") or "",
                facts.get("baa"),
                facts.get("risk_acceptance") is not None,
                facts.get("transformation") is not None,
            )
            groups.setdefault(key, []).append(one)
    return tuple(
        Sent(
            names.get(UUID(key[0]), "a destination that is gone"),
            key[1],
            key[1] != DestinationClass.SELF_HOSTED,
            UUID(key[2]) if key[2] else None,
            key[3],
            key[4],
            group[0][1],
            group[-1][1],
            len(group),
        )
        for key, group in groups.items()
    )
