"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

pytest_plugins = ["tests.postgres"]
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine fails no test


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """A test that configures the logs does so for itself alone."""
    yield
    structlog.reset_defaults()
