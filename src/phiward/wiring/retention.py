"""What retention is worked with on the command line: the schedule, holds, what is due, destruction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from phiward.adapters.postgres.certificates import certificate, certificates
from phiward.adapters.postgres.destruction import Destroyer
from phiward.adapters.postgres.kept import KeptReader
from phiward.adapters.postgres.legal_holds import LegalHolds
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.roles import AUDITOR
from phiward.domain.administration import UnknownIdError
from phiward.domain.people import TenantId
from phiward.domain.ports import Clock
from phiward.retention.destruction import Certificate, DestructionReason
from phiward.retention.due import Kept, KeptKind, Standing, standing
from phiward.retention.schedule import Schedule
from phiward.settings import Settings
from phiward.wiring.auditor import sequence_all
from phiward.wiring.base import open_database, utc_now
from phiward.wiring.registrar import open_registrar


@dataclass(frozen=True, slots=True)
class RetentionDesk:
    """Of one organisation; the shards are those of the installation."""

    tenant: TenantId
    registry: Registry
    schedule: Schedule
    holds: LegalHolds
    kept: KeptReader
    destroyer: Destroyer
    clock: Clock = utc_now

    async def standings(self) -> tuple[Standing, ...]:
        """How everything that is kept stands now. Reads the whole log once."""
        found = [
            *await self.kept.shards(),
            *await self.kept.patients(self.tenant),
            *await self.kept.reviews(self.tenant, self.schedule),
            *await self.kept.access(self.tenant),
            *await self.kept.alerts(self.tenant),
        ]
        return await self._standing(found)

    async def patient(self, reference: str) -> Standing:
        """How a patient stands, by a reference or his opaque id. Raises PatientNotFoundError, UnknownIdError."""
        opaque = _opaque(reference) or await self.registry.patient_by_reference(self.tenant, reference)
        return await self._one([one for one in await self.kept.patients(self.tenant) if one.name == str(opaque)])

    async def shard(self, name: str) -> Standing:
        """How a shard stands. Raises UnknownIdError, also for one that was destroyed."""
        return await self._one([one for one in await self.kept.shards() if one.name == name])

    async def destroy(self, found: Standing, reason: DestructionReason) -> Certificate:
        """Destroy it. What is refused is on record too."""
        if found.kept.kind is KeptKind.SHARD:
            return await self.destroyer.shard(self.tenant, found)
        return await self.destroyer.patient(self.tenant, found, reason)

    async def certificate(self, wanted: UUID) -> Certificate:
        """One of this organisation. Raises UnknownIdError."""
        return await certificate(self.holds.administration.database, self.tenant, wanted)

    async def certificates(self) -> tuple[Certificate, ...]:
        """All of this organisation, unfinished ones among them."""
        return await certificates(self.holds.administration.database, self.tenant)

    async def _one(self, found: list[Kept]) -> Standing:
        if not found:
            raise UnknownIdError("subject")
        return (await self._standing(found))[0]

    async def _standing(self, found: list[Kept]) -> tuple[Standing, ...]:
        holds, now = await self.holds.holds(self.tenant), self.clock()
        return tuple([await self._reached(standing(one, self.schedule, holds, now)) for one in found])

    async def _reached(self, found: Standing) -> Standing:
        """With the holds that reach it through what the log says; asked only of what would be due."""
        if not found.due:
            return found
        holds = await self.destroyer.holds_on(self.tenant, found.kept)
        return replace(found, due=not holds, holds=holds)


def _opaque(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


@asynccontextmanager
async def open_retention(settings: Settings) -> AsyncIterator[RetentionDesk]:
    """For commands; the database must run. Raises ConfigurationError for a schedule below the floor."""
    schedule = Schedule.of(settings.retention_years)
    async with open_registrar(settings) as registrar, open_database(settings, AUDITOR) as auditor:
        administration = registrar.administration

        async def number() -> None:
            await sequence_all(settings)

        yield RetentionDesk(
            registrar.tenant,
            registrar.registry,
            schedule,
            LegalHolds(administration),
            KeptReader(administration.database, auditor),
            Destroyer(administration, auditor, registrar.vault, number),
        )
