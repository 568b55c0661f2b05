"""`phiward user`."""

import pytest

from tests.cli.conftest import Installation

REFUSED = [
    pytest.param(("user", "key", "nobody"), "login", id="an unknown login"),
    pytest.param(("user", "add", "x y", "--role", "nurse"), "login", id="a login with a space"),
    pytest.param(("user", "add", "dr.test", "--role", "nurse"), "login", id="a login that is taken"),
    pytest.param(("user", "key", "dr.test", "--patient", "99999999"), "patient", id="an unknown patient"),
    pytest.param(("user", "revoke", "00000000-0000-0000-0000-000000000000"), "key", id="an unknown key"),
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


def test_a_key_is_shown_once_and_never_listed(installation: Installation) -> None:
    """Only its digest is stored."""
    made = installation.json("user", "key", "dr.test", "--label", "laptop", "--days", "1")
    assert made["key"].startswith("phw_")
    listed = installation.run("user", "list", "--keys", "--json")
    assert made["id"] in listed.out
    assert made["key"] not in listed.out
    installation.json("user", "revoke", made["id"])
    row = next(one for one in installation.json("user", "list", "--keys") if one["id"] == made["id"])
    assert row["revoked_at"] is not None


def test_a_deactivated_person_stays_on_the_list_as_such(installation: Installation) -> None:
    """Nothing is forgotten."""
    installation.json("user", "add", "nurse.test", "--role", "nurse")
    installation.json("user", "deactivate", "nurse.test")
    people = {one["login"]: one for one in installation.json("user", "list")}
    assert people["nurse.test"]["active"] is False
    assert people["dr.test"]["active"] is True


def test_a_key_stands_on_a_line_of_its_own_on_a_narrow_terminal(installation: Installation) -> None:
    """It is shown once; a wrapped key is a lost key."""
    ran = installation.run("user", "key", "dr.test", COLUMNS="40")
    assert any(line.startswith("phw_") and len(line) == 53 for line in ran.out.splitlines())
