"""The list of one's own patients."""

from dataclasses import dataclass, field
from typing import Any

from phiward.adapters.postgres.own_patients import Found
from phiward.console.patients import MOST_WORDS, PatientPages
from phiward.domain.console import PatientCard
from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret
from tests.console.twins import CSRF, ZORA, PagesHouse


@dataclass
class PatientsTwin:
    """One patient, or none."""

    cards: tuple[PatientCard, ...] = (ZORA,)
    asked: list[Any] = field(default_factory=list)

    async def all(self, session: Secret) -> Found:
        """Everybody."""
        return Found(self.cards, len(self.cards))

    async def find(self, session: Secret, words: str) -> Found:
        """As a test says."""
        self.asked.append(words)
        return Found(self.cards, len(self.cards))

    async def one(self, session: Secret, patient: PatientRef) -> PatientCard | None:
        """By ref."""
        return next((card for card in self.cards if card.ref == patient), None)


async def test_a_search_is_no_address_and_a_section_for_htmx() -> None:
    """Nothing of it stands in a link."""
    twin = PatientsTwin()
    async with PagesHouse().client(PatientPages(twin).declared()) as client:
        whole = await client.post("/patients", data={"csrf": CSRF, "words": "Zora"})
        part = await client.post("/patients", data={"csrf": CSRF, "words": "Zora"}, headers={"hx-request": "true"})
    assert twin.asked == ["Zora", "Zora"]
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert f'href="/ask/{ZORA.ref}"' in part.text
    assert "Zora" not in part.text.partition('href="')[2].partition('"')[0]


async def test_nobody_found_says_the_two_ways_on_and_nothing_of_who_is_here() -> None:
    """The same for a stranger and for nobody; too long a search is refused."""
    async with PagesHouse().client(PatientPages(PatientsTwin(())).declared()) as client:
        answer = await client.post("/patients", data={"csrf": CSRF, "words": "Somebody"})
        assert "ask to be added, or use emergency access" in answer.text
        assert (await client.post("/patients", data={"csrf": CSRF, "words": "x" * (MOST_WORDS + 1)})).status_code == 400
        assert "Nobody is in your care" in (await client.get("/patients")).text
