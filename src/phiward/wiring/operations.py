"""What runs, for a page: policy first. It holds no PHI; that somebody looked at it is no record of the log."""

import asyncio
from dataclasses import dataclass
from typing import Final

from phiward.adapters.key_ages import MASTER_DAYS, SIGNING_DAYS, KeyAges
from phiward.adapters.postgres.office_watching import OfficeWatching
from phiward.adapters.postgres.operations import Operations
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.operations import Health, Register
from phiward.domain.people import Caller
from phiward.settings import Settings
from phiward.vendors.register import standings
from phiward.wiring.base import utc_now
from phiward.wiring.duties import Duties

PASSWORDS: Final = "Passwords of the database roles"


@dataclass(frozen=True, slots=True)
class OperationsRoom:
    """Implements console.vendors.Vendors and console.health.Running. Raises NotPermittedError, StorageError."""

    duties: Duties
    operations: Operations
    watching: OfficeWatching
    ages: KeyAges

    async def register(self, caller: Caller) -> Register:
        """Every destination as the gate decides on it at this instant."""
        await self.duties.demand(caller, Act.READ_OPERATIONS)
        now = utc_now()
        book, accepted = await self.operations.book(caller.tenant)
        traffic, counted, since = await self.operations.traffic(caller.tenant)
        return Register(now, standings(book, now), accepted, traffic, counted, since)

    async def health(self, caller: Caller) -> Health:
        """Raises VaultError where the key store cannot be read."""
        await self.duties.demand(caller, Act.READ_OPERATIONS)
        keys = await asyncio.to_thread(self.ages.keys, caller.tenant)
        watched = await self.watching.watched(caller.tenant)
        return Health(
            utc_now(), await self.operations.processes(), await self.operations.numbering(), watched.check,
            watched.anchors, await self.operations.protection(), keys,
        )  # fmt: skip


def ages_of(settings: Settings) -> KeyAges:
    """The keys of an installation that are files, with the periods that are advised for them."""
    files = {"Root key": (settings.root_key_file, MASTER_DAYS)}
    if settings.signer_socket is None:
        files["Signing key of the log"] = (settings.signing_key_file, SIGNING_DAYS)
    return KeyAges(settings.key_store_file, {**files, PASSWORDS: (settings.database_credentials_file, None)})
