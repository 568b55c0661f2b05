"""`phiward corpus`, on the real database with pgvector and the real embedding model."""

import json
from pathlib import Path

from tests.cli.conftest import Installation
from tests.rooms.records.fhir_files import bundle, patient

GUIDELINE = "Dosing\n\nStart lisinopril low and go slow. Check potassium within two weeks."


def test_a_text_that_names_a_patient_is_refused(installation: Installation, tmp_path: Path) -> None:
    """With exit code 2, and without repeating it."""
    path = tmp_path / "patients.json"
    path.write_text(json.dumps(bundle(patient("corpus-1"))))
    installation.json("import", str(path))
    case = tmp_path / "case.txt"
    case.write_text("The patient with number MRN-corpus-1-0001 responded well.")
    ran = installation.run("corpus", "add", "guidelines", str(case))
    assert ran.code == 2
    assert "MRN-corpus-1-0001" not in ran.err


def test_what_cannot_be_a_corpus_or_a_text_is_refused(installation: Installation, tmp_path: Path) -> None:
    """By its name, or by its ending."""
    text = tmp_path / "pressure.txt"
    text.write_text(GUIDELINE)
    program = tmp_path / "pressure.exe"
    program.write_text(GUIDELINE)
    assert installation.run("corpus", "add", "Not A Name", str(text)).code == 2
    assert installation.run("corpus", "add", "guidelines", str(program)).code == 2


def test_a_text_is_added_listed_and_removed(installation: Installation, tmp_path: Path) -> None:
    """Adding it again replaces it."""
    text = tmp_path / "pressure.md"
    text.write_text(GUIDELINE)
    for _ in range(2):
        (row,) = installation.json("corpus", "add", "guidelines", str(text))
        assert row == {"text": "pressure.md", "passages": 1}
    assert installation.json("corpus", "list") == [{"corpus": "guidelines", "passages": 1}]
    installation.json("corpus", "remove", "guidelines", "--text", "pressure.md")
    assert installation.json("corpus", "list") == []
