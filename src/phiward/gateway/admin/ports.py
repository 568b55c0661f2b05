"""What the admin API needs from outside, as Protocols; the adapters and the policy implement them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from phiward.domain import administration as rows
from phiward.domain.access import DataClass
from phiward.domain.acts import AdministrativeAct
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret
from phiward.domain.verdict import Verdict


class Door(Protocol):
    """Who holds a credential."""

    async def caller(self, authorization: str | None) -> Caller:
        """By the header Authorization. Raises NotAuthenticatedError, StorageError."""


class Judge(Protocol):
    """The policy on administrative acts."""

    def decide_act(self, caller: Caller, act: AdministrativeAct, now: datetime, /, *, own: bool = False) -> Verdict:
        """Whether she may; `own`: about her own record, or of whom she is proxy."""


class RuleEntry(Protocol):
    """A rule of the policies."""

    @property
    def id(self) -> str:
        """Its id, as the log repeats it."""

    @property
    def effect(self) -> str:
        """permit or forbid."""

    @property
    def reason(self) -> str:
        """In plain words."""


class Issued(Protocol):
    """A key or token that was just made."""

    @property
    def id(self) -> UUID:
        """Of the key."""

    @property
    def text(self) -> Secret:
        """Shown this once."""

    @property
    def expires_at(self) -> datetime:
        """UTC."""


class Registry(Protocol):
    """People and their keys (adapters.postgres.registry). Raises InvalidRequestError, PatientNotFoundError."""

    async def add_person(
        self, tenant: TenantId, login: str, roles: Collection[Role], practitioner: str | None
    ) -> PersonId:
        """A new person."""

    async def deactivate_person(self, tenant: TenantId, person: PersonId) -> None:
        """For good."""

    async def issue_key(
        self,
        tenant: TenantId,
        person: PersonId,
        lifetime: timedelta,
        label: str,
        *,
        bound_patient: PatientRef | None = None,
        bound_purpose: PurposeOfUse | None = None,
    ) -> Issued:
        """A new key."""

    async def revoke_key(self, tenant: TenantId, key: UUID) -> None:
        """From the next request on."""

    async def patient_by_reference(self, tenant: TenantId, reference: str) -> PatientRef:
        """The one patient whom a reference names."""


class People(Protocol):
    """Roles, links, keys and sessions. Raises UnknownIdError, InvalidRequestError."""

    async def people(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.PersonEntry]:
        """A page of persons."""

    async def person(self, tenant: UUID, person: UUID) -> rows.PersonEntry:
        """One person."""

    async def keys(self, tenant: UUID, person: UUID, after: UUID, limit: int) -> Sequence[rows.KeyEntry]:
        """A page of her keys."""

    async def sessions(self, tenant: UUID, person: UUID, after: UUID, limit: int) -> Sequence[rows.SessionEntry]:
        """A page of her sessions."""

    async def set_roles(self, tenant: UUID, person: UUID, roles: Collection[Role]) -> tuple[str, ...]:
        """Exactly these."""

    async def link_provider(self, tenant: UUID, person: UUID, issuer: str | None, subject: str | None) -> None:
        """To the identity provider."""

    async def set_email(self, tenant: UUID, person: UUID, email: str | None) -> None:
        """For alerts."""

    async def set_own_record(self, tenant: UUID, person: UUID, patient: UUID | None) -> None:
        """As a patient."""

    async def refuse_foreign_key(self, tenant: UUID, person: UUID, key: UUID) -> None:
        """Raise UnknownIdError unless it is hers."""

    async def end_sessions(self, tenant: UUID, person: UUID) -> int:
        """All of them."""


class Units(Protocol):
    """Units and cover. Raises UnknownIdError, PatientNotFoundError, InvalidRequestError."""

    async def units(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.UnitEntry]:
        """A page of units."""

    async def add_unit(self, tenant: UUID, name: str, kind: rows.UnitKind) -> UUID:
        """A new unit."""

    async def members(self, tenant: UUID, unit: UUID, after: UUID, limit: int) -> Sequence[rows.MemberEntry]:
        """A page of members."""

    async def add_member(
        self, tenant: UUID, unit: UUID, person: UUID, span: rows.Span, *, on_call: bool = False
    ) -> UUID:
        """A membership."""

    async def end_member(self, tenant: UUID, member: UUID, unit: UUID | None = None) -> None:
        """Now."""

    async def patients(self, tenant: UUID, unit: UUID, after: UUID, limit: int) -> Sequence[rows.UnitPatientEntry]:
        """A page of patients."""

    async def add_patient(self, tenant: UUID, unit: UUID, patient: UUID, span: rows.Span) -> UUID:
        """A patient's time in the unit."""

    async def end_patient(self, tenant: UUID, place: UUID, unit: UUID | None = None) -> None:
        """Now."""

    async def covers(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.CoverEntry]:
        """A page of covers."""

    async def add_cover(self, tenant: UUID, person: UUID, covers: UUID, span: rows.Span) -> UUID:
        """A cover."""

    async def end_cover(self, tenant: UUID, cover: UUID) -> None:
        """Now."""


