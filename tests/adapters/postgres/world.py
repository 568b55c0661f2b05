"""A random hospital in a real database: every fact that makes a relation, and an oracle that knows no SQL."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from phiward.domain.access import DataClass
from phiward.domain.people import Role

DAY = timedelta(days=1)
PAST, NOW_ON, LATER = "over", "in force", "not yet"


@dataclass(frozen=True)
class Someone:
    """A person with a key; `own` is her own record as a patient."""

    id: UUID
    practitioner: str | None
    roles: tuple[Role, ...]
    key: str
    own: UUID | None
    active: bool
    bound: UUID | None


@dataclass
class World:
    """What was drawn, as plain facts: (person, patient, source, start, end)."""

    tenants: list[UUID]
    people: dict[UUID, list[Someone]] = field(default_factory=dict)
    patients: dict[UUID, list[UUID]] = field(default_factory=dict)
    facts: list[tuple[UUID, UUID, str, datetime, datetime | None]] = field(default_factory=list)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def expected(self, who: Someone, now: datetime) -> set[UUID]:
        """The oracle: whom this credential shows at `now`."""
        if not who.active:
            return set()
        seen = {
            patient
            for person, patient, _, start, end in self.facts
            if person == who.id and start <= now and (end is None or now < end)
        }
        return seen & {who.bound} if who.bound else seen


def draw(rng: Random, tenants: int = 2, people: int = 20, patients: int = 50) -> World:
    """A world of several organisations that share practitioner ids and times."""
    world = World([UUID(int=rng.getrandbits(128)) for _ in range(tenants)])
    for tenant in world.tenants:
        _draw_tenant(rng, world, tenant, people, patients)
    return world


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128))


def _span(rng: Random, *, open_end: bool = True) -> tuple[datetime, datetime | None]:
    """A stretch of time: over, in force, or not yet; sometimes without an end."""
    now = datetime.now(UTC)
    start, length = now + timedelta(hours=rng.randint(-400, 100)), timedelta(hours=rng.randint(1, 500))
    return start, None if open_end and rng.random() < 0.3 else start + length


def _later(one: datetime, other: datetime) -> datetime:
    return max(one, other)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [end for end in (one, other) if end is not None]
    return min(known) if known else None


def _draw_tenant(rng: Random, world: World, tenant: UUID, people: int, patients: int) -> None:
    rows = world.rows
    add = lambda table, row: rows.setdefault(table, []).append(row)  # noqa: E731 - one short name for one act
    add("tenant", (tenant, str(tenant)))
    ours = [_uuid(rng) for _ in range(patients)]
    world.patients[tenant] = ours
    for number, patient in enumerate(ours):
        add("patient", (patient, tenant, 1, b"", b"sealed", rng.random() < 0.1))
        add("patient_handle", (tenant, hashlib.sha256(str(number).encode()).digest(), patient))
    staff = []
    for number in range(people):
        own = rng.choice(ours) if rng.random() < 0.15 else None
        bound = rng.choice(ours) if rng.random() < 0.15 else None
        roles = tuple(rng.sample(sorted(Role), rng.randint(1, 3)))
        practitioner = f"Practitioner/{number}" if rng.random() < 0.8 else None
        one = Someone(_uuid(rng), practitioner, roles, f"key-{_uuid(rng)}", own, rng.random() < 0.95, bound)
        staff.append(one)
        add("person", (one.id, tenant, f"p{number}", practitioner, [str(role) for role in roles], one.active, own))
        add("personal_key", (_uuid(rng), one.id, hashlib.sha256(one.key.encode()).digest(), "test", bound))
    world.people[tenant] = staff
    by_practitioner = {one.practitioner: one for one in staff if one.practitioner}
    own_facts: list[tuple[UUID, UUID, str, datetime, datetime | None]] = []
    for _ in range(patients * 3):
        practitioner = f"Practitioner/{rng.randrange(people)}"
        patient, (start, end) = rng.choice(ours), _span(rng)
        source = rng.choice(("CareTeam", "Encounter", "Patient.generalPractitioner", "manual"))
        add("care_relation", (tenant, patient, practitioner, source, start, end, _uuid(rng).bytes))
        if practitioner in by_practitioner:
            own_facts.append((by_practitioner[practitioner].id, patient, source, start, end))
    own_facts += _units(rng, add, tenant, staff, ours)
    world.facts += own_facts
    for _ in range(people):
        person, covers = rng.sample(staff, 2)
        start, end = _span(rng, open_end=False)
        add("cover", (_uuid(rng), tenant, person.id, covers.id, start, end))
        world.facts += [
            (person.id, patient, "Cover", _later(start, began), _earlier(end, over))
            for owner, patient, _, began, over in own_facts
            if owner == covers.id
        ]
    for _ in range(people * 2):
        person, approver = rng.sample(staff, 2)
        patient, (start, end) = rng.choice(ours), _span(rng, open_end=False)
        kind = rng.choice(("manual", "proxy", "emergency"))
        classes = [str(one) for one in rng.sample(sorted(DataClass), rng.randint(0, 2))]
        revoked = start + timedelta(hours=rng.randint(1, 200)) if rng.random() < 0.2 else None
        by = None if kind == "emergency" else approver.id
        add("access_grant", (_uuid(rng), tenant, kind, person.id, patient, classes, "drawn", by, start, end, revoked))
        world.facts.append((person.id, patient, kind, start, _earlier(end, revoked)))
    world.facts += [(one.id, one.own, "self", datetime.min.replace(tzinfo=UTC), None) for one in staff if one.own]


def _units(
    rng: Random, add: Any, tenant: UUID, staff: Sequence[Someone], ours: Sequence[UUID]
) -> list[tuple[UUID, UUID, str, datetime, datetime | None]]:
    made = []
    for number in range(4):
        unit, kind = _uuid(rng), rng.choice(("department", "panel"))
        add("unit", (unit, tenant, f"unit {number}", kind))
        members = [(one, rng.random() < 0.3, *_span(rng, open_end=False)) for one in rng.sample(list(staff), 4)]
        theirs = [(patient, *_span(rng)) for patient in rng.sample(list(ours), 6)]
        for one, on_call, start, end in members:
            add("unit_member", (_uuid(rng), tenant, unit, one.id, on_call, start, end))
        for patient, start, end in theirs:
            add("unit_patient", (_uuid(rng), tenant, unit, patient, start, end))
        made += [
            (one.id, patient, "OnCall" if on_call else kind.capitalize(), _later(start, began), _earlier(end, over))
            for one, on_call, start, end in members
            for patient, began, over in theirs
        ]
    return made


COLUMNS = {
    "tenant": "id, name",
    "patient": "id, tenant, version, content_digest, sealed, restricted",
    "patient_handle": "tenant, digest, patient",
    "person": "id, tenant, login, practitioner, roles, active, own_patient",
    "personal_key": "id, person, digest, label, bound_patient, expires_at",
    "care_relation": "tenant, patient, practitioner, source, starts_at, ends_at, origin",
    "unit": "id, tenant, name, kind",
    "unit_member": "id, tenant, unit, person, on_call, starts_at, ends_at",
    "unit_patient": "id, tenant, unit, patient, starts_at, ends_at",
    "cover": "id, tenant, person, covers, starts_at, ends_at",
    "access_grant": "id, tenant, kind, person, patient, classes, basis, approver, starts_at, ends_at, revoked_at",
}


def settle(world: World, admin: str) -> None:
    """Put every fact into the database, past every policy."""
    with psycopg.connect(admin, options="-c search_path=phiward") as connection, connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            rows = world.rows.get(table, [])
            if table == "personal_key":
                rows = [(*row, datetime.now(UTC) + DAY) for row in rows]
            places = ", ".join(["%s"] * len(columns.split(",")))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})".encode(), rows)  # noqa: S608
