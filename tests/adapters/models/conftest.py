"""The upstreams of these tests, and a session as the wiring opens it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from phiward.adapters.models.client import open_session
from tests.upstreams.real import real_upstream
from tests.upstreams.stub import stub_upstream

__all__ = ["real_upstream", "session", "stub_upstream"]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Gives up after half a second of silence."""
    async with open_session(0.5) as made:
        yield made
