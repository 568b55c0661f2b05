"""Kinds and classes of documents, from their labels."""

from typing import Any

import pytest

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.documents import document_reference
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes, document_kind
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord
from tests.rooms.records.fhir_files import HERE, document

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def labelled(*codes: str) -> dict[str, Any]:
    """A resource whose meta carries these labels."""
    return {"meta": {"security": [{"system": ACT_CODE, "code": code} for code in codes]}}


def test_a_label_that_is_not_of_its_form_fails_the_file() -> None:
    """A protection that cannot be read is not dropped."""
    with pytest.raises(ImportFailedError):
        data_classes(Node({"meta": {"security": "PSYTHPN"}}, HERE))


@pytest.mark.parametrize(
    ("codes", "expected", "reason"),
    [
        ((), set(), "no label"),
        (("N",), set(), "normal confidentiality"),
        (("NEWCODE",), set(), "a code that this version does not know"),
        (("PSYTHPN",), {DataClass.PSYCHOTHERAPY}, "a psychotherapy note"),
        (("PSY",), set(), "psychiatry is no psychotherapy note: 45 CFR 164.501"),
        (("ETH",), {DataClass.PART2}, "substance use"),
        (("SUD",), {DataClass.PART2}, "may be of a part 2 programme, so it is taken for one"),
        (("42CFRPart2",), {DataClass.PART2}, "by its name"),
        (("HIV", "SEX"), {DataClass.HIV, DataClass.REPRODUCTIVE}, "several"),
        (("GDIS",), {DataClass.GENETIC}, "genetic"),
        (("ADOL",), {DataClass.MINOR}, "an adolescent's own"),
    ],
)
def test_labels_name_the_classes(codes: tuple[str, ...], expected: set[DataClass], reason: str) -> None:
    """Of the resource as a whole."""
    assert data_classes(Node(labelled(*codes), HERE)) == expected, reason


def test_the_label_of_a_document_reference_counts_too() -> None:
    """`securityLabel`, a list of concepts."""
    label = [{"coding": [{"system": ACT_CODE, "code": "PSYTHPN"}]}]
    made = document_reference(Resource("DocumentReference", document(securityLabel=label), None, HERE), Directory())
    assert isinstance(made, DocumentRecord)
    assert made.classes == {DataClass.PSYCHOTHERAPY}
    assert made.kind is DocumentKind.CLINICAL_NOTE


@pytest.mark.parametrize(
    ("codes", "expected", "reason"),
    [
        (("18842-5",), DocumentKind.DISCHARGE_SUMMARY, "by LOINC"),
        (("local-1", "52034-6"), DocumentKind.BILLING, "one of several codings"),
        (("local-1",), DocumentKind.RESULT, "what the resource is"),
        ((), DocumentKind.RESULT, "no coding"),
    ],
)
def test_the_type_names_the_kind(codes: tuple[str, ...], expected: DocumentKind, reason: str) -> None:
    """Or the resource does."""
    concept = Node({"coding": [{"system": "http://loinc.org", "code": code} for code in codes]}, HERE)
    assert document_kind(concept, DocumentKind.RESULT) is expected, reason
    assert document_kind(None, DocumentKind.RESULT) is DocumentKind.RESULT
