"""How the parts of a fact are put together."""

import pytest

from phiward.domain.facts import Code
from phiward.records.fhir.concepts import Concept
from phiward.records.fhir.facts.wording import (
    MAX_DETAIL,
    NAMELESS,
    choice,
    detail,
    lasting,
    named,
    notes,
    status,
    told,
)
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import CANARY, HERE

_INNER = {"resourceType": "Medication", "id": "m", "code": {"text": "Contained drug", "coding": [{"code": "c"}]}}


def _order(**content: object) -> Resource:
    return Resource("MedicationRequest", {"id": "x", "contained": [_INNER], **content}, None, HERE)


def _directory() -> Directory:
    directory = Directory()
    content = {"id": "1", "code": {"text": "Known drug", "coding": [{"code": "k"}]}}
    directory.add(Resource("Medication", content, "urn:uuid:00000000-0000-4000-8000-000000000001", HERE))
    directory.add(Resource("Device", {"id": "1", "deviceName": [{"name": "Known device"}]}, None, HERE))
    return directory


def _named(reference: dict[str, str]) -> Concept | None:
    resource = _order(medicationReference=reference)
    return named(Node(resource.content, HERE), "medicationReference", "Medication", resource, _directory())


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/1", "display": CANARY},
        {"reference": "Device/1", "display": CANARY},
        {"reference": "#gone"},
        {"reference": "Medication/9"},
        {},
    ],
)
def test_a_reference_to_anything_else_has_no_name(reference: dict[str, str]) -> None:
    """What it displays is somebody's name."""
    assert _named(reference) is None


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ({"reference": "#m", "display": "Shown"}, Concept("Contained drug", (Code("", "c"),))),
        ({"reference": "Medication/1", "display": "Shown"}, Concept("Known drug", (Code("", "k"),))),
        ({"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}, Concept("Known drug", (Code("", "k"),))),
        ({"reference": "Medication/9", "display": "Shown  drug"}, Concept("Shown drug")),
        ({"display": "Shown drug"}, Concept("Shown drug")),
    ],
)
def test_a_medication_gives_the_fact_its_name(reference: dict[str, str], name: Concept) -> None:
    """Contained, relative and by urn; else as the reference shows it."""
    assert _named(reference) == name


def test_a_choice_is_a_code_or_a_reference_or_has_no_name() -> None:
    """The code first."""
    coded, bare = _order(medicationCodeableConcept={"text": "Coded drug"}), _order()
    for resource, name in ((coded, "Coded drug"), (bare, NAMELESS.words)):
        node = Node(resource.content, HERE)
        assert choice(node, "medication", "Medication", resource, Directory()).words == name


def test_a_detail_says_each_thing_once_and_shows_where_it_is_cut() -> None:
    """On one line, within its limit."""
    assert detail(["a", "", " b\n c ", "a"]) == "a; b c"
    long = detail(["x" * MAX_DETAIL, "y"])
    assert (len(long), long[-2:]) == (MAX_DETAIL, " …")


def test_parts_that_say_nothing_are_left_out() -> None:
    """Of a status, of concepts, of notes, and of a period within a day."""
    assert status("active", None, "", "active", "order") == "active, order"
    assert list(told("reason", None, Node({"text": "pain"}, HERE), Node({}, HERE))) == ["reason: pain"]
    assert list(told("reason", Node({}, HERE))) == []
    written = Node({"note": [{"text": "Seen.", "authorString": CANARY}, {"time": "2020"}]}, HERE)
    assert list(notes(written)) == ["Seen."]
    assert lasting(Node({"start": "2020-05-01", "end": "2020-05-01"}, HERE)) == ""
    assert lasting(Node({"start": "2020-05-01", "end": "2020-05-02"}, HERE)) == "2020-05-01 to 2020-05-02"
