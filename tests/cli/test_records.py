"""`phiward import`."""

import json
from pathlib import Path

from phiward.records.synthetic import hospital
from tests.cli.conftest import Installation

CANARY = "Zelda"


def test_a_broken_file_names_its_place_and_leaves_nothing(installation: Installation, tmp_path: Path) -> None:
    """And repeats nothing of it."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"x": "' + CANARY)
    ran = installation.run("import", str(broken))
    assert ran.code == 2
    assert "line" in ran.err
    assert CANARY not in ran.err


def test_every_resource_is_accounted_for_and_the_second_time_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    """Per type, as imported, unchanged or skipped with the reason."""
    files = hospital(5, 1).write(tmp_path / "fhir")
    expected = len(json.loads(files[0].read_text())["entry"])
    first = installation.json("import", str(files[0]))
    second = installation.json("import", str(files[0]))
    assert first["total"] == second["total"] == expected
    assert first["imported"] > 0
    assert second["imported"] == 0
    assert all(row["why"] for row in first["types"] if row["skipped"])
    assert "every one accounted for" in installation.run("import", str(files[0])).out
