"""One served hospital for the quick system tests; those that kill it make their own."""

from collections.abc import Iterator

import pytest

from tests.system.harness import Hospital
from tests.system.upstream import echo


@pytest.fixture(scope="session")
def served() -> Iterator[Hospital]:
    """Started once a session."""
    hospital = Hospital()
    try:
        hospital.start()
        yield hospital
    finally:
        hospital.close()


@pytest.fixture
def hospital(served: Hospital) -> Hospital:
    """The served hospital with the upstream as it was."""
    served.upstream.script = echo
    served.upstream.forget()
    return served
