"""What the admin API reads and answers. Frozen; an unknown field is refused; nothing about a patient but ids.

A patient is named by any reference of the record, in a body, never in an address. Times are RFC 3339 with a zone.
"""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from phiward.domain.access import DataClass
from phiward.domain.administration import GrantBasis, GrantKind, ServiceKind, UnitKind
from phiward.domain.people import PurposeOfUse, Role

T = TypeVar("T")
Reference = Annotated[str, Field(min_length=1, max_length=200, description="Any reference of the record to a patient.")]
Label = Annotated[str, Field(min_length=1, max_length=100)]
End = Annotated[AwareDatetime | None, Field(description="Exclusive; null: open.")]
Start = Annotated[AwareDatetime | None, Field(description="Inclusive; null: now.")]


class Model(BaseModel):
    """What all have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Page(Model, Generic[T]):
    """A part of a list, by id. `next` is the cursor of the part after it; null at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Made(Model):
    """The id of what was made."""

    id: UUID


class NewPerson(Model):
    """A person. `practitioner` is the record's own id of her, as care relations name it."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    practitioner: Annotated[str | None, Field(max_length=200)] = None


class Person(Model):
    """A person as listed."""

    id: UUID
    login: str
    roles: tuple[str, ...]
    practitioner: str | None
    active: bool
    linked: bool
    own_patient: UUID | None


class Roles(Model):
    """Exactly these roles."""

    roles: Annotated[frozenset[Role], Field(min_length=1)]


class HeldRoles(Model):
    """The roles that a person now has."""

    roles: tuple[str, ...]


class Links(Model):
    """What is given is set, and null takes it away; what is left out stays. Issuer and subject come together."""

    issuer: Annotated[str | None, Field(max_length=500)] = None
    subject: Annotated[str | None, Field(max_length=255)] = None
    email: Annotated[str | None, Field(max_length=254)] = None
    own_record: Reference | None = None


class NewKey(Model):
    """A personal key."""

    label: Label
    days: Annotated[float, Field(gt=0, le=366)]
    patient: Reference | None = None
    purpose: PurposeOfUse | None = None


class IssuedKey(Model):
    """The key's text, this once."""

    id: UUID
    key: str
    expires_at: AwareDatetime


class Key(Model):
    """A key as listed."""

    id: UUID
    label: str
    bound_patient: UUID | None
    bound_purpose: str | None
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class Session(Model):
    """A session as listed."""

    id: UUID
    kind: str
    service: UUID | None
    created_at: AwareDatetime
    seen_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class EndedSessions(Model):
    """How many sessions were ended."""

    ended: int


class NewRelation(Model):
    """A care relation that the record does not hold."""

    person: UUID
    patient: Reference
    starts_at: Start = None
    ends_at: End = None


class Relation(Model):
    """An entered relation as listed."""

    id: UUID
    practitioner: str
    patient: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None


class NewUnit(Model):
    """A department or a panel."""

    name: Label
    kind: UnitKind


class Unit(Model):
    """A unit as listed."""

    id: UUID
    name: str
    kind: str


class NewMember(Model):
    """A member of a unit; on call only with an end."""

    person: UUID
    on_call: bool = False
    starts_at: Start = None
    ends_at: End = None


class Member(Model):
    """A membership as listed."""

    id: UUID
    person: UUID
    on_call: bool
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None


class NewUnitPatient(Model):
    """A patient of a unit."""

    patient: Reference
    starts_at: Start = None
    ends_at: End = None


class UnitPatient(Model):
    """A patient's time in a unit as listed."""

    id: UUID
    patient: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None


class NewCover(Model):
    """`person` stands in for `covers`."""

    person: UUID
    covers: UUID
    starts_at: Start = None
    ends_at: AwareDatetime


class Cover(Model):
    """A cover as listed."""

    id: UUID
    person: UUID
    covers: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class NewGrant(Model):
    """Who asks approves it, and so cannot be the person. At most 366 days."""

    kind: GrantKind
    person: UUID
    patient: Reference
    basis: GrantBasis
    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Sealed under the patient's key.")]
    starts_at: Start = None
    ends_at: AwareDatetime
    classes: frozenset[DataClass] = frozenset()


class Grant(Model):
    """A grant as listed; its reason is not."""

    id: UUID
    kind: str
    person: UUID
    patient: UUID
    classes: tuple[str, ...]
    basis: str
    approver: UUID | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    revoked_at: AwareDatetime | None


class NewConsent(Model):
    """The patient's word on a class of data, for a purpose."""

    patient: Reference
    data_class: DataClass
    purpose: PurposeOfUse
    starts_at: Start = None
    ends_at: AwareDatetime


class Consent(Model):
    """A consent as listed."""

    id: UUID
    patient: UUID
    data_class: str
    purpose: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    revoked_at: AwareDatetime | None


class Flag(Model):
    """Whether a patient's record is restricted."""

    patient: Reference
    restricted: bool


class FlagSet(Model):
    """What the flag was before."""

    before: bool


class NewService(Model):
    """A service, by its client id at the identity provider."""

    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    name: Label
    kind: ServiceKind = ServiceKind.APPLICATION


class MadeService(Model):
    """The id; and for a directory its token, this once."""

    id: UUID
    token: str | None
    expires_at: AwareDatetime | None


class Service(Model):
    """A service as listed."""

    id: UUID
    client_id: str
    name: str
    kind: str
    active: bool
    expires_at: AwareDatetime | None


class ReportAsked(Model):
    """About a person or about a patient: exactly one."""

    person: UUID | None = None
    patient: Reference | None = None

    @model_validator(mode="after")
    def _one(self) -> "ReportAsked":
        if (self.person is None) == (self.patient is None):
            raise ValueError("exactly one of person and patient")
        return self


class AccessRow(Model):
    """One reason why a person may see a patient."""

    person: UUID
    login: str
    roles: tuple[str, ...]
    patient: UUID
    source: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None
    grant: UUID | None
    basis: str | None
    approver: UUID | None
    classes: tuple[str, ...]
    restricted: bool
    closed_by_flag: bool


class AccessReport(Model):
    """`summary` says in one sentence how many may see, and why."""

    summary: str
    rows: tuple[AccessRow, ...]


class Rule(Model):
    """A rule of the policies, in the order in which they are named."""

    id: str
    effect: str
    reason: str


class Rules(Model):
    """The policies in force."""

    rules: tuple[Rule, ...]


class Document(Model):
    """An OpenAPI 3.1 document, in full."""

    model_config = ConfigDict(frozen=True, extra="allow")

    openapi: str


class Problem(Model):
    """RFC 9457. `instance` is the interaction id, under which the log has it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    param: str | None = None
    rule: str | None = None
    advice: str
