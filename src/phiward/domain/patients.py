"""Whom it is about: an opaque reference, the identifiers that are known, and who cares for whom."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

PatientRef = NewType("PatientRef", UUID)
"""Opaque, random, never derived from anything about the patient (45 CFR 164.514(c))."""

DocumentId = NewType("DocumentId", UUID)


class IdentifierKind(StrEnum):
    """What a known identifier of a patient is."""

    GIVEN = "given"
    FAMILY = "family"
    FULL_NAME = "full_name"
    NICKNAME = "nickname"
    RELATIVE = "relative"
    BIRTH_DATE = "birth_date"
    DEATH_DATE = "death_date"
    MRN = "mrn"
    SSN = "ssn"
    LICENSE = "license"
    PASSPORT = "passport"
    ACCOUNT = "account"
    OTHER_ID = "other_id"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    STREET = "street"
    CITY = "city"
    POSTAL_CODE = "postal_code"


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """One known identifier. FULL_NAME is "given family" as one string, one per recorded name."""

    kind: IdentifierKind
    value: str = field(repr=False)

    def __repr__(self) -> str:
        return f"Identifier({self.kind}, {len(self.value)} characters)"


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient in context, with every identifier that the record holds.

    `version` changes whenever the record does; caches are keyed by (patient, version).
    """

    patient: PatientRef
    version: int
    identifiers: tuple[Identifier, ...]
    birth_date: date | None = None


class CareSource(StrEnum):
    """Which fact of the record created a care relation."""

    CARE_TEAM = "CareTeam"
    ENCOUNTER = "Encounter"
    GENERAL_PRACTITIONER = "Patient.generalPractitioner"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class CareRelation:
    """The practitioner (by the record's own id) treats the patient from `starts_at` until `ends_at`.

    `ends_at=None` means open-ended. Times are UTC and aware.
    """

    practitioner: str
    source: CareSource
    starts_at: datetime
    ends_at: datetime | None
