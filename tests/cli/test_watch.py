"""`phiward watch`; what one look does is shown in tests/wiring/test_watching.py."""

import json
from pathlib import Path

from tests.cli.conftest import Installation
from tests.rooms.records.fhir_files import bundle, patient


def test_a_place_that_cannot_be_watched_is_refused(installation: Installation, tmp_path: Path) -> None:
    """With exit code 2: it is not empty, it is not there."""
    assert installation.run("watch", str(tmp_path / "nowhere"), "--once").code == 2
    assert installation.run("watch", "s3://", "--once").code == 2


def test_what_is_at_rest_is_taken_and_what_is_refused_shows_in_the_exit_code(
    installation: Installation, tmp_path: Path
) -> None:
    """The good file is taken whatever stands beside it."""
    place = tmp_path / "inbox"
    place.mkdir()
    (place / "a.json").write_text(json.dumps(bundle(patient("watch-1"))))
    ran = installation.run("watch", str(place), "--once", "--every", "1", "--json")
    assert (ran.code, ran.told["imported"], ran.told["refused"]) == (0, 1, 0)
    (place / "b.json").write_text("{")
    ran = installation.run("watch", str(place), "--once", "--every", "1", "--json")
    assert (ran.code, ran.told["imported"], ran.told["refused"]) == (1, 0, 1)
