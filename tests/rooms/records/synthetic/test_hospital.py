"""The whole: reproducible bytes, references that resolve, and an import that takes it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.records.synthetic import hospital
from tests.rooms.records.fhir_files import parse
from tests.rooms.records.synthetic.made import SEED, made, of_type, texts

WANTED = [
    "Practitioner",
    "Patient",
    "Encounter",
    "CareTeam",
    "DocumentReference",
    "Condition",
    "MedicationRequest",
    "Observation",
    "AllergyIntolerance",
]


def references(value: Any) -> set[str]:
    """Every `reference` in a JSON value."""
    if isinstance(value, dict):
        here = {value["reference"]} if isinstance(value.get("reference"), str) else set()
        return here.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(seed: int) -> None:
    """Pure: nothing but the seed and the number decides."""
    one, again, other = (json.dumps(hospital(s, 2).bundles) for s in (seed, seed, seed + 1))
    assert one == again
    assert one != other


def test_a_patient_is_the_same_however_many_there_are() -> None:
    """So that a small hospital is the beginning of a large one."""
    assert hospital(SEED, 5).bundles == made().bundles[:5]


@pytest.mark.parametrize("index", range(24))
def test_every_reference_leads_to_a_resource_of_the_bundle(index: int) -> None:
    """By the full URL of its entry; ids are unique."""
    bundle = made().bundles[index]
    places = [entry["request"]["url"] for entry in bundle["entry"]]
    assert len(set(places)) == len(places)
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert references(bundle) <= set(urls)
    assert bundle["type"] == "transaction"
    for entry in bundle["entry"]:
        assert entry["request"]["method"] == "PUT"
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", entry["fullUrl"])
        assert entry["request"]["url"] == f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", entry["resource"]["id"])
    types = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert list(dict.fromkeys(types)) == WANTED
    assert types == sorted(types, key=WANTED.index)


@pytest.mark.parametrize("index", range(24))
def test_a_bundle_holds_only_those_who_treat_its_patient_the_physician_first(index: int) -> None:
    """Each practitioner of the bundle is referred to, and the first is the general practitioner."""
    bundle = made().bundles[index]
    urls = [e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Practitioner"]
    (patient,), (team,) = of_type(bundle, "Patient"), of_type(bundle, "CareTeam")
    assert [one["reference"] for one in patient["generalPractitioner"]] == urls[:1]
    assert team["participant"][0]["member"]["reference"] == urls[0]
    assert team["status"] == "active"
    assert "end" not in team["period"]
    assert set(urls) <= references([patient, team, *of_type(bundle, "Encounter")])


def test_three_physicians_treat_a_part_each() -> None:
    """Nobody treats everybody, and nobody idles."""
    firsts = [of_type(bundle, "Practitioner")[0]["id"] for bundle in hospital(SEED, 12).bundles]
    assert len(set(firsts)) == 3
    assert all(firsts.count(one) == 4 for one in firsts)


def test_every_patient_has_three_to_eight_notes_and_every_kind_is_there() -> None:
    """Over the whole hospital."""
    counts = [len(texts(bundle)) for bundle in made().bundles]
    titles = {one["type"]["text"] for bundle in made().bundles for one in of_type(bundle, "DocumentReference")}
    assert all(3 <= count <= 8 for count in counts)
    assert len(titles) == 6


def test_an_age_over_89_stands_in_the_notes() -> None:
    """At least two patients."""
    old = [bundle for bundle in made().bundles if any(re.search(r"\b9\d-year-old", text) for text in texts(bundle))]
    assert len(old) >= 2


def test_the_general_practitioner_stands_first_and_every_physician_has_strangers() -> None:
    """The demonstration relies on it."""
    first = of_type(made().bundles[0], "Practitioner")[0]
    assert made().practitioners[0].reference == f"Practitioner/{first['id']}"
    for physician in made().practitioners[:3]:
        assert any(physician.reference not in json.dumps(bundle) for bundle in made().bundles[:3])


def test_nobody_is_named_in_notes_by_a_name_of_an_unrelated_patient() -> None:
    """Else the tripwire would refuse honest questions about him."""
    people = [of_type(bundle, "Patient")[0] for bundle in made().bundles]
    for bundle, own in zip(made().bundles, people, strict=True):
        told = "\n".join(texts(bundle))
        mine = json.dumps([own["name"], own["contact"]], ensure_ascii=False)
        for other in people:
            name = other["name"][0]
            if f"{name['given'][0]} {name['family']}" in told:
                assert name["given"][0] in mine
                assert name["family"] in mine


def test_what_is_written_is_imported_whole(tmp_path: Path) -> None:
    """One file a patient; our own import refuses none and skips no note."""
    small = hospital(SEED, 8)
    paths = small.write(tmp_path / "new" / "folder")
    assert [json.loads(path.read_text(encoding="utf-8")) for path in paths] == list(small.bundles)
    parsed = parse(tmp_path / "new")
    assert len(parsed) == len(paths) == 8
    assert sum(len(one.documents) for one in parsed) == sum(len(texts(bundle)) for bundle in small.bundles)
    assert all(one.patients for one in parsed)
    assert [path.name for path in paths] == [f"patient-{number:03}.json" for number in range(1, 9)]
    for one in parsed:
        assert not one.unresolved
        assert not one.retracted
        assert {kind for kind, _ in one.skipped} == {"Practitioner"}
    primary = made().practitioners[0].reference
    assert any(found.practitioner == primary for told in parsed[0].relations for found in told.relations)


def test_the_hospital_prints_no_patient() -> None:
    """Nothing that stands for PHI prints its content."""
    assert "Okafor" not in repr(made())
