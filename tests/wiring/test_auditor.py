"""The auditor's commands are used in tests/cli; here, a log in which nothing was released."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from phiward.domain.errors import AuditIntegrityError
from phiward.wiring.auditor import Auditor


def auditor(newest: UUID | None) -> Auditor:
    """Over a store that knows one id."""

    async def newest_released() -> UUID | None:
        return newest

    store: Any = SimpleNamespace(newest_released=newest_released)
    unused: Any = None
    return Auditor(store, unused, unused)


async def test_where_nothing_was_released_there_is_no_newest() -> None:
    """Said, instead of showing some other entry."""
    with pytest.raises(AuditIntegrityError, match="released"):
        await auditor(None).newest_released()


async def test_the_newest_is_what_the_store_says() -> None:
    """By its id."""
    known = uuid4()
    assert await auditor(known).newest_released() == known
