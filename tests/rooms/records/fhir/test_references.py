"""Who a reference means."""

from typing import Any

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory, contained, resolve_within, source_id
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE

_URN = "urn:uuid:00000000-0000-4000-8000-000000000001"
_NPI = "http://hl7.org/fhir/sid/us-npi"


def _resource(kind: str, key: str | None, full_url: str | None = None, **more: Any) -> Resource:
    content = {"resourceType": kind, **({} if key is None else {"id": key}), **more}
    return Resource(kind, content, full_url, HERE)


def _directory() -> Directory:
    directory = Directory()
    directory.add(_resource("Practitioner", "1", _URN, identifier=[{"system": _NPI, "value": "42"}]))
    directory.add(_resource("Practitioner", "2", None, identifier=[{"system": _NPI, "value": "7"}]))
    directory.add(_resource("Practitioner", "3", None, identifier=[{"system": _NPI, "value": "7"}]))
    directory.add(_resource("PractitionerRole", "r", None, practitioner={"reference": _URN}))
    directory.add(_resource("Observation", None))
    return directory


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("urn:uuid:00000000-0000-4000-8000-000000000009", "nobody has this URL"),
        ("#contained", "contained resources have no id of their own"),
        ("Practitioner", "no id"),
        ("Wizard/1", "no such type"),
        (f"Practitioner?identifier={_NPI}|999", "nobody has this number"),
        (f"Practitioner?identifier={_NPI}|7", "two have this number"),
        ("Practitioner?name=x", "not by identifier"),
        (f"Organization?identifier={_NPI}|42", "another type"),
        ("Practitioner/1?x=/../Patient/2", "a query is not a path"),
    ],
)
def test_a_reference_that_leads_to_nobody_or_to_two_is_none(reference: str, reason: str) -> None:
    """Never a guess."""
    assert _directory().resolve(Node({"reference": reference}, HERE)) is None, reason


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("Practitioner/1", "relative"),
        ("https://ehr.example/fhir/Practitioner/1", "absolute"),
        ("Practitioner/1/_history/4", "of a version"),
        (_URN, "by the URL of its entry"),
        (f"Practitioner?identifier={_NPI}|42", "conditional"),
        ("Practitioner?identifier=42", "conditional, of any system"),
        (f"Practitioner?identifier={_NPI.replace('/', '%2F')}%7C42", "conditional and encoded"),
        ("PractitionerRole/r", "the practitioner of a role"),
    ],
)
def test_these_references_mean_practitioner_1(reference: str, reason: str) -> None:
    """The source id is the same for every way to write it."""
    assert _directory().resolve(Node({"reference": reference}, HERE)) == "Practitioner/1", reason


def test_a_reference_by_identifier_alone_is_resolved() -> None:
    """With its type; without one it could be anything."""
    logical: dict[str, Any] = {"identifier": {"system": _NPI, "value": "42"}}
    assert _directory().resolve(Node({**logical, "type": "Practitioner"}, HERE)) == "Practitioner/1"
    assert _directory().resolve(Node(logical, HERE)) is None
    assert _directory().resolve(Node({"display": "Dr. Invented"}, HERE)) is None


def test_a_role_outside_the_files_stays_a_role() -> None:
    """The caller counts it as unresolved."""
    assert _directory().resolve(Node({"reference": "PractitionerRole/9"}, HERE)) == "PractitionerRole/9"


def test_an_id_comes_from_the_resource_or_from_its_urn() -> None:
    """A transaction may leave the id to the server."""
    assert source_id(_resource("Patient", "Abc")) == "Patient/Abc"
    assert source_id(_resource("Patient", None, _URN)) == f"Patient/{_URN[9:]}"
    for resource in (_resource("Patient", None, "https://x/1"), _resource("Patient", "a/b")):
        with pytest.raises(ImportFailedError, match="id: "):
            source_id(resource)


def test_a_contained_patient_is_whoever_has_his_number() -> None:
    """If exactly one does; the contained id itself means nobody."""
    number = {"system": "urn:mrn", "value": "M-1"}
    directory = Directory()
    directory.add(_resource("Patient", "1", None, identifier=[number]))
    inner = [{"resourceType": "Patient", "id": "p", "identifier": [number]}, {"resourceType": "Patient", "id": "q"}]
    holder = _resource("Observation", "o", None, contained=inner)
    found = [resolve_within(holder, Node({"reference": text}, HERE), directory) for text in ("#p", "#q", "#none")]
    assert found == ["Patient/1", None, None]
    assert contained(holder, Node({"reference": "Patient/p"}, HERE)) is None


def test_medications_devices_and_clinicians_have_a_name_and_patients_have_none() -> None:
    """Whoever refers to a patient must not learn how he is called."""
    directory = Directory()
    directory.add(_resource("Medication", "m", None, code={"text": "Lisinopril 10 mg"}))
    directory.add(_resource("Patient", "p", None, name=[{"family": "Testova"}]))
    assert {key: made.words for key, made in directory.names.items()} == {"Medication/m": "Lisinopril 10 mg"}
