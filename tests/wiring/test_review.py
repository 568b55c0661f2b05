"""Reviews and reconstructions are used in tests/cli; here, that nobody reads words before it is on record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from phiward.domain.errors import AuditUnavailableError
from phiward.wiring.review import ReviewDesk

GRANT, PATIENT = uuid4(), uuid4()


@dataclass
class Office:
    """Records, or cannot."""

    works: bool = True
    recorded: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @asynccontextmanager
    async def change(self, tenant: UUID, action: str) -> AsyncIterator[Any]:
        """An act."""
        change = SimpleNamespace(facts={})
        yield change
        if not self.works:
            raise AuditUnavailableError("The log is full.")
        self.recorded.append((action, change.facts))


@dataclass
class Seen:
    """What was seen under a grant; remembers that it was asked."""

    office: Office
    asked: list[int] = field(default_factory=list)

    async def texts(self, *which: object) -> tuple[str, ...]:
        """How many records there were by then."""
        self.asked.append(len(self.office.recorded))
        return ("text",)


def desk(office: Office, seen: Seen) -> ReviewDesk:
    """Over the twins."""
    unused: Any = None
    return ReviewDesk(uuid4(), unused, unused, seen, unused, office)  # type: ignore[arg-type]


async def test_no_record_no_words() -> None:
    """Promise 1."""
    office = Office(works=False)
    seen = Seen(office)
    with pytest.raises(AuditUnavailableError):
        await desk(office, seen).texts(SimpleNamespace(id=GRANT, patient=PATIENT))  # type: ignore[arg-type]
    assert seen.asked == []


async def test_words_are_read_after_the_record_of_it() -> None:
    """Which grant and which patient; none of the words."""
    office = Office()
    seen = Seen(office)
    assert await desk(office, seen).texts(SimpleNamespace(id=GRANT, patient=PATIENT)) == ("text",)  # type: ignore[arg-type,comparison-overlap]
    facts = {"grant": str(GRANT), "patients": [str(PATIENT)], "before": None, "after": None}
    assert (seen.asked, office.recorded) == ([1], [("emergency.texts_read", facts)])
