"""People as a directory sees them."""

import pytest

from phiward.domain.directory import GIVEN_HERE_ONLY, DirectoryPerson
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role


@pytest.mark.parametrize(
    ("values", "param", "reason"),
    [
        ({"login": "Upper"}, "userName", "capitals"),
        ({"login": ""}, "userName", "empty"),
        ({"login": "a", "external_id": "\n"}, "externalId", "a control character"),
        ({"login": "a", "display_name": "x" * 201}, "displayName", "too long"),
        ({"login": "a", "email": "@"}, "emails", "no address"),
    ],
)
def test_what_is_not_of_its_form_is_named(values, param, reason):
    """And not repeated."""
    with pytest.raises(InvalidRequestError) as caught:
        DirectoryPerson(**values)
    assert caught.value.param == param, reason


def test_names_are_not_printed():
    """A person's name and address stay out of logs."""
    person = DirectoryPerson("a", display_name="Nora Named", email="nora@hospital.example")
    assert "Nora" not in repr(person)
    assert "nora" not in repr(person)


def test_the_powerful_roles_are_given_here_only():
    """Whoever holds the directory's token must not become either."""
    assert {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER} == GIVEN_HERE_ONLY
