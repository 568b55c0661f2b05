"""A person as SCIM writes it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from phiward.domain.directory import DirectoryPerson, StoredPerson
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role
from phiward.gateway.scim.people import patched, person_id, person_of, resource_of

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STORED = StoredPerson(
    UUID(int=7),
    DirectoryPerson("nurse.a", True, "e-1", "A. Nurse", "a@hospital.example", frozenset({Role.NURSE})),
    AT,
    AT,
)


def user(**more: Any) -> dict[str, Any]:
    """A message."""
    return {"schemas": [CORE], "userName": "Nurse.A", **more}


@pytest.mark.parametrize(
    ("body", "param", "reason"),
    [
        ({}, "", "no name"),
        (user(userName=""), "userName", "an empty one"),
        (user(userName="two words"), "userName", "a space"),
        (user(userName="x" * 65), "userName", "too long"),
        (user(active="perhaps"), "active", "neither true nor false"),
        (user(displayName="line\nbreak"), "displayName", "a control character"),
        (user(emails=[{"value": "no address", "primary": True}]), "emails", "no address"),
        (user(roles=[{"value": "janitor"}]), "roles", "no role of ours"),
        (user(roles=[{"value": "administrator"}]), "roles", "given here only"),
        (user(roles=[{"value": "privacy_officer"}]), "roles", "given here only"),
    ],
)
def test_what_cannot_be_a_person_is_refused_and_named(body, param, reason):
    """Without repeating it."""
    with pytest.raises(InvalidRequestError) as caught:
        person_of(body)
    assert (caught.value.param or "").startswith(param), reason
    assert "janitor" not in str(caught.value)


def test_a_person_is_read_with_what_is_kept_of_her():
    """The primary address, the name as it is shown, roles that a directory may give."""
    body = user(
        externalId="e-1",
        name={"formatted": "A. Nurse", "familyName": "Nurse"},
        emails=[{"value": "b@hospital.example"}, {"value": "a@hospital.example", "primary": True}],
        roles=[{"value": "nurse"}],
        title="kept nowhere",
    )
    assert person_of(body) == STORED.person


def test_without_roles_the_roles_are_left_as_they_are():
    """None, not none of them."""
    assert person_of(user()).roles is None
    assert person_of(user(roles=[])).roles in (None, frozenset())


@pytest.mark.parametrize(
    ("operation", "active", "reason"),
    [
        ({"op": "replace", "value": {"active": False}}, False, "as Okta writes it"),
        ({"op": "Replace", "path": "active", "value": "False"}, False, "as Entra writes it"),
        ({"op": "replace", "path": "displayName", "value": "B"}, True, "something else"),
    ],
)
def test_a_patch_deactivates(operation, active, reason):
    """Every directory's own way."""
    made = patched(STORED, {"schemas": [PATCH], "Operations": [operation]})
    assert made.active is active, reason
    assert made.login == "nurse.a"
    assert made.roles == {Role.NURSE}


@pytest.mark.parametrize(
    "body",
    [{}, {"schemas": [PATCH], "Operations": [{"op": "explode"}]}, {"schemas": [PATCH], "Operations": "all"}],
    ids=["empty", "unknown operation", "no list"],
)
def test_a_patch_that_cannot_be_read_is_refused(body):
    """And changes nothing."""
    with pytest.raises(InvalidRequestError):
        patched(STORED, body)


def test_the_answer_is_a_scim_resource():
    """With its address."""
    made = resource_of(STORED, "https://phiward.example/scim/v2")
    assert made["schemas"] == [CORE]
    assert (made["id"], made["userName"], made["active"]) == (str(STORED.id), "nurse.a", True)
    assert made["meta"]["location"] == f"https://phiward.example/scim/v2/Users/{STORED.id}"
    assert made["roles"] == [{"value": "nurse"}]


def test_what_is_no_id_is_like_an_unknown_one():
    """No error of its own."""
    assert person_id("../../etc") is None
    assert person_id(str(STORED.id)) == STORED.id
