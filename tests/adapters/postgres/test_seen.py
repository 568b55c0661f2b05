"""What was seen under a grant; the rest is in test_reviews.py, on one house."""

from typing import Any
from uuid import UUID

import pytest

from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.domain.errors import StorageError


async def test_the_gateways_other_roles_do_not_read_it_as_the_auditor_does(db: Any) -> None:
    """The registrar has no right to read the log."""
    assert await SeenUnderGrant(db.auditor).under(UUID(int=1), UUID(int=2)) == ()
    with pytest.raises(StorageError):
        await SeenUnderGrant(db.registrar).under(UUID(int=1), UUID(int=2))
