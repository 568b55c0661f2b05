"""What an administrator changes and lists: codes, and rows without anything about a patient but an opaque id.

Times are UTC and aware; a start is inclusive, an end exclusive, and an end of None is open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from phiward.domain.access import DataClass
from phiward.domain.errors import InvalidRequestError

LONGEST_GRANT = timedelta(days=366)
"""From its start to its end: who needs it longer has it approved again."""


class UnknownIdError(InvalidRequestError):
    """An id that names nothing in this organisation: unknown, ended and another organisation's alike."""

    code = "not_found"
    advice = "Check the id; the lists of the same organisation show every one that is in force."

    def __init__(self, param: str) -> None:
        """Always the same words; `param` names the place, never the id."""
        super().__init__("There is nothing of that id here.", param=param)


class UnitKind(StrEnum):
    """What a unit is: its members see its patients either way, but are listed by another word."""

    DEPARTMENT = "department"
    PANEL = "panel"


class ServiceKind(StrEnum):
    """What logs in for itself. A directory gets a token of ours; the others log in at the provider."""

    APPLICATION = "application"
    AI_SYSTEM = "ai_system"
    DIRECTORY = "directory"


class GrantKind(StrEnum):
    """Grants that somebody approves beforehand. The third kind, emergency, is approved afterwards."""

    MANUAL = "manual"
    PROXY = "proxy"


class GrantBasis(StrEnum):
    """Why a grant was given. Source: 45 CFR 164.502(g) for proxies, 164.506(c) for the others."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    POWER_OF_ATTORNEY = "power_of_attorney"
    PERSONAL_REPRESENTATIVE = "personal_representative"
    CONSULT = "consult"
    CARE_TRANSITION = "care_transition"
    QUALITY_REVIEW = "quality_review"
    LEGAL = "legal"


PROXY_BASES = frozenset(
    {GrantBasis.PARENT, GrantBasis.GUARDIAN, GrantBasis.POWER_OF_ATTORNEY, GrantBasis.PERSONAL_REPRESENTATIVE}
)
"""Those of a proxy; the others are those of a manual grant."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when. `starts_at` None is now, by the database's clock."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def refuse_past(self, now: datetime, *, longest: timedelta | None = None) -> None:
        """Raise InvalidRequestError unless it ends after it starts, in the future, and within `longest`.

        With `longest` an end is demanded.
        """
        if any(one is not None and one.tzinfo is None for one in (self.starts_at, self.ends_at)):
            raise InvalidRequestError("A time needs its zone.", param="ends_at")
        if self.ends_at is None:
            if longest is not None:
                raise InvalidRequestError("An end is needed.", param="ends_at")
            return
        start = self.starts_at or now
        if self.ends_at <= max(start, now):
            raise InvalidRequestError("The end must be after the start, and in the future.", param="ends_at")
        if longest is not None and self.ends_at - start > longest:
            raise InvalidRequestError(f"The end is more than {longest.days} days after the start.", param="ends_at")


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person: `linked` to an identity provider or not; `own_patient` is her own record."""

    id: UUID
    login: str
    roles: tuple[str, ...]
    practitioner: str | None
    active: bool
    linked: bool
    own_patient: UUID | None


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A personal key; its text is nowhere."""

    id: UUID
    label: str
    bound_patient: UUID | None
    bound_purpose: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session of a person; its token is nowhere."""

    id: UUID
    kind: str
    service: UUID | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class RelationEntry:
    """A care relation that somebody entered; those of the record are the record's."""

    id: UUID
    practitioner: str
    patient: UUID
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A department or a panel."""

    id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """Who works in a unit; on call only for a time."""

    id: UUID
    person: UUID
    on_call: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitPatientEntry:
    """Who is a patient of a unit."""

    id: UUID
    patient: UUID
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class CoverEntry:
    """Who stands in for whom."""

    id: UUID
    person: UUID
    covers: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class GrantEntry:
    """What somebody approved. The reason stands sealed beside it and is not listed."""

    id: UUID
    kind: str
    person: UUID
    patient: UUID
    classes: tuple[str, ...]
    basis: str
    approver: UUID | None
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """The patient's own word on a class of data, for a purpose of use."""

    id: UUID
    patient: UUID
    data_class: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service: it acts only on behalf of a person."""

    id: UUID
    client_id: str
    name: str
    kind: str
    active: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What is asked of `grants.add`. `reason` is in somebody's own words, and is sealed before it is stored."""

    kind: GrantKind
    person: UUID
    patient: UUID
    basis: GrantBasis
    approver: UUID
    reason: str
    span: Span
    classes: frozenset[DataClass] = frozenset()

    def __repr__(self) -> str:
        return f"NewGrant({self.kind}, …)"


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One reason why a person may see a patient, in force now.

    `closed_by_flag`: the record is restricted, and this relation does not name the patient to her herself, so it
    opens nothing.
    """

    person: UUID
    login: str
    roles: tuple[str, ...]
    patient: UUID
    source: str
    starts_at: datetime
    ends_at: datetime | None
    grant: UUID | None
    basis: str | None
    approver: UUID | None
    classes: tuple[str, ...]
    restricted: bool
    closed_by_flag: bool
