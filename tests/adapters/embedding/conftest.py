"""An upstream that misbehaves as told, and a session as the wiring opens it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from phiward.adapters.models.client import open_session
from tests.upstreams.stub import stub_upstream

__all__ = ["session", "stub_upstream"]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Gives up after half a second of silence."""
    async with open_session(0.5) as made:
        yield made
