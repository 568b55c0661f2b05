"""Scopes and launch context of SMART App Launch 2.2.0: which patient a session is bound to, and may it read.

A scope opens nothing: it narrows what the person may see anyway. What we cannot enforce (a scope narrowed
by a search parameter) therefore allows nothing, and what cannot be read is refused. Source: SMART App
Launch 2.2.0, Scopes and Launch Context.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from phiward.domain.errors import NotPermittedError

RULE: Final = "smart_launch"
ANY: Final = "*"

_LEVEL = re.compile(r"(patient|user|system)/")
_SCOPE = re.compile(
    r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|(?=[cruds])c?r?u?d?s?)(\?[^?\s]{1,512})?", re.ASCII
)
_VERSION_1: Final = {"read": "rs", "write": "cud", "*": "cruds"}


class Level(StrEnum):
    """Whose data a scope speaks of."""

    PATIENT = "patient"
    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """One scope for FHIR resources: `resource` is a type or `*`, `interactions` a subset of `cruds` in order.

    `narrowed`: a search parameter restricts it further.
    """

    level: Level
    resource: str
    interactions: str
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """What the scopes of a session say.

    `patient` is the FHIR id that the session must be bound to, None where it need not be. `readable` are
    the FHIR types that may be read, `*` for all; None where no SMART scope speaks of resources, so that the
    scopes limit nothing.
    """

    patient: str | None = field(repr=False)
    readable: frozenset[str] | None

    @property
    def bound(self) -> bool:
        """Whether the session serves one patient only."""
        return self.patient is not None

    @property
    def may_read(self) -> bool:
        """Whether records may be read at all."""
        return self.readable is None or bool(self.readable)

    def reads(self, resource: str) -> bool:
        """Whether records of a FHIR type, such as DocumentReference, may be read."""
        return self.readable is None or ANY in self.readable or resource in self.readable


def parse_scope(scope: str) -> ResourceScope | None:
    """Read one scope; None when it does not speak of resources, as `openid` and `launch/patient`.

    Raises NotPermittedError for one that begins as a scope for resources and is none, such as
    `patient/Observation.sr`: interactions out of order are undefined.
    """
    if _LEVEL.match(scope) is None:
        return None
    found = _SCOPE.fullmatch(scope)
    if found is None:
        raise NotPermittedError("A SMART scope of this token cannot be read.", rule=RULE)
    level, resource, interactions, narrowed = found.groups()
    return ResourceScope(Level(level), resource, _VERSION_1.get(interactions, interactions), narrowed is not None)


def parse_launch(scopes: Collection[str], patient: str | None, *, of_service: bool = False) -> Launch:
    """What a token's scopes and its launch parameter `patient` say.

    A launch in the context of a patient binds the session to that patient, whatever the scopes: narrower
    than SMART asks, which leaves user-level scopes open. System-level scopes are a service's; they count
    only for one (`of_service`), and user- and patient-level scopes only for a person. Raises
    NotPermittedError (rule `smart_launch`) for a patient-level scope without a patient, and for a scope
    that cannot be read.
    """
    found = [one for one in map(parse_scope, scopes) if one is not None]
    if patient is None and any(one.level is Level.PATIENT for one in found):
        raise NotPermittedError("A patient-level scope came without a patient.", rule=RULE)
    if not found:
        return Launch(patient, None)
    counting = [one for one in found if (one.level is Level.SYSTEM) == of_service and not one.narrowed]
    return Launch(patient, frozenset(one.resource for one in counting if "r" in one.interactions))
