"""A person as SCIM writes it, to and from ours. Source: RFC 7643 section 4.1, RFC 7644 section 3.5.2 (PATCH).

scim2-models reads and checks the messages; what phiward does not keep is refused by nobody and kept by nobody.
"""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from scim2_models import Context, Email, Meta, PatchOp, SCIMException, User
from scim2_models import Role as ScimRole

from phiward.domain.directory import GIVEN_HERE_ONLY, DirectoryPerson, StoredPerson
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role

_ROLES = {str(role): role for role in Role}


def person_of(body: dict[str, Any], *, replacement: bool = False) -> DirectoryPerson:
    """The person that a POST or PUT describes. Raises InvalidRequestError naming the place."""
    context = Context.RESOURCE_REPLACEMENT_REQUEST if replacement else Context.RESOURCE_CREATION_REQUEST
    try:
        user: User[Any] = User[Any].model_validate(body, scim_ctx=context)
    except (ValidationError, SCIMException) as error:
        raise _unreadable(error) from None
    return _person(user)


def patched(stored: StoredPerson, body: dict[str, Any]) -> DirectoryPerson:
    """The person after a PATCH. Raises InvalidRequestError naming the place."""
    user = _user(stored, "")
    try:
        operations = PatchOp[User[Any]].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        operations.patch(user)
    except (ValidationError, SCIMException, ValueError, TypeError) as error:
        raise _unreadable(error) from None
    return _person(user)


def resource_of(stored: StoredPerson, base: str) -> dict[str, Any]:
    """The answer: `base` is the address of /scim/v2."""
    return dict(_user(stored, base).model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def person_id(text: str) -> UUID | None:
    """The id in an address; None for what cannot be one, which is then like an unknown one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _user(stored: StoredPerson, base: str) -> User[Any]:
    person = stored.person
    return User[Any](
        id=str(stored.id),
        external_id=person.external_id,
        user_name=person.login,
        display_name=person.display_name,
        active=person.active,
        emails=[Email(value=person.email, primary=True)] if person.email else None,
        roles=[ScimRole(value=str(role)) for role in sorted(person.roles or ())] or None,
        meta=Meta(
            resource_type="User",
            created=stored.created_at,
            last_modified=stored.changed_at,
            location=f"{base}/Users/{stored.id}" if base else None,
        ),
    )


def _person(user: User[Any]) -> DirectoryPerson:
    emails = user.emails or []
    email = next((one.value for one in emails if one.primary), emails[0].value if emails else None)
    name = user.display_name or (user.name.formatted if user.name else None)
    return DirectoryPerson(
        (user.user_name or "").strip().lower(),
        user.active is not False,
        user.external_id,
        name,
        None if email is None else str(email),
        None if user.roles is None else frozenset(map(_role, user.roles)),
    )


def _role(given: ScimRole) -> Role:
    role = _ROLES.get(str(given.value))
    if role is None:
        raise InvalidRequestError("That is no role here; `phiward role list` names them.", param="roles")
    if role in GIVEN_HERE_ONLY:
        raise InvalidRequestError("This role is given here only, not by a directory.", param="roles")
    return role


def _unreadable(error: Exception) -> InvalidRequestError:
    place = ".".join(str(step) for step in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else None
    return InvalidRequestError("That is not a SCIM message that can be read.", param=place or None)
