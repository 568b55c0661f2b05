"""What kind of document a resource is, and which classes of data its security labels name.

A label that this version does not know opens nothing and closes nothing; one that may mean a protected class is taken
to mean it. Sources: HL7 v3 ActCode, sensitivity (http://terminology.hl7.org/CodeSystem/v3-ActCode), FHIR R4
`Resource.meta.security` and `DocumentReference.securityLabel`, LOINC document ontology.
"""

from phiward.domain.access import DataClass, DocumentKind
from phiward.records.fhir.fields import Node

SENSITIVITY = {
    "PSYTHPN": DataClass.PSYCHOTHERAPY,
    "ETH": DataClass.PART2,
    "ETHUD": DataClass.PART2,
    "SUD": DataClass.PART2,
    "OPIOIDUD": DataClass.PART2,
    "ALC": DataClass.PART2,
    "42CFRPart2": DataClass.PART2,
    "HIV": DataClass.HIV,
    "SEX": DataClass.REPRODUCTIVE,
    "GDIS": DataClass.GENETIC,
    "SCA": DataClass.GENETIC,
    "ADOL": DataClass.MINOR,
}
"""Sensitivity code → class."""

KINDS = {
    "18842-5": DocumentKind.DISCHARGE_SUMMARY,
    "11490-0": DocumentKind.DISCHARGE_SUMMARY,
    "28655-9": DocumentKind.DISCHARGE_SUMMARY,
    "11502-2": DocumentKind.RESULT,
    "18748-4": DocumentKind.RESULT,
    "11526-1": DocumentKind.RESULT,
    "56445-0": DocumentKind.MEDICATION,
    "10160-0": DocumentKind.MEDICATION,
    "57828-6": DocumentKind.MEDICATION,
    "51851-4": DocumentKind.ADMINISTRATIVE,
    "52034-6": DocumentKind.BILLING,
    "64290-0": DocumentKind.BILLING,
    "60591-5": DocumentKind.CLINICAL_NOTE,
}
"""LOINC code of the document's type → kind."""


def data_classes(node: Node) -> frozenset[DataClass]:
    """The classes that the labels of a resource name. Raises ImportFailedError where a label is not of its form."""
    meta = node.child("meta")
    labels = list(meta.children("security")) if meta is not None else []
    for concept in node.children("securityLabel"):
        labels.extend(concept.children("coding"))
    codes = {code for label in labels if (code := label.text("code"))}
    return frozenset(SENSITIVITY[code] for code in codes if code in SENSITIVITY)


def document_kind(concept: Node | None, otherwise: DocumentKind) -> DocumentKind:
    """The kind by the LOINC code of the type."""
    for coding in concept.children("coding") if concept is not None else ():
        if (code := coding.text("code")) in KINDS:
            return KINDS[code]
    return otherwise
