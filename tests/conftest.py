"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = ["tests.postgres"]


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """A test that configures the logs does so for itself alone."""
    yield
    structlog.reset_defaults()
