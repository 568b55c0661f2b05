"""A log of many entries for measurements: real leaves of a hospital of 500 people and 20,000 patients, copied in.

Only the copying is not how the gateway writes: entries come with their numbers, and no checkpoint is signed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry, EntryKind
from phiward.domain.people import TenantId

PEOPLE, PATIENTS = 500, 20_000
SHARD = "2026"
WORKER = UUID(int=7)
COPY = (
    "COPY phiward.audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index, shard)"
    " FROM STDIN (FORMAT BINARY)"
)
TYPES = ["uuid", "uuid", "uuid", "text", "uuid", "timestamptz", "bytea", "int8", "text"]


@dataclass(frozen=True)
class LogWorld:
    """Who is in the log: the same seed gives the same ids."""

    tenant: UUID
    people: tuple[UUID, ...]
    patients: tuple[UUID, ...]
    destination: UUID
    until: datetime


def world(tenant: UUID, people: tuple[UUID, ...] = (), patients: tuple[UUID, ...] = ()) -> LogWorld:
    """With made-up people and patients where none are given."""
    chance = random.Random(8)  # noqa: S311 - the same log each time
    made = (tuple(_id(chance) for _ in range(count)) for count in (PEOPLE, PATIENTS))
    invented_people, invented_patients = made
    now = datetime.now(UTC)
    return LogWorld(tenant, people or invented_people, patients or invented_patients, _id(chance), now)


def entries(of: LogWorld, count: int) -> Iterator[Entry]:
    """A year of it, the oldest first: of a hundred, 45 questions with their answers, 6 acts, 4 refusals."""
    chance, tenant = random.Random(9), TenantId(of.tenant)  # noqa: S311 - as above
    at = of.until - timedelta(days=365)
    step = timedelta(days=365) / count
    done = 0
    while done < count:
        kind, interaction = chance.random(), _id(chance)
        person, patient = chance.choice(of.people), chance.choice(of.patients)
        if kind < 0.82:
            yield Entry(_id(chance), tenant, interaction, EntryKind.INTENT, at, _intent(of, chance, person, patient))
            outcome = "released" if chance.random() < 0.98 else chance.choice(["withheld", "client_gone", "unknown"])
            facts = {"outcome": outcome, "milliseconds": 900, "label": "ai_generated_suggestion"}
            yield Entry(_id(chance), tenant, interaction, EntryKind.OUTCOME, at + step, facts)
            at, done = at + step * 2, done + 2
        elif kind < 0.9:
            facts = {**_who(chance, person, patient), "code": "not_permitted", "rule": "default_deny"}
            yield Entry(_id(chance), tenant, interaction, EntryKind.REFUSAL, at, facts)
            at, done = at + step, done + 1
        else:
            facts = {"action": "audit.proved", "actor": f"person:{person}", "entry": str(_id(chance))}
            yield Entry(_id(chance), tenant, interaction, EntryKind.ADMINISTRATION, at, facts)
            at, done = at + step, done + 1


def fill(administrator: str, of: LogWorld, count: int, shard: str = SHARD) -> None:
    """Copy them in, as a superuser, and let the planner look."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for index, one in enumerate(entries(of, count)):
                leaf = encode_leaf(one, WORKER)
                row = (one.id, one.tenant, one.interaction, str(one.kind), WORKER, one.recorded_at, leaf, index, shard)
                copy.write_row(row)
        connection.execute("VACUUM ANALYZE phiward.audit_entry")


def _who(chance: random.Random, person: UUID, patient: UUID) -> dict[str, Any]:
    purpose = "TREAT" if chance.random() < 0.97 else chance.choice(["ETREAT", "HOPERAT", "HRESCH"])
    return {
        "version": "0.1.0", "person": str(person), "credential": str(_id(chance)), "credential_kind": "browser",
        "session": str(_id(chance)), "roles": ["physician"], "patients": [str(patient)],
        "documents": [str(_id(chance)) for _ in range(3)], "document_kinds": {"clinical_note": 3}, "data_classes": [],
        "facts": [], "corpus_documents": [], "passages": 3, "documents_not_shown": 0, "documents_held_back": 0,
        "purpose": purpose, "rule": "treatment_in_care", "trace": [["authenticate", "passed", None, 2]],
    }  # fmt: skip


def _intent(of: LogWorld, chance: random.Random, person: UUID, patient: UUID) -> dict[str, Any]:
    return {
        **_who(chance, person, patient), "destination": str(of.destination), "destination_class": "self_hosted",
        "model": "invented-model", "stream": True, "context_trust": "staff", "risk": 0, "risk_review": False,
        "risk_rules": [], "tools_removed": [], "identifier_classes": {"DATE": 4},
    }  # fmt: skip


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
