"""What Cedar is told of one request, and nothing more: the person in her roles, and what stands beside the patient."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from phiward.domain.access import (
    CARE,
    DIRECT_CARE,
    DataClass,
    DocumentField,
    DocumentKind,
    Relation,
    RelationSource,
    Standing,
)
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.scopes import may_read

ASK = "ask"
ASK_ABOUT_PATIENT = "ask_about_patient"
READ_DOCUMENT = "read_document"

Label = tuple[DocumentKind, frozenset[DataClass]]
"""All that the policies know of a document: its kind and its classes."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The entities of one request; equal facts give the same entities, so that parsed ones can be reused.

    `care` to `emergency`: which kinds of relation are in force now. See `schema.cedarschema` for each word.
    """

    person: UUID
    roles: frozenset[Role]
    tenant: UUID
    patient: PatientRef | None = None
    in_care: bool = False
    direct_care: bool = False
    own: bool = False
    proxy: bool = False
    emergency: bool = False
    restricted: bool = False


def facts_of(caller: Caller, patient: PatientRef | None, relations: Iterable[Relation], restricted: bool) -> Facts:
    """`relations` are those in force."""
    if patient is None:
        return Facts(caller.person, caller.roles, caller.tenant)
    sources = {one.source for one in relations}
    return Facts(
        caller.person,
        caller.roles,
        caller.tenant,
        patient,
        in_care=not CARE.isdisjoint(sources),
        direct_care=not DIRECT_CARE.isdisjoint(sources),
        own=RelationSource.SELF in sources,
        proxy=RelationSource.PROXY in sources,
        emergency=RelationSource.EMERGENCY in sources,
        restricted=restricted,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """The classes that consents open for this purpose, and those that grants name."""

    consented: frozenset[DataClass] = frozenset()
    granted: frozenset[DataClass] = frozenset()


def opened(standing: Standing, relations: Iterable[Relation], purpose: PurposeOfUse) -> Opened:
    """A grant opens its classes on its own way only: a proxy's for a patient's request, any other for care.

    What an emergency opens is a matter of the policies, not of its grant.
    """
    proxy = purpose is PurposeOfUse.PATRQT
    counting = [one for one in relations if (one.source is RelationSource.PROXY if proxy else one.source in CARE)]
    return Opened(
        frozenset(one.data_class for one in standing.consents if one.purpose == purpose),
        frozenset(name for one in counting for name in one.classes),
    )


def entities_json(facts: Facts, labels: Iterable[Label] = ()) -> str:
    """The Cedar entities: the person in her roles, the patient where there is one, and a document of each label."""
    person = _uid("Person", str(facts.person))
    roles = [_uid("Role", role) for role in sorted(facts.roles)]
    entities: list[dict[str, Any]] = [{"uid": person, "attrs": {}, "parents": roles}]
    if facts.patient is not None:
        stands = _standing(facts, {"__entity": person})
        entities.append({"uid": _uid("Patient", str(facts.patient)), "attrs": stands, "parents": []})
        for label in labels:
            kind, classes = label
            attrs = {**stands, "kind": _entity("DocumentKind", kind), "classes": _classes(classes)}
            entities.append({"uid": _uid("Document", _name(label)), "attrs": attrs, "parents": []})
    return json.dumps(entities)


def question(
    caller: Caller,
    facts: Facts,
    purpose: PurposeOfUse,
    destination_class: DestinationClass,
    now: datetime,
) -> dict[str, Any]:
    """The Cedar request of a question, about the patient or without one."""
    if facts.patient is None:
        action, resource = ASK, _uid("Organisation", str(facts.tenant))
    else:
        action, resource = ASK_ABOUT_PATIENT, _uid("Patient", str(facts.patient))
    context = _circumstances(caller, purpose, destination_class, now, may_read(caller))
    return _request(facts, action, resource, context)


def readings(
    caller: Caller,
    facts: Facts,
    classes: Opened,
    labels: Iterable[Label],
    purpose: PurposeOfUse,
    destination_class: DestinationClass,
    now: datetime,
) -> list[dict[str, Any]]:
    """The Cedar requests to read each field of a document of each label, in that order."""
    told = {"consented": _classes(classes.consented), "granted": _classes(classes.granted)}
    made = []
    for label in labels:
        context = _circumstances(caller, purpose, destination_class, now, may_read(caller, label[0])) | told
        resource = _uid("Document", _name(label))
        made += [
            _request(facts, READ_DOCUMENT, resource, {**context, "field": _entity("DocumentField", field)})
            for field in DocumentField
        ]
    return made


def act(caller: Caller, facts: Facts, action: str, *, own: bool, step_up: bool, now: datetime) -> dict[str, Any]:
    """The Cedar request of an administrative act."""
    context = {**_asker(caller, now), "own": own, "step_up": step_up}
    return _request(facts, action, _uid("Organisation", str(facts.tenant)), context)


def _circumstances(
    caller: Caller, purpose: PurposeOfUse, destination_class: DestinationClass, now: datetime, reads: bool
) -> dict[str, Any]:
    return {
        **_asker(caller, now),
        "purpose": _entity("Purpose", purpose),
        "destination_class": _entity("DestinationClass", destination_class),
        "may_read": reads,
    }


def _asker(caller: Caller, now: datetime) -> dict[str, Any]:
    return {
        "credential": _entity("Credential", caller.kind),
        "acting_service": caller.service is not None,
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),  # a datetime by the schema
    }


def _request(facts: Facts, action: str, resource: dict[str, str], context: dict[str, Any]) -> dict[str, Any]:
    return {
        "principal": _uid("Person", str(facts.person)),
        "action": _uid("Action", action),
        "resource": resource,
        "context": json.dumps(context),
    }


def _standing(facts: Facts, person: dict[str, Any]) -> dict[str, Any]:
    held = {
        "in_care_of": facts.in_care,
        "direct_care_of": facts.direct_care,
        "self": facts.own,
        "proxies": facts.proxy,
        "emergency": facts.emergency,
    }
    return {**{name: [person] if holds else [] for name, holds in held.items()}, "restricted": facts.restricted}


def _classes(classes: Iterable[DataClass]) -> list[dict[str, Any]]:
    return [_entity("DataClass", one) for one in sorted(classes)]


def _name(label: Label) -> str:
    kind, classes = label
    return f"{kind}:{','.join(sorted(classes))}"


@lru_cache(256)  # words of closed lists; callers never change what they get
def _entity(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": _uid(kind, name)}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": str(name)}
