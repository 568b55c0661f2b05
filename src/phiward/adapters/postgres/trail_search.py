"""Searching the log by the auditor, through the indexes of search.sql; what is told is read from the leaves.

Pages by the place where the last one ended, so that entries which come meanwhile move nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import decode_leaf
from phiward.domain.people import PurposeOfUse
from phiward.domain.trail import Names, Place, Search, Trail, TrailEntry, Verdict

PAGE: Final = 50
NUMBERED: Final = "e.leaf_index IS NOT NULL AND e.kind IN ('intent', 'refusal', 'retrieval', 'administration')"
"""As the indexes have it, word for word."""
_OUTCOME: Final = (
    "(SELECT x.leaf FROM audit_entry x"
    " WHERE e.kind = 'intent' AND x.interaction = e.interaction AND x.kind = 'outcome')"
)
COLUMNS: Final = f"e.id, e.tenant, e.interaction, e.kind, e.recorded_at, e.shard, e.leaf_index, e.leaf, {_OUTCOME}"
_ENDED: Final = """o.tenant = %(tenant)s AND o.kind = 'outcome' AND o.leaf_index IS NOT NULL
 AND leaf_text(o.leaf, 'outcome') <> 'released' AND (leaf_text(o.leaf, 'outcome') = 'withheld')::int = """
_VERDICTS: Final = {
    Verdict.ALLOWED: "e.kind IN ('intent', 'retrieval')",
    Verdict.REFUSED: "e.kind = 'refusal'",
    Verdict.WITHHELD: f"e.kind = 'intent' AND {_ENDED}1",
    Verdict.BROKEN_OFF: f"e.kind = 'intent' AND {_ENDED}0",
    Verdict.ADMINISTRATION: "e.kind = 'administration'",
}
_OF_PATIENT: Final = (
    f"WITH mine AS MATERIALIZED (SELECT e.id FROM audit_entry e WHERE {NUMBERED}"  # noqa: S608 - fixed texts
    " AND leaf_patients(e.kind, e.leaf) @> ARRAY[%(patient)s::text]) "
)
"""First of all, whatever else is asked: the planner takes one patient in a hundred for granted, and reads the year."""
_ENDS: Final = frozenset({Verdict.WITHHELD, Verdict.BROKEN_OFF})
"""Every end of a request but `released` is one of them; they are found by the outcome."""
_WAITING: Final = "SELECT count(*) FROM (SELECT FROM audit_entry WHERE leaf_index IS NULL LIMIT 1000) waiting"
_ONE: Final = f"SELECT {COLUMNS} FROM audit_entry e WHERE e.tenant = %(tenant)s AND e.id = %(entry)s"  # noqa: S608
_BESIDE: Final = (
    f"SELECT {COLUMNS} FROM audit_entry e"  # noqa: S608
    " WHERE e.tenant = %(tenant)s AND e.interaction = %(interaction)s AND e.id <> %(entry)s"
    " ORDER BY e.recorded_at, e.kind"
)
_SEALED: Final = "SELECT name FROM audit_addendum WHERE entry = %(entry)s ORDER BY name"
_PEOPLE: Final = "SELECT id, login FROM person WHERE tenant = %(tenant)s AND id = ANY (%(ids)s)"
_LOGIN: Final = "SELECT id FROM person WHERE tenant = %(tenant)s AND login = %(login)s"
_PLACES: Final = "SELECT id, name, vendor FROM destination WHERE tenant = %(tenant)s AND id = ANY (%(ids)s)"


@dataclass(frozen=True, slots=True)
class TrailSearch:
    """`database` is a pool of the auditor. Every method raises StorageError."""

    database: Database

    async def find(self, tenant: UUID, search: Search) -> Trail:
        """At most PAGE entries, the newest first."""
        async with self.database.plain() as connection, connection.transaction():
            await connection.execute("SET LOCAL enable_seqscan = off")  # an index is always the better way here
            cursor = await connection.execute(query(search).encode(), _values(tenant, search), binary=True)
            rows = await cursor.fetchall()
            waiting = await (await connection.execute(_WAITING)).fetchone()
        after = Place(*rows[PAGE - 1][-2:]) if len(rows) > PAGE else None
        return Trail(tuple(_entry(row[:-2]) for row in rows[:PAGE]), after, waiting[0] if waiting else 0)

    async def one(self, tenant: UUID, entry: UUID) -> TrailEntry | None:
        """By its id; None where this organisation has none."""
        rows = await self._rows(_ONE, tenant=tenant, entry=entry)
        return _entry(rows[0]) if rows else None

    async def beside(self, tenant: UUID, entry: TrailEntry) -> tuple[tuple[TrailEntry, ...], tuple[str, ...]]:
        """The others of its interaction by time, and the names of the texts that are sealed beside it."""
        rows = await self._rows(_BESIDE, tenant=tenant, interaction=entry.interaction, entry=entry.id)
        sealed = await self._rows(_SEALED, entry=entry.id)
        return tuple(map(_entry, rows)), tuple(name for (name,) in sealed)

    async def person(self, tenant: UUID, login: str) -> UUID | None:
        """Of this login; None for nobody."""
        if "\x00" in login:  # which no text of PostgreSQL can hold
            return None
        rows = await self._rows(_LOGIN, tenant=tenant, login=login)
        return rows[0][0] if rows else None

    async def names(self, tenant: UUID, entries: Sequence[TrailEntry]) -> Names:
        """Of the people and destinations that these entries speak of."""
        people = {one.person for one in entries if one.person is not None}
        wanted = {one.destination for one in entries if one.destination is not None}
        logins = await self._rows(_PEOPLE, tenant=tenant, ids=list(people)) if people else ()
        places = await self._rows(_PLACES, tenant=tenant, ids=list(wanted)) if wanted else ()
        return Names(dict(logins), {key: f"{name}, {vendor}" for key, name, vendor in places})

    async def _rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.database.plain() as connection:
            return await (await connection.execute(query.encode(), values, binary=True)).fetchall()


def query(search: Search) -> str:
    """The statement of a search: fixed texts alone; what somebody typed is a value.

    What is looked for by its end is found, ordered and paged by the outcomes, which are few where not all went well.
    """
    by_end = search.verdict in _ENDS
    wanted = ["e.tenant = %(tenant)s", NUMBERED]
    if search.person is not None:
        wanted.append("leaf_actor(e.kind, e.leaf) = %(actor)s")
    if search.patient is not None:
        wanted.append("e.id IN (SELECT id FROM mine)")
    if search.purpose is not None:
        wanted.append("e.kind IN ('intent', 'refusal', 'retrieval') AND leaf_text(e.leaf, 'purpose') = %(purpose)s")
        if search.purpose != PurposeOfUse.TREAT:
            wanted.append("leaf_text(e.leaf, 'purpose') <> 'TREAT'")  # as the index has it
    if search.verdict is not None:
        wanted.append(_VERDICTS[search.verdict])
    first = "o" if by_end else "e"
    if search.since is not None:
        wanted.append(f"{first}.recorded_at >= %(since)s")
    if search.until is not None:
        wanted.append(f"{first}.recorded_at < %(until)s")
    if search.before is not None:
        wanted.append(f"({first}.recorded_at, {first}.id) < (%(before)s, %(before_id)s)")
    tables = "audit_entry o JOIN audit_entry e USING (interaction)" if by_end else "audit_entry e"
    of_patient = _OF_PATIENT if search.patient is not None else ""
    return (
        f"{of_patient}SELECT {COLUMNS}, {first}.recorded_at, {first}.id FROM {tables} WHERE {' AND '.join(wanted)}"  # noqa: S608
        f" ORDER BY {first}.recorded_at DESC, {first}.id DESC LIMIT {PAGE + 1}"
    )


def _values(tenant: UUID, search: Search) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "actor": f"person:{search.person}",
        "patient": str(search.patient),
        "purpose": str(search.purpose),
        "since": search.since,
        "until": search.until,
        "before": search.before.at if search.before else None,
        "before_id": search.before.entry if search.before else None,
    }


def _entry(row: tuple[Any, ...]) -> TrailEntry:
    """As the leaf says it. Never raises for what stands in it: one bad entry must not hide the others."""
    key, tenant, interaction, kind, at, shard, index, leaf, outcome = row
    said, ended = _said(leaf), None if outcome is None else _said(outcome)
    whole = said is not None and said["id"] == str(key) and said["tenant"] == str(tenant)
    if said is not None:
        whole = whole and (said["interaction"], said["kind"], said["at"]) == (str(interaction), kind, at)
        interaction, kind, at = UUID(said["interaction"]), said["kind"], said["at"]
    if outcome is not None:
        whole = whole and ended is not None and (ended["interaction"], ended["kind"]) == (str(interaction), "outcome")
    facts = said["facts"] if said else {}
    return TrailEntry(
        key, interaction, kind, at, shard or "", index, facts, ended["facts"] if ended else None, fits=whole
    )  # fmt: skip


def _said(leaf: bytes) -> dict[str, Any] | None:
    """A leaf with its time; None where somebody made it unreadable."""
    try:
        said = decode_leaf(bytes(leaf))
        said["at"] = datetime.fromisoformat(said["at"])
        UUID(said["interaction"])
        good = isinstance(said["facts"], dict) and isinstance(said["kind"], str) and said["at"].tzinfo is not None
        return said if good and {"id", "tenant"} <= said.keys() else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
