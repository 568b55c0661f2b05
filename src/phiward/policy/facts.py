"""What Cedar is told of one request, and nothing more: roles, and whether this person treats the patient."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass

ASK = "ask"
ASK_ABOUT_PATIENT = "ask_about_patient"


@dataclass(frozen=True, slots=True)
class Facts:
    """The entities of one request; equal facts give the same entities, so that parsed ones can be reused."""

    person: UUID
    roles: frozenset[Role]
    tenant: UUID
    patient: PatientRef | None
    in_care: bool


def entities_json(facts: Facts) -> str:
    """The Cedar entities: the person in her roles, and the patient where there is one."""
    person = _uid("Person", str(facts.person))
    roles = [_uid("Role", role) for role in sorted(facts.roles)]
    entities: list[dict[str, Any]] = [{"uid": person, "attrs": {}, "parents": roles}]
    if facts.patient is not None:
        care = [{"__entity": person}] if facts.in_care else []
        entities.append({"uid": _uid("Patient", str(facts.patient)), "attrs": {"in_care_of": care}, "parents": []})
    return json.dumps(entities)


def request(facts: Facts, purpose: PurposeOfUse, destination_class: DestinationClass, now: datetime) -> dict[str, Any]:
    """The Cedar request."""
    if facts.patient is None:
        action, resource = ASK, _uid("Organisation", str(facts.tenant))
    else:
        action, resource = ASK_ABOUT_PATIENT, _uid("Patient", str(facts.patient))
    context = {
        "purpose": {"__entity": _uid("Purpose", purpose)},
        "destination_class": {"__entity": _uid("DestinationClass", destination_class)},
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),  # a datetime by the schema
    }
    return {
        "principal": _uid("Person", str(facts.person)),
        "action": _uid("Action", action),
        "resource": resource,
        "context": json.dumps(context),
    }


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": str(name)}
