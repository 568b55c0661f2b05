"""One file to frozen results: broken files first, then the account, then references across files."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records import parsing
from phiward.records.parsing import SKIP_SAME_TEXT, SKIP_TWICE, SKIP_TYPE
from phiward.records.reading import sources

from .broken_files import BROKEN
from .fhir_files import (
    CANARY,
    care_team,
    document,
    encounter,
    parse,
    parse_one,
    patient,
    practitioner,
    published,
    write,
)


@pytest.mark.parametrize(("content", "place", "words"), BROKEN)
def test_a_broken_file_is_refused_at_its_place_without_repeating_it(
    tmp_path: Path, content: str | bytes, place: str, words: str
) -> None:
    """The message says where and what, and holds nothing of the file or of its name."""
    path = write(tmp_path, content, f"{CANARY}.json")
    with pytest.raises(ImportFailedError) as caught:
        parse(path)
    assert place in str(caught.value)
    assert words in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.param == str(path)


def test_no_result_prints_what_it_holds(tmp_path: Path) -> None:
    """The frozen results show counts and places only."""
    parsed = parse_one(tmp_path, patient(), document(text=CANARY), encounter())
    assert CANARY not in repr(parsed)
    assert "pat-1" not in repr(parsed)


def test_every_resource_of_the_published_patients_is_accounted_for() -> None:
    """Eleven patients, 5,298 resources: kept and skipped add up, type by type."""
    folder = published("fhir")
    came_in = Counter(
        entry["resource"]["resourceType"]
        for path in sorted(folder.glob("*.json"))
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]
    )
    kept, skipped = Counter[str](), Counter[tuple[str, str]]()
    for parsed in parse(folder):
        keys = {r.source_id for r in (*parsed.patients, *parsed.documents)}
        keys |= {r.source_id for r in parsed.relations}
        kept.update(key.partition("/")[0] for key in keys)
        skipped.update(parsed.skipped)
        assert not parsed.unresolved, "every practitioner of these files is in them"
    accounted = kept + Counter(dict.fromkeys(came_in, 0))
    for (kind, _), number in skipped.items():
        accounted[kind] += number
    assert accounted == came_in
    assert came_in.total() == 5298
    assert kept == {"Patient": 11, "DocumentReference": 481, "Encounter": 481, "CareTeam": 43}
    assert skipped["DiagnosticReport", SKIP_SAME_TEXT] == 481


def test_types_outside_this_form_are_skipped_and_counted(tmp_path: Path) -> None:
    """An Observation is not kept, and the account says so."""
    parsed = parse_one(tmp_path, patient(), {"resourceType": "Observation", "id": "o"}, practitioner())
    assert parsed.resources == 3
    assert parsed.skipped == {
        ("Observation", SKIP_TYPE): 1,
        ("Practitioner", parsing.SKIP_DIRECTORY): 1,
    }


def test_of_a_resource_that_stands_twice_the_last_counts(tmp_path: Path) -> None:
    """The earlier one is accounted for as such."""
    parsed = parse_one(tmp_path, patient(), document(text="Old."), document(text="New."))
    assert [d.text for d in parsed.documents] == ["New."]
    assert parsed.skipped == {("DocumentReference", SKIP_TWICE): 1}


def test_one_note_in_two_resources_is_kept_once(tmp_path: Path) -> None:
    """The DocumentReference is kept, the DiagnosticReport is taken back if it was stored before."""
    report = document("rep-1", resourceType="DiagnosticReport", status="final", effectiveDateTime="2020-05-01")
    report["presentedForm"] = [report.pop("content")[0]["attachment"]]
    parsed = parse_one(tmp_path, patient(), report, document())
    assert [d.source_id for d in parsed.documents] == ["DocumentReference/doc-1"]
    assert parsed.retracted == ("DiagnosticReport/rep-1",)
    assert parsed.skipped == {("DiagnosticReport", SKIP_SAME_TEXT): 1}


def test_the_same_text_on_another_day_is_another_note(tmp_path: Path) -> None:
    """Two visits with the same words are two facts."""
    parsed = parse_one(tmp_path, patient(), document(), document("doc-2", date="2020-05-02"))
    assert len(parsed.documents) == 2


def test_references_resolve_whatever_the_order_of_files(tmp_path: Path) -> None:
    """A role in the last file names the practitioner of a team in the first."""
    team = care_team(participant=[{"member": {"reference": "PractitionerRole/role-1"}}])
    role: dict[str, Any] = {"resourceType": "PractitionerRole", "id": "role-1"}
    role["practitioner"] = {"reference": "Practitioner/dr-9"}
    write(tmp_path, team, "a.json")
    write(tmp_path, patient(), "b.json")
    write(tmp_path, role, "c.json")
    parsed = parse(tmp_path)
    assert [r.practitioner for r in parsed[0].relations[0].relations] == ["Practitioner/dr-9"]


def test_survey_says_which_files_hold_patients(tmp_path: Path) -> None:
    """They are stored first, so that what refers to them finds them."""
    write(tmp_path, encounter(), "a.json")
    here = write(tmp_path, patient(), "b.json")
    _, with_patients = parsing.survey(sources(tmp_path))
    assert with_patients == {str(here)}
