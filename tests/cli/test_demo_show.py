"""How the demonstration looks: each verdict by word as well as by colour."""

from pathlib import Path

import pytest

from phiward.cli.demo_show import Check, Told, show_told


def told(*, holds: bool) -> Told:
    """A demonstration."""
    checks = (Check("A promise", holds, "seen"),)
    return Told("Margaret?", "[PATIENT_1]? " * 300, "Margaret.", ("Margaret",), {"tree": "5 entries"}, checks)


@pytest.mark.parametrize(("holds", "word"), [(True, "held"), (False, "BROKEN")])
def test_a_verdict_is_a_word(holds: bool, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Colour-blind readers and pipes read it too."""
    show_told(told(holds=holds), ())
    printed = capsys.readouterr().out
    assert word in printed
    assert "more characters" in printed


def test_one_broken_promise_breaks_the_whole() -> None:
    """The exit code follows."""
    assert told(holds=True).holds
    assert not told(holds=False).holds


def test_the_picture_holds_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands to try are printed, not recorded."""
    picture = tmp_path / "demo.svg"
    show_told(told(holds=True), ("curl -H 'Authorization: Bearer phw_x'",), picture)
    assert "phw_x" not in picture.read_text()
    assert "phw_x" in capsys.readouterr().out
