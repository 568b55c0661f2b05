"""One family, each branch with a stable code and advice, and nothing of the input."""

import inspect
import re
from typing import Any

import typer.main

from phiward.cli.main import program
from phiward.domain import errors

BRANCHES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.PhiwardError)]


def test_every_branch_has_a_code_of_its_own_and_advice() -> None:
    """Client code and runbooks rely on the codes."""
    codes = [branch.code for branch in BRANCHES]
    assert len(codes) == len(set(codes))
    assert all(branch.advice.endswith(".") for branch in BRANCHES)


def test_every_command_that_advice_names_exists() -> None:
    """Advice that cannot be followed is worse than none."""
    commands: Any = typer.main.get_command(program())
    for branch in BRANCHES:
        for words in re.findall(r"`phiward ([a-z -]+)`", branch.advice):
            found = commands
            for word in words.split():
                assert word in found.commands, branch.__name__
                found = found.commands[word]


def test_a_refused_patient_is_always_the_same_words() -> None:
    """It takes no argument, so nothing can leak into it."""
    assert str(errors.PatientNotFoundError()) == str(errors.PatientNotFoundError())
    assert list(inspect.signature(errors.PatientNotFoundError).parameters) == []


def test_an_error_carries_place_and_rule_beside_its_words() -> None:
    """Not inside them."""
    error = errors.NotPermittedError("No.", param="patient", rule="care")
    assert (str(error), error.param, error.rule) == ("No.", "patient", "care")
