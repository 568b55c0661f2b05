"""One file to frozen results: broken files first, then the account, then references across files."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.documents import SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records import parsing
from phiward.records.fhir.conversion import SKIP_NO_PATIENT, Converter
from phiward.records.fhir.references import Directory
from phiward.records.parsing import (
    SKIP_DELETED,
    SKIP_DIRECTORY,
    SKIP_INHERITED,
    SKIP_NOBODYS,
    SKIP_PATIENT_DELETED,
    SKIP_SAME_TEXT,
    SKIP_TWICE,
    SKIP_TYPE,
)
from phiward.records.ports import Extracted
from phiward.records.reading import Source, sources
from phiward.records.results import Place

from .broken_files import BROKEN
from .fhir_files import (
    CANARY,
    HERE,
    b64,
    bundle,
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
        keys |= {r.source_id for r in (*parsed.relations, *parsed.facts)}
        kept.update(key.partition("/")[0] for key in keys)
        skipped.update(parsed.skipped)
        assert not parsed.unresolved, "every practitioner of these files is in them"
    accounted = kept + Counter(dict.fromkeys(came_in, 0))
    for (kind, _), number in skipped.items():
        accounted[kind] += number
    assert accounted == came_in
    assert came_in.total() == 5298
    assert kept.total() == 4649
    assert skipped == {
        ("DiagnosticReport", SKIP_SAME_TEXT): 481,
        **{(kind, SKIP_DIRECTORY): 42 for kind in ("Location", "Organization", "Practitioner", "PractitionerRole")},
    }


def test_facts_of_the_published_patients_name_no_patient_and_refer_to_nothing() -> None:
    """4,114 facts: no name of any of the eleven, no reference, no URL."""
    parsed = parse(published("fhir"))
    names = {
        identifier.value
        for one in parsed
        for record in one.patients
        for identifier in record.identifiers
        if str(identifier.kind) in ("given", "family", "full_name")
    }
    facts = [fact for one in parsed for fact in one.facts]
    told = "\n".join(f"{fact.saying.label} {fact.saying.value} {fact.saying.detail}" for fact in facts)
    assert len(facts) == 4114
    assert names
    assert not [name for name in names if name in told]
    assert not re.findall(r"urn:|https?:|[0-9a-f]{8}-[0-9a-f]{4}|Patient/", told)


def test_what_belongs_to_nobody_is_skipped_and_counted(tmp_path: Path) -> None:
    """By type, with the reason; a resource that nothing refers to is nobody's."""
    nobodys = [{"resourceType": kind, "id": "x"} for kind in ("Medication", "Device", "Binary", "Questionnaire")]
    nested = {**bundle({"resourceType": "Observation", "subject": {"reference": "Patient/pat-1"}}), "id": "x"}
    parsed = parse_one(
        tmp_path, patient(), {"resourceType": "Observation", "id": "o"}, practitioner(), *nobodys, nested
    )
    assert parsed.resources == 8
    assert parsed.facts == ()
    assert parsed.skipped == {
        ("Observation", SKIP_NO_PATIENT): 1,
        ("Practitioner", SKIP_DIRECTORY): 1,
        ("Medication", SKIP_NOBODYS): 1,
        ("Device", SKIP_NOBODYS): 1,
        ("Binary", SKIP_NOBODYS): 1,
        ("Bundle", SKIP_NOBODYS): 1,
        ("Questionnaire", SKIP_TYPE): 1,
    }


def test_medications_and_binaries_are_read_where_something_refers_to_them(tmp_path: Path) -> None:
    """Across files, as bulk export writes them: one file a type, the referrer before or after."""
    note = document(content=[{"attachment": {"contentType": "text/plain", "url": "Binary/b"}}])
    order = {"resourceType": "MedicationRequest", "id": "r", "status": "active", "subject": note["subject"]}
    order["medicationReference"] = {"reference": "Medication/m"}
    write(tmp_path, {"resourceType": "Binary", "id": "b", "data": b64("Apart.")}, "a.ndjson")
    write(tmp_path, note, "b.json")
    write(tmp_path, order, "c.ndjson")
    write(tmp_path, {"resourceType": "Medication", "id": "m", "code": {"text": "Lisinopril"}}, "d.json")
    parsed = parse(tmp_path)
    assert [one.text for one in parsed[1].documents] == ["Apart."]
    assert [one.saying.label for one in parsed[2].facts] == ["Lisinopril"]
    assert parsed[0].skipped == {("Binary", SKIP_INHERITED): 1}
    assert parsed[3].skipped == {("Medication", SKIP_INHERITED): 1}


class _Pages:
    """An extractor that reads PDF only."""

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """As records.ports.Extractor."""
        return Extracted(f"Page: {data.decode()}", SourceFormat.PDF)

    def reads(self, media_type: str) -> bool:
        """As records.ports.Extractor."""
        return media_type == "application/pdf"


def test_a_pdf_is_read_by_the_extractor_and_skipped_without_one(tmp_path: Path) -> None:
    """It is then counted with its type."""
    scan = {"contentType": "application/pdf", "data": b64("text")}
    path = write(tmp_path, bundle(patient(), document(content=[{"attachment": scan}])))
    (source,) = sources(path)
    directory, _ = parsing.survey([source])
    with_one, without = parsing.parse_file(source, directory, extractor=_Pages()), parsing.parse_file(source, directory)
    assert [(one.text, one.source) for one in with_one.documents] == [("Page: text", SourceFormat.PDF)]
    assert without.skipped == {("DocumentReference", "attachment of type application/pdf is not read yet"): 1}


def test_what_is_deleted_is_taken_back_and_a_patient_is_not() -> None:
    """A deletion counts as what it deletes; the last word in a file counts."""
    parser = parsing._Parser(Converter(Directory()))
    for key in ("Observation/1", "Patient/1", "Observation/1"):
        parser.delete(key)
    made = parser.result(Source(Path("invented.json"), HERE))
    assert made.retracted == ("Observation/1",)
    assert made.skipped == {
        ("Observation", SKIP_DELETED): 1,
        ("Observation", SKIP_TWICE): 1,
        ("Patient", SKIP_PATIENT_DELETED): 1,
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


def test_a_report_whose_text_is_a_copy_keeps_its_conclusion(tmp_path: Path) -> None:
    """The fact stays, and so the report is not taken back."""
    report = document("rep-1", resourceType="DiagnosticReport", status="final", effectiveDateTime="2020-05-01")
    report |= {"presentedForm": [report.pop("content")[0]["attachment"]], "conclusion": "High."}
    parsed = parse_one(tmp_path, patient(), report, document())
    assert [d.source_id for d in parsed.documents] == ["DocumentReference/doc-1"]
    assert [(f.source_id, f.saying.detail) for f in parsed.facts] == [("DiagnosticReport/rep-1", "High.")]
    assert parsed.retracted == ()
    assert parsed.skipped == {}


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
