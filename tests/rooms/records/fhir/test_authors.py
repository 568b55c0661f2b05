"""Who wrote a document."""

from typing import Any

import pytest

from phiward.records.fhir.authors import authors
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE


def _directory() -> Directory:
    directory = Directory()
    for kind, key, more in (
        ("Practitioner", "1", {"name": [{"family": "Doc", "given": ["Ada"]}]}),
        ("PractitionerRole", "r", {"practitioner": {"reference": "Practitioner/1"}}),
        ("Patient", "p", {"name": [{"family": "Testova"}]}),
    ):
        directory.add(Resource(kind, {"resourceType": kind, "id": key, **more}, None, HERE))
    return directory


def _authors(*references: dict[str, Any], **more: Any) -> str | None:
    content = {"resourceType": "DocumentReference", "id": "d", "author": list(references), **more}
    return authors(Resource("DocumentReference", content, None, HERE), _directory(), "author", "performer")


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/p", "display": "Ms. Testova"},
        {"reference": "RelatedPerson/r", "display": "Mr. Testov"},
        {"reference": "urn:uuid:nobody", "display": "Somebody"},
        {"display": "Somebody"},
        {"reference": "Practitioner/9"},
    ],
)
def test_patients_relatives_and_the_unknown_are_not_named(reference: dict[str, Any]) -> None:
    """A display without a type may be anybody's name."""
    assert _authors(reference) is None


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ({"reference": "Practitioner/1", "display": "Dr. D."}, "Ada Doc"),
        ({"reference": "PractitionerRole/r"}, "Ada Doc"),
        ({"reference": "Practitioner/9", "display": "Dr. Nine"}, "Dr. Nine"),
        ({"type": "Organization", "display": "Invented Hospital"}, "Invented Hospital"),
    ],
)
def test_a_clinician_is_named_as_the_files_know_her(reference: dict[str, Any], name: str) -> None:
    """Else as the reference shows her."""
    assert _authors(reference) == name


def test_all_authors_are_named_and_the_first_element_that_has_any_decides() -> None:
    """A contained one too."""
    inner = [{"resourceType": "Practitioner", "id": "c", "name": [{"text": "Cleo Doc"}]}]
    both = [{"reference": "Practitioner/1"}, {"reference": "#c"}, {"reference": "Practitioner/1"}]
    assert _authors(*both, contained=inner, performer=[{"reference": "Practitioner/2"}]) == "Ada Doc, Cleo Doc"
    assert _authors(performer=[{"reference": "Practitioner/2", "display": "Dr. Two"}]) == "Dr. Two"
