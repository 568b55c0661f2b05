"""Structured facts of a chart: problems, medications, allergies, results, with units and dates as they were written.

A fact keeps the value as it was written ("1.20" stays "1.20"): what is quoted to a clinician must be what stands in
the source. Source: FHIR R4 Condition, MedicationRequest, AllergyIntolerance, Observation and their kin.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.patients import PatientRef
from phiward.domain.trust import Trust

FactId = NewType("FactId", UUID)


class FactKind(StrEnum):
    """What a fact is about. OTHER is everything else of the patient compartment, kept in words."""

    PROBLEM = "problem"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    RESULT = "result"  # laboratory and other measured results
    VITAL = "vital"
    IMMUNIZATION = "immunization"
    PROCEDURE = "procedure"
    OTHER = "other"


DOCUMENT_KINDS = {
    FactKind.PROBLEM: DocumentKind.CLINICAL_NOTE,
    FactKind.MEDICATION: DocumentKind.MEDICATION,
    FactKind.ALLERGY: DocumentKind.MEDICATION,
    FactKind.RESULT: DocumentKind.RESULT,
    FactKind.VITAL: DocumentKind.RESULT,
    FactKind.IMMUNIZATION: DocumentKind.MEDICATION,
    FactKind.PROCEDURE: DocumentKind.CLINICAL_NOTE,
    FactKind.OTHER: DocumentKind.CLINICAL_NOTE,
}
"""As which kind of document minimum necessary decides about a fact; a record may name another one."""


@dataclass(frozen=True, slots=True)
class Code:
    """One coding, e.g. LOINC 2160-0. `system` is its URI, or "" where the source names none."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What one fact says. `label` is the thing measured, taken or suffered, in words; `value` as written.

    `unit` is UCUM or as written; `detail` holds further words (dosage, reaction, interpretation, reference range).
    `status` is the source's own word ("active", "final", "stopped"). `effective_at` is UTC and aware, or None.
    """

    kind: FactKind
    label: str = field(repr=False)
    codes: tuple[Code, ...] = ()
    value: str | None = field(default=None, repr=False)
    unit: str | None = None
    status: str = ""
    detail: str = field(default="", repr=False)
    effective_at: datetime | None = None
    document_kind: DocumentKind | None = None
    classes: frozenset[DataClass] = frozenset()

    @property
    def read_as(self) -> DocumentKind:
        """The kind of document as which the policies decide about it."""
        return self.document_kind or DOCUMENT_KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class FactLabel:
    """What a policy may know of facts without opening them; many share one."""

    kind: FactKind
    read_as: DocumentKind
    classes: frozenset[DataClass]


@dataclass(frozen=True, slots=True)
class Fact:
    """A stored fact of one patient. `version` counts its changes from 1."""

    id: FactId
    patient: PatientRef
    version: int
    saying: Saying
    trust: Trust = Trust.OUTSIDE
