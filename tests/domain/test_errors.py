"""One family, each branch with a stable code and advice, and nothing of the input."""

import inspect

from phiward.domain import errors

BRANCHES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.PhiwardError)]


def test_every_branch_has_a_code_of_its_own_and_advice() -> None:
    """Client code and runbooks rely on the codes."""
    codes = [branch.code for branch in BRANCHES]
    assert len(codes) == len(set(codes))
    assert all(branch.advice.endswith(".") for branch in BRANCHES)


def test_a_refused_patient_is_always_the_same_words() -> None:
    """It takes no argument, so nothing can leak into it."""
    assert str(errors.PatientNotFoundError()) == str(errors.PatientNotFoundError())
    assert list(inspect.signature(errors.PatientNotFoundError).parameters) == []


def test_an_error_carries_place_and_rule_beside_its_words() -> None:
    """Not inside them."""
    error = errors.NotPermittedError("No.", param="patient", rule="care")
    assert (str(error), error.param, error.rule) == ("No.", "patient", "care")
