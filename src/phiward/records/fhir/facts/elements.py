"""The names of elements of R4 by which the types without a reader of their own are put into words.

Classified from the definitions of the 67 types of the compartment: every element whose type is a string, a markdown
or a code stands in TEXTS or is left out on purpose (names of people, numbers, URLs). A name not here is not said.
Source: https://hl7.org/fhir/R4/resourcelist.html.
"""

import re

from phiward.domain.access import DocumentKind

_BILLING = """
Claim ClaimResponse Coverage CoverageEligibilityRequest CoverageEligibilityResponse ExplanationOfBenefit
EnrollmentRequest Invoice ChargeItem
"""
_ADMINISTRATIVE = """
Account Appointment AppointmentResponse AuditEvent Consent DocumentManifest Group MeasureReport Person Provenance
RelatedPerson ResearchSubject Schedule SupplyDelivery SupplyRequest
"""
_RESULTS = "ImagingStudy Media MolecularSequence Specimen"
_MEDICATION = "ImmunizationEvaluation ImmunizationRecommendation"

_DATES = """
effectiveDateTime effectivePeriod occurrenceDateTime occurrencePeriod occurredDateTime occurredPeriod period
billablePeriod servicedDate servicedPeriod started startDate start identifiedDateTime identifiedPeriod detected
date dateTime authoredOn authored created createdDateTime createdPeriod dateWritten recordedDate recordedOn
recorded enteredDate sent received issued receivedTime lastModified
"""
_TEXTS = """
action actuality actualArm additiveProductName administrationInstruction assignedArm assurance base
baseFormulaProductName basis brand cancelledReason color comment conclusion description detail disposition eye
gender instruction intent kind lifecycleStatus meaning mitigation mode observedAllele orientation outcome
outcomeDesc overrideReason participantStatus patientInstruction paymentTerms priority productName
productRelatedness purpose rationale referenceAllele relationship required role series severity status
statusReason strand summary text textEquivalent title type use
"""
_NEVER = """
id meta implicitRules language contained identifier extension modifierExtension resourceType name telecom address
photo signature birthDate authorString agent entity member sequence number linkId uid sopClass frames height width
rank order precedence observedSeq referenceSeq referenceSeqString repository
"""


def _names(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text))


KINDS = {
    **dict.fromkeys(_names(_BILLING), DocumentKind.BILLING),
    **dict.fromkeys(_names(_ADMINISTRATIVE), DocumentKind.ADMINISTRATIVE),
    **dict.fromkeys(_names(_RESULTS), DocumentKind.RESULT),
    **dict.fromkeys(_names(_MEDICATION), DocumentKind.MEDICATION),
}
"""As which kind of document a type is read; the others as clinical notes."""
TITLES = ("code", "title", "category", "type", "relationship", "topic", "serviceType", "subtype", "description")
"""Elements that say what a resource is about, the most exact first."""
DATES = _names(_DATES)
"""Elements that say when, the best first."""
TEXTS = frozenset(_names(_TEXTS))
"""Elements whose text is a code or words about the matter."""
NEVER = frozenset(_names(_NEVER))
"""Elements that are passed over with all that is in them."""