class Grants(Protocol):
    """Relations, grants, consents, the flag. Raises UnknownIdError, PatientNotFoundError, InvalidRequestError."""

    async def relations(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.RelationEntry]:
        """A page of entered relations."""

    async def add_relation(self, tenant: UUID, person: UUID, patient: UUID, span: rows.Span) -> UUID:
        """A relation."""

    async def end_relation(self, tenant: UUID, relation: UUID) -> None:
        """Now."""

    async def grants(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.GrantEntry]:
        """A page of grants."""

    async def add_grant(self, tenant: UUID, asked: rows.NewGrant) -> UUID:
        """A grant."""

    async def revoke_grant(self, tenant: UUID, grant: UUID) -> None:
        """Now."""

    async def consents(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.ConsentEntry]:
        """A page of consents."""

    async def add_consent(
        self, tenant: UUID, patient: UUID, data_class: DataClass, purpose: PurposeOfUse, span: rows.Span
    ) -> UUID:
        """A consent."""

    async def revoke_consent(self, tenant: UUID, consent: UUID) -> None:
        """Now."""

    async def set_restricted(self, tenant: UUID, patient: UUID, restricted: bool) -> bool:
        """Returns what it was."""


class Services(Protocol):
    """Services. Raises UnknownIdError, InvalidRequestError."""

    async def services(self, tenant: UUID, after: UUID, limit: int) -> Sequence[rows.ServiceEntry]:
        """A page of services."""

    async def add(self, tenant: UUID, client_id: str, name: str, kind: rows.ServiceKind) -> tuple[UUID, Issued | None]:
        """A service, and a directory's token."""

    async def deactivate(self, tenant: UUID, service: UUID) -> None:
        """For good."""


class Access(Protocol):
    """The parts (adapters.postgres.access_registry)."""

    @property
    def people(self) -> People:
        """Persons."""

    @property
    def units(self) -> Units:
        """Units and cover."""

    @property
    def grants(self) -> Grants:
        """Relations, grants, consents, the flag."""

    @property
    def services(self) -> Services:
        """Services."""


class Reports(Protocol):
    """The access report. Raises UnknownIdError, PatientNotFoundError."""

    async def who_may_see(self, tenant: UUID, patient: UUID) -> Sequence[rows.AccessRow]:
        """Everyone, with every reason."""

    async def what_may_be_seen_by(self, tenant: UUID, person: UUID) -> Sequence[rows.AccessRow]:
        """Every patient, with every reason."""


class Desk(Protocol):
    """Everything that one person may change, with her name in each entry of the log."""

    @property
    def registry(self) -> Registry:
        """People and keys."""

    @property
    def access(self) -> Access:
        """Access."""

    @property
    def reports(self) -> Reports:
        """The access report."""

    async def refused(self, tenant: TenantId, act: AdministrativeAct, rule: str) -> None:
        """Put a refusal by policy on record. Raises StorageError."""
