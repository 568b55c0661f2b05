"""What a resource that others refer to is called."""

from typing import Any

import pytest

from phiward.domain.facts import Code
from phiward.records.fhir.concepts import Concept
from phiward.records.fhir.fields import Node
from phiward.records.fhir.names import called
from tests.rooms.records.fhir_files import HERE


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Patient", {"name": [{"family": "Testova"}]}),
        ("RelatedPerson", {"name": [{"family": "Testova"}]}),
        ("Medication", {}),
        ("Device", {}),
        ("Practitioner", {"name": [{}]}),
        ("Organization", {"name": " "}),
    ],
)
def test_patients_and_relatives_and_the_nameless_have_no_name(kind: str, content: dict[str, Any]) -> None:
    """So that no reference can bring one into another record."""
    assert called(Node(content, HERE), kind) is None


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("Medication", {"code": {"text": "Lisinopril"}}, "Lisinopril"),
        ("Device", {"deviceName": [{"name": "Pacer 9"}], "type": {"text": "Pacemaker"}}, "Pacer 9"),
        ("Device", {"type": {"text": "Pacemaker"}}, "Pacemaker"),
        ("Practitioner", {"name": [{"prefix": ["Dr."], "given": ["Ada", "B."], "family": "Doc"}]}, "Dr. Ada B. Doc"),
        ("Practitioner", {"name": [{"text": "Ada Doc, MD", "family": "Doc"}]}, "Ada Doc, MD"),
        ("Organization", {"name": "Invented  Hospital"}, "Invented Hospital"),
    ],
)
def test_the_name_is_the_most_exact_there_is(kind: str, content: dict[str, Any], words: str) -> None:
    """On one line."""
    assert called(Node(content, HERE), kind) == Concept(words)


def test_a_compounded_medication_is_called_by_its_ingredients() -> None:
    """With the codes of all."""
    parts = [{"itemCodeableConcept": {"coding": [{"code": code, "display": code.title()}]}} for code in ("a", "b")]
    found = called(Node({"ingredient": [*parts, {"itemReference": {"reference": "Substance/1"}}]}, HERE), "Medication")
    assert found == Concept("A / B", (Code("", "a"), Code("", "b")))
