"""Whom to ask about: one's own patients, and a search among them that stands in no address."""

from dataclasses import dataclass
from typing import Final, Protocol

from starlette.responses import Response

from phiward.console.visits import CLINICIANS, Page, Visit, get, post
from phiward.domain.console import PatientCard
from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret

MOST_WORDS: Final = 100


class Found(Protocol):
    """Some of one's own patients, of `count` in all."""

    @property
    def patients(self) -> tuple[PatientCard, ...]:
        """By name."""

    @property
    def count(self) -> int:
        """How many there are."""


class OwnPatients(Protocol):
    """Through row-level security; adapters.postgres.own_patients implements it."""

    async def all(self, session: Secret) -> Found:
        """Those asked about last, then others."""

    async def find(self, session: Secret, words: str) -> Found:
        """By number or name."""

    async def one(self, session: Secret, patient: PatientRef) -> PatientCard | None:
        """None for whoever is not hers."""


@dataclass(frozen=True, slots=True)
class PatientPages:
    """The list and its search."""

    patients: OwnPatients

    def declared(self) -> list[Page]:
        """`/patients`."""
        return [
            get("/patients", self.show, CLINICIANS, nav="Ask"),
            post("/patients", self.search, CLINICIANS, once=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /patients`."""
        found = await self.patients.all(visit.token)
        return visit.page("patients", found=found, words="", searched=False)

    async def search(self, visit: Visit) -> Response:
        """`POST /patients`: the same list, narrowed."""
        words = visit.form.text("words", most=MOST_WORDS)
        found = await (self.patients.find(visit.token, words) if words else self.patients.all(visit.token))
        return visit.section("patients", "list", found=found, words=words, searched=bool(words))
