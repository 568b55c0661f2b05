"""What the commands review and reconstruct with: the registrar's office and the auditor's eyes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.interactions import Interactions
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.reviews import Reviews
from phiward.adapters.postgres.roles import AUDITOR
from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.domain.emergency import ReviewEntry, SeenText
from phiward.domain.people import TenantId
from phiward.policy.decide import Policy
from phiward.settings import Settings
from phiward.vault.vault import Vault
from phiward.wiring.access import working_days
from phiward.wiring.base import open_database
from phiward.wiring.registrar import open_registrar


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What reviews of emergency access are done with on the command line."""

    tenant: TenantId
    registry: Registry
    reviews: Reviews
    seen: SeenUnderGrant
    vault: Vault
    administration: Administration

    async def texts(self, entry: ReviewEntry) -> tuple[SeenText, ...]:
        """What was asked and answered; that somebody read it is on record first."""
        async with self.administration.change(self.tenant, "emergency.texts_read") as change:
            change.facts.update(grant=str(entry.id), patients=[str(entry.patient)], before=None, after=None)
        return await self.seen.texts(self.tenant, entry.id, entry.patient, self.vault)


@asynccontextmanager
async def open_review(settings: Settings) -> AsyncIterator[ReviewDesk]:
    """For commands; the database must run."""
    async with open_registrar(settings) as registrar, open_database(settings, AUDITOR) as auditor:
        administration = registrar.administration
        reviews = Reviews(administration, registrar.vault, working_days(settings), settings.alert_webhook is not None)
        seen = SeenUnderGrant(auditor)
        yield ReviewDesk(registrar.tenant, registrar.registry, reviews, seen, registrar.vault, administration)


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What an interaction is opened with, for a person who may see it."""

    tenant: TenantId
    registry: Registry
    interactions: Interactions
    policy: Policy


@asynccontextmanager
async def open_reading_room(settings: Settings) -> AsyncIterator[ReadingRoom]:
    """For commands; the database must run. Raises ConfigurationError for policies that are unsound."""
    policy = Policy.load(extra=settings.policy_dir)
    async with open_registrar(settings) as registrar, open_database(settings, AUDITOR) as auditor:
        interactions = Interactions(registrar.administration, auditor, registrar.vault, policy)
        yield ReadingRoom(registrar.tenant, registrar.registry, interactions, policy)
