"""The command tree: help that begins with a verb, exit codes, and errors without a traceback."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from phiward.cli import main
from phiward.cli.main import program
from tests.cli.conftest import Installation

NO_VERB = {"the", "a", "an", "one", "this", "all"}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that does something."""
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from leaves(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


COMMANDS = dict(leaves(typer.main.get_command(program())))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_with_a_verb_and_explains_each_option(name: str) -> None:
    """Help that teaches."""
    command = COMMANDS[name]
    first = (command.help or "").split()[0]
    assert re.fullmatch(r"[A-Z][a-z]+", first)
    assert first.lower() not in NO_VERB
    assert all(getattr(one, "help", "") for one in command.params)


@pytest.mark.parametrize(
    ("words", "unneeded", "reason"),
    [
        (["version"], "psycopg", "it asks no database"),
        (["user", "list", "--help"], "phiward.flow", "no request is made"),
        (["user", "list", "--help"], "alembic", "nothing is migrated"),
        (["witness", "--help"], "phiward.wiring", "it runs under another administrator"),
    ],
)
def test_a_command_loads_only_what_it_needs(words: list[str], unneeded: str, reason: str) -> None:
    """To load everything takes two seconds."""
    code = (
        "import sys\nfrom phiward.cli.main import main\n"
        f"sys.argv = ['phiward', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert ended.code == 0\n"
        f"assert not any(name.partition('.')[0] == {unneeded!r} or name == {unneeded!r} for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (reason, done.stderr)


def test_every_name_of_the_tables_leads_to_the_tree_of_itself() -> None:
    """Alone and in the whole tree: the same commands."""
    for name in (*main.COMMANDS, *main.GROUPS):
        alone: Any = typer.main.get_command(program(name))
        assert set(alone.commands) == {name, "version"}


def test_an_unknown_command_is_bad_use(installation: Installation) -> None:
    """Exit code 2, and no traceback."""
    ran = installation.run("frobnicate")
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_the_version_is_printed(installation: Installation) -> None:
    """For bug reports."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", installation.run("version").out)
