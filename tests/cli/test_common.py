"""What every command shares."""

import pytest
import typer

from phiward.cli.common import Exit, fail, guard_defects, run, show
from phiward.domain.errors import ConfigurationError

CANARY = "Zelda Quagmire"


def test_a_defect_is_named_by_type_and_place_and_never_by_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's message may hold PHI."""

    def command() -> None:
        raise ValueError(CANARY)

    assert guard_defects(command) == Exit.CANNOT_TELL
    printed = capsys.readouterr().err
    assert CANARY not in printed
    assert "ValueError" in printed
    assert "test_common.py" in printed


def test_an_error_of_the_house_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines and exit code 2."""

    async def work() -> None:
        raise ConfigurationError("PHIWARD_X is missing.", param="x")

    with pytest.raises(typer.Exit) as caught:
        run(work())
    assert caught.value.exit_code == Exit.CANNOT_TELL
    printed = capsys.readouterr().err
    assert "PHIWARD_X is missing." in printed
    assert "What to do:" in printed


def test_what_is_shown_is_a_table_for_people_and_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The same facts."""
    show([{"name": "a", "roles": ["x", "y"], "none": None}], as_json=False)
    assert "x, y" in capsys.readouterr().out
    show([{"name": "a"}], as_json=True)
    assert '"name": "a"' in capsys.readouterr().out
    show([], as_json=False, title="Keys")
    assert "Keys: nothing yet." in capsys.readouterr().out


def test_data_is_never_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A label in brackets stays, and a closing tag breaks nothing."""
    show([{"label": "ward [b] laptop [/x]"}], as_json=False, title="Keys")
    assert "ward [b] laptop [/x]" in capsys.readouterr().out
    fail(ConfigurationError("Install phiward[demo]."))
    assert "phiward[demo]" in capsys.readouterr().err
