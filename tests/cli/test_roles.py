"""`phiward role`."""

import pytest

from tests.cli.clinic import person
from tests.cli.conftest import Installation

REFUSED = [
    pytest.param(("role", "list", "nobody"), "login", id="an unknown login"),
    pytest.param(("role", "add", "dr.test", "physician"), "role", id="a role she has"),
    pytest.param(("role", "remove", "dr.test", "physician"), "roles", id="her last role"),
    pytest.param(("role", "add", "dr.test", "king"), "role", id="no role"),
]


@pytest.mark.parametrize(("words", "place"), REFUSED)
def test_bad_use_names_the_place_and_exits_with_2(
    installation: Installation, words: tuple[str, ...], place: str
) -> None:
    """In words, without a traceback."""
    ran = installation.run(*words)
    assert ran.code == 2
    assert place in ran.err
    assert "Traceback" not in ran.err


def test_a_role_is_given_and_taken(installation: Installation) -> None:
    """What is printed is what she then has."""
    login = person(installation, "role.test", "nurse")
    assert installation.json("role", "add", login, "billing")["roles"] == ["billing", "nurse"]
    assert installation.json("role", "remove", login, "nurse")["roles"] == ["billing"]
    assert installation.json("role", "list", login) == {"login": login, "roles": ["billing"]}
