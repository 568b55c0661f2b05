"""The command tree: help that begins with a verb, exit codes, and errors without a traceback."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from phiward.cli.main import app
from tests.cli.conftest import Installation

NO_VERB = {"the", "a", "an", "one", "this", "all"}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that does something."""
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from leaves(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


COMMANDS = dict(leaves(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_with_a_verb_and_explains_each_option(name: str) -> None:
    """Help that teaches."""
    command = COMMANDS[name]
    first = (command.help or "").split()[0]
    assert re.fullmatch(r"[A-Z][a-z]+", first)
    assert first.lower() not in NO_VERB
    assert all(getattr(one, "help", "") for one in command.params)


def test_an_unknown_command_is_bad_use(installation: Installation) -> None:
    """Exit code 2, and no traceback."""
    ran = installation.run("frobnicate")
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_the_version_is_printed(installation: Installation) -> None:
    """For bug reports."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", installation.run("version").out)
