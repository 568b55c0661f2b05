"""What stands between a person and a patient: relations, grants, consents, and the classes of data that need more.

Every relation, whatever fact it comes from, is one type, because one view of the database (`relation` in access.sql)
feeds both the policy and row-level security.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RelationSource(StrEnum):
    """Which fact makes the relation."""

    CARE_TEAM = "CareTeam"
    ENCOUNTER = "Encounter"
    GENERAL_PRACTITIONER = "Patient.generalPractitioner"
    DEPARTMENT = "Department"
    PANEL = "Panel"
    ON_CALL = "OnCall"
    COVER = "Cover"
    MANUAL = "manual"
    PROXY = "proxy"
    SELF = "self"
    EMERGENCY = "emergency"


CARE = frozenset(RelationSource) - {RelationSource.PROXY, RelationSource.SELF, RelationSource.EMERGENCY}
"""Those by which a clinician treats."""
DIRECT_CARE = CARE - {RelationSource.DEPARTMENT, RelationSource.PANEL}
"""Those that name the patient to the person herself: a restricted record needs one."""


class DataClass(StrEnum):
    """Data that general permission does not open. Source: 45 CFR 164.508(a)(2), 42 CFR part 2, state law."""

    PSYCHOTHERAPY = "psychotherapy"
    PART2 = "part2"
    HIV = "hiv"
    REPRODUCTIVE = "reproductive"
    GENETIC = "genetic"
    MINOR = "minor"


class DocumentKind(StrEnum):
    """Types of documents, as minimum necessary tells them apart (45 CFR 164.502(b))."""

    CLINICAL_NOTE = "clinical_note"
    DISCHARGE_SUMMARY = "discharge_summary"
    RESULT = "result"
    MEDICATION = "medication"
    BILLING = "billing"
    ADMINISTRATIVE = "administrative"


class DocumentField(StrEnum):
    """The parts of a document that a rule can open or close."""

    TITLE = "title"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Relation:
    """Holds from `starts_at` (inclusive) to `ends_at` (exclusive, None: open). Times are UTC and aware.

    `grant` is the access grant that makes it, and `classes` what that grant opens beyond general data.
    """

    source: RelationSource
    starts_at: datetime
    ends_at: datetime | None = None
    grant: UUID | None = None
    classes: frozenset[DataClass] = frozenset()

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at `now`."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Consent:
    """The patient lets a class of data be used for a purpose (v3 PurposeOfUse code), in force now."""

    data_class: DataClass
    purpose: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that stands between one person and one patient; `restricted` is the patient's flag."""

    relations: tuple[Relation, ...] = ()
    consents: tuple[Consent, ...] = ()
    restricted: bool = False

    def in_force(self, now: datetime) -> tuple[Relation, ...]:
        """The relations that hold at `now`."""
        return tuple(one for one in self.relations if one.holds(now))

    def ends_at(self, now: datetime) -> datetime | None:
        """When the last relation in force ends; None where one is open or none holds."""
        ends = [one.ends_at for one in self.in_force(now)]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


NO_STANDING = Standing()
