"""`phiward eval deid`."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from phiward.cli.main import program
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation import peers
from phiward.deid.rules.catalogue import rule_detectors

NOTE = "Zelda came on 03/04/2024. Call 312-555-0142."
SPANS = [(0, 5, "NAME"), (14, 24, "DATE"), (31, 43, "PHONE")]
CLEAN = "Potassium is 4.9 today."


def item(name: str, text: str, spans: list[tuple[int, int, str]], **more: str) -> str:
    """A line of an evaluation file."""
    marked = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    return json.dumps({"id": name, "text": text, "spans": marked, **more}) + "\n"


@pytest.fixture(autouse=True)
def _rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules without the tagger: what a model finds is no matter of the command."""
    monkeypatch.setattr("phiward.cli.evaluate.Deidentifier", lambda: Deidentifier(rule_detectors()))
    versions = {"phiward": "0", "policy": "p", "tagger": "sha-of-the-tagger"}
    monkeypatch.setattr("phiward.cli.evaluate.fingerprints", lambda: versions)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A file with a name that the rules miss, and a clean text."""
    file = tmp_path / "marked.jsonl"
    file.write_text(item("note-1", NOTE, SPANS, group="west") + "\n" + item("clean-1", CLEAN, []), encoding="utf-8")
    return file


def ran(*words: object) -> Result:
    """Run `phiward eval deid` with words."""
    return CliRunner().invoke(program(), ["eval", "deid", *map(str, words)])


def told(*words: object) -> Any:
    """What it prints as JSON."""
    result = ran(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_bad_line_is_named_by_its_number_and_not_repeated(marked: Path) -> None:
    """Nothing is measured."""
    marked.write_text(marked.read_text() + '{"id": "3", "text": "Zelda Quagmire", "spans": "none"}\n')
    result = ran(marked)
    assert result.exit_code == 2
    assert "Line 4" in result.stderr
    assert "Quagmire" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="no such file"),
        pytest.param(b"\xff\xfe\x00", id="no UTF-8"),
        pytest.param(b"\n \n", id="no texts: not evaluable, and no pass"),
    ],
)
def test_a_file_that_holds_nothing_to_measure_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Exit code 2, and what to do."""
    file = tmp_path / "file.jsonl"
    if content is not None:
        file.write_bytes(content)
    result = ran(file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "(file)" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--compare", "nobody"], id="a peer that is not known"),
        pytest.param(["--limit", "0"], id="a limit of nothing"),
    ],
)
def test_bad_use_is_refused(marked: Path, words: list[str]) -> None:
    """Exit code 2."""
    assert ran(marked, *words).exit_code == 2


def test_a_peer_that_is_not_installed_is_refused_with_how_to_install_it(
    marked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is measured."""
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    result = ran(marked, "--compare", "presidio")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install presidio-analyzer" in result.stderr


@pytest.mark.parametrize("place", ["missing/page.html", "folder", "marked.jsonl"])
def test_a_page_that_cannot_be_written_is_refused_before_the_work(marked: Path, place: str) -> None:
    """Nor does it overwrite the evaluation file."""
    (marked.parent / "folder").mkdir()
    before = marked.read_bytes()
    result = ran(marked, "--html", marked.parent / place)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "(html)" in result.stderr
    assert marked.read_bytes() == before


def test_the_figures_are_told_as_json(marked: Path) -> None:
    """With what measured them; without any text."""
    report = told(marked)
    (run,) = report["runs"]
    assert report["versions"]["tagger"] == "sha-of-the-tagger"
    assert (run["documents"], run["characters"]) == (2, len(NOTE) + len(CLEAN))
    assert (run["spans"], run["spans_removed"], run["documents_leaking"]) == (3, 2, 1)
    assert (run["clean_texts"], run["clean_texts_touched"]) == (1, 0)
    assert run["by_category"]["NAME"]["recall"] == 0
    assert "Zelda" not in json.dumps(report)


def test_the_figures_are_told_to_people(marked: Path) -> None:
    """A leak does not change the exit code: the file was evaluated."""
    result = ran(marked)
    assert result.exit_code == 0
    assert "66.66 % (2 of 3)" in result.stdout
    assert "sha-of-the-tagger" in result.stdout
    assert "Zelda" not in result.output


def test_errors_are_shown_in_context_where_they_are_asked_for(marked: Path) -> None:
    """Grouped, with the number of all."""
    shown = ran(marked, "--errors").stdout
    assert "phiward missed NAME: 1, 1 shown" in shown
    assert "note-1: …⟦Zelda⟧ came on 03/04/2024. Call 312-555-0142.…" in shown
    assert told(marked, "--errors")["runs"][0]["errors"]["missed"]["NAME"]["shown"][0]["left"] == "Zelda"


def test_names_and_texts_of_the_file_are_no_markup_and_steer_no_terminal(tmp_path: Path) -> None:
    """Neither rich's nor the terminal's."""
    file = tmp_path / "odd.jsonl"
    file.write_text(item("[/bold]", "Zelda\x1b[31m", [(0, 5, "[red]NAME[/x]")], group="[/y]"))
    result = ran(file, "--errors")
    assert result.exit_code == 0, result.output
    assert "[red]NAME[/x]" in result.stdout
    assert "[/bold]: …⟦Zelda⟧·[31m…" in result.stdout
    assert "\x1b[31m" not in result.stdout


def test_the_page_is_for_its_owner_alone(marked: Path) -> None:
    """It holds the texts."""
    place = marked.parent / "page.html"
    assert ran(marked, "--html", place).exit_code == 0
    assert "missed NAME" in place.read_text(encoding="utf-8")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_peer_stands_beside_us(marked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake engine that finds nothing: its own column, its own figures."""

    class FakeAnalyzerEngine:
        def analyze(self, *, text: str, language: str) -> list[Any]:
            return []

    monkeypatch.setattr(peers, "_default_engine", FakeAnalyzerEngine)
    ours, theirs = told(marked, "--compare", "presidio")["runs"]
    assert (ours["system"], theirs["system"]) == ("phiward", "presidio")
    assert (ours["spans_removed"], theirs["spans_removed"]) == (2, 0)
    assert "presidio" in ran(marked, "--compare", "presidio").stdout
