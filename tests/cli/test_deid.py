"""`phiward deid`."""

import json
from pathlib import Path

from tests.cli.conftest import Installation

TEXT = "Seen on 03/04/2024. Call 312-555-0142."


def test_a_line_that_is_no_object_is_named_by_its_number(installation: Installation) -> None:
    """And not repeated."""
    ran = installation.run("deid", "--format", "jsonl", stdin='{"id": "1", "text": "ok"}\nZelda Quagmire\n')
    assert ran.code == 2
    assert "line 2" in ran.err
    assert "Zelda" not in ran.err


def test_a_file_that_is_no_text_is_refused(installation: Installation, tmp_path: Path) -> None:
    """Not half transformed."""
    file = tmp_path / "binary"
    file.write_bytes(b"\xff\xfe\x00")
    assert installation.run("deid", str(file)).code == 2


def test_text_comes_back_transformed_with_the_limit_said(installation: Installation) -> None:
    """On standard output; the limit on standard error."""
    ran = installation.run("deid", stdin=TEXT)
    assert ran.out == "Seen on [DATE_1]. Call [PHONE_1]."
    assert "Not detected" in ran.err


def test_spans_count_code_points_of_the_original(installation: Installation) -> None:
    """Also after an emoji."""
    text = "😀 " + TEXT
    ran = installation.run("deid", "--format", "jsonl", stdin=json.dumps({"id": "a", "text": text}) + "\n\n")
    told = json.loads(ran.out)
    assert told["id"] == "a"
    assert [(text[s["start"] : s["end"]], s["label"]) for s in told["spans"]] == [
        ("03/04/2024", "DATE"),
        ("312-555-0142", "PHONE"),
    ]


def test_a_lone_surrogate_is_a_bad_line(installation: Installation) -> None:
    """JSON can escape it; text cannot hold it."""
    ran = installation.run("deid", "--format", "jsonl", stdin='{"text": "\\ud800"}\n')
    assert ran.code == 2
    assert "line 1" in ran.err
