"""Pages: an opaque cursor and a limit, and no other word in an address."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from starlette.datastructures import QueryParams

from phiward.domain.errors import InvalidRequestError
from phiward.gateway.admin.models import Model, Page

DEFAULT_LIMIT = 50
MOST = 200
"""Rows of a page."""
FIRST = UUID(int=0)


class HasId(Protocol):
    """A row of a list."""

    @property
    def id(self) -> UUID:
        """By which the list is in order."""


def cursor_of(last: UUID) -> str:
    """Where the next page begins. Opaque: a client hands it back as it came."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def read_paging(query: QueryParams, *, paged: bool) -> tuple[UUID, int]:
    """After which id, and how many rows. Raises InvalidRequestError for anything else in the address."""
    names = [name for name, _ in query.multi_items()]
    if len(set(names)) != len(names) or not set(names) <= ({"cursor", "limit"} if paged else set()):
        raise InvalidRequestError("The address holds a parameter that is not read here.", param="query")
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= MOST):
        raise InvalidRequestError(f"A limit is between 1 and {MOST}.", param="limit")
    return _after(query.get("cursor")), int(limit)


def _after(cursor: str | None) -> UUID:
    if cursor is None:
        return FIRST
    try:
        found = base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 16 or cursor_of(UUID(bytes=found)) != cursor:
        raise InvalidRequestError("That is no cursor of a page before.", param="cursor")
    return UUID(bytes=found)


def page_of(model: type[Any], rows: Sequence[HasId], limit: int) -> Page[Any]:
    """Rows as a page; a full one has a cursor, also where nothing follows."""
    items: tuple[Model, ...] = tuple(model.model_validate(row) for row in rows)
    return Page[model](items=items, next=cursor_of(rows[-1].id) if len(rows) == limit else None)  # type: ignore[valid-type]
