"""`phiward calibrate`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Installation


def judged(folder: Path, rows: list[object]) -> str:
    """A file of judged answers."""
    path = folder / "judged.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return str(path)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"coverage": 0.5, "correct": True}] * 20, "too few to say anything"),
        ([{"coverage": 0.5}] * 200, "nobody judged them"),
        ([{"coverage": "high", "correct": True}] * 200, "no number"),
        (["{"], "no JSON"),
    ],
)
def test_what_cannot_calibrate_writes_nothing(
    installation: Installation, tmp_path: Path, rows: list[object], reason: str
) -> None:
    """With exit code 2."""
    out = tmp_path / "calibration.json"
    ran = installation.run("calibrate", judged(tmp_path, rows), "--out", str(out), "--what", "tests")
    assert (ran.code, out.exists()) == (2, False), reason


def test_a_calibration_states_its_error_size_and_date(installation: Installation, tmp_path: Path) -> None:
    """And is what the gateway reads."""
    rows: list[object] = [{"coverage": n % 10 / 10, "correct": n % 10 > 2} for n in range(300)]
    out = tmp_path / "calibration.json"
    told = installation.json("calibrate", judged(tmp_path, rows), "--out", str(out), "--what", "invented questions")
    assert told["answers"] == 300
    assert 0 <= told["calibration_error"] <= 1
    assert set(json.loads(out.read_text())) == {"bands", "ece", "n", "made_on", "what"}
