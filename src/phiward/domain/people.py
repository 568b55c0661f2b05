"""Who asks: a person of one organisation, with roles, and the credential she showed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)


class Role(StrEnum):
    """The roles of the shipped policies."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    BILLING = "billing"
    RESEARCHER = "researcher"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"
    PATIENT = "patient"
    PROXY = "proxy"
    AI_SYSTEM = "ai_system"


class PurposeOfUse(StrEnum):
    """HL7 v3 PurposeOfUse codes (http://terminology.hl7.org/CodeSystem/v3-ActReason)."""

    TREAT = "TREAT"
    HPAYMT = "HPAYMT"
    HOPERAT = "HOPERAT"
    HRESCH = "HRESCH"
    ETREAT = "ETREAT"
    PATRQT = "PATRQT"


class CredentialKind(StrEnum):
    """What was shown."""

    PERSONAL_KEY = "personal_key"
    BROWSER = "browser"
    APPLICATION = "application"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated person. `session` is the token that row-level security resolves.

    `bound_patient` and `bound_purpose` restrict a credential: a request may repeat them but not
    differ from them. `service` acts on behalf of the person. `auth_time` and `acr` say when and how she
    last showed who she is; a personal key has neither. `idle_seconds` of silence end a session.
    """

    person: PersonId
    tenant: TenantId
    roles: frozenset[Role]
    credential_id: UUID
    expires_at: datetime
    session: Secret
    bound_patient: PatientRef | None = None
    bound_purpose: PurposeOfUse | None = None
    kind: CredentialKind = CredentialKind.PERSONAL_KEY
    service: UUID | None = None
    scopes: frozenset[str] = frozenset()
    auth_time: datetime | None = None
    acr: str | None = None
    seen_at: datetime | None = None
    idle_seconds: int | None = None
