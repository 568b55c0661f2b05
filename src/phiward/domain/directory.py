"""People as a directory sees them: what it sends by SCIM, and what is kept of it.

No role comes with a person whom a directory adds: until somebody here gives her one, she may do nothing.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}")


GIVEN_HERE_ONLY = frozenset({Role.PRIVACY_OFFICER, Role.ADMINISTRATOR})
"""A directory neither gives nor takes these: whoever holds the directory's token must not become either."""


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """One person. `login` is SCIM's userName, in lower case; `roles` None leaves the roles as they are."""

    login: str
    active: bool = True
    external_id: str | None = None
    display_name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    roles: frozenset[Role] | None = None

    def __post_init__(self) -> None:
        """Raises InvalidRequestError naming what is not of its form."""
        if _LOGIN.fullmatch(self.login) is None:
            raise InvalidRequestError("A userName is 1 to 64 of a-z, 0-9 and . _ @ + -.", param="userName")
        for name, value in (("externalId", self.external_id), ("displayName", self.display_name)):
            if value is not None and _PLAIN.fullmatch(value) is None:
                raise InvalidRequestError("That is 1 to 200 printable characters.", param=name)
        if self.email is not None and _EMAIL.fullmatch(self.email) is None:
            raise InvalidRequestError("That is no e-mail address.", param="emails")


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person as stored, with her id and when she was made and changed (UTC)."""

    id: UUID
    person: DirectoryPerson
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DirectoryCaller:
    """The directory that asks: a service of one organisation."""

    service: UUID
    tenant: UUID
