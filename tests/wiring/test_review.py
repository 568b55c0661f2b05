"""Reviews and reconstructions are used in tests/cli; here, that nobody reads words before it is on record."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from phiward.domain.errors import AuditUnavailableError
from phiward.wiring.review import ReviewDesk
from tests.wiring.offices import Office

GRANT, PATIENT = uuid4(), uuid4()


@dataclass
class Seen:
    """What was seen under a grant; remembers that it was asked."""

    office: Office
    asked: list[int] = field(default_factory=list)

    async def texts(self, *which: object) -> tuple[str, ...]:
        """How many records there were by then."""
        self.asked.append(len(self.office.acts))
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
    assert (seen.asked, office.acts) == ([1], [("emergency.texts_read", facts)])
