"""`phiward document` and `phiward quarantine`, on the real database and embedding model."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Installation
from tests.rooms.records.fhir_files import bundle, document, patient


def filed(folder: Path, name: str, *resources: Any) -> str:
    """A FHIR file."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(bundle(*resources)))
    return str(path)


@pytest.fixture(scope="module")
def charts(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two patients; of the first one document is good and one carries the other's number."""
    folder = tmp_path_factory.mktemp("charts")
    other = document("desk-x", text="Patient MRN-desk-2-0001 feels invented.", subject={"reference": "Patient/desk-1"})
    good = document("desk-a", text="Invented potassium 4.1.", subject={"reference": "Patient/desk-1"})
    path = filed(folder, "desk", patient("desk-1"), patient("desk-2"), good, other)
    told = installation.json("import", path)
    assert told["index"]["held_back"] == 1
    assert told["index"]["documents"] == 1
    return installation


def test_what_is_not_there_is_refused_in_words(charts: Installation) -> None:
    """Exit code 2, with advice."""
    nobody = "00000000-0000-0000-0000-000000000001"
    for words in (
        ("document", "list", "no-such-patient"),
        ("document", "delete", nobody, "--reason", "entered_in_error"),
        ("quarantine", "show", nobody),
        ("quarantine", "release", nobody),
    ):
        ran = charts.run(*words)
        assert ran.code == 2, words
        assert "What to do:" in ran.err


def test_a_held_document_is_listed_shown_and_decided(charts: Installation) -> None:
    """And is then searchable under the patient whose it is."""
    (held,) = charts.json("quarantine", "list")
    assert "feels" not in json.dumps(held)
    assert charts.json("quarantine", "show", held["id"])["text"].endswith("feels invented.")
    assert charts.json("quarantine", "refile", held["id"], "--to", "MRN-desk-2-0001")["decision"] == "refiled"
    assert charts.json("quarantine", "list") == []
    (row,) = charts.json("document", "list", "MRN-desk-2-0001")
    assert (row["id"], row["indexed"]) == (held["id"], True)


def test_a_document_is_listed_and_deleted(charts: Installation) -> None:
    """With the reason on record."""
    (row,) = charts.json("document", "list", "MRN-desk-1-0001")
    assert (row["source"], row["indexed"]) == ("fhir", True)
    charts.json("document", "delete", row["id"], "--reason", "entered_in_error")
    assert charts.json("document", "list", "MRN-desk-1-0001") == []


def test_a_text_file_is_filed_under_the_patient_named(charts: Installation, tmp_path: Path) -> None:
    """And without one it is refused before anything is stored."""
    note = tmp_path / "letter.txt"
    note.write_text("Invented letter: sodium 140.")
    assert charts.run("import", str(note)).code == 2
    told = charts.json("import", str(note), "--patient", "MRN-desk-2-0001")
    assert (told["imported"], told["index"]["documents"]) == (1, 1)
    assert "text" in {row["source"] for row in charts.json("document", "list", "MRN-desk-2-0001")}


def test_index_finds_nothing_to_do_twice(charts: Installation) -> None:
    """Resumable, and idle when done."""
    assert charts.json("index")["documents"] == 0
