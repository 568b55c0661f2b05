"""What the pages of one gateway process speak to: the same flow and rooms as every request, by way of here."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

import structlog

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.drafts import PostgresDrafts
from phiward.adapters.postgres.log_state import PostgresLogState
from phiward.adapters.postgres.submissions import PostgresSubmissions
from phiward.adapters.session_desk import SessionDesk
from phiward.domain.errors import PhiwardError
from phiward.wiring.access import Access
from phiward.wiring.base import utc_now

log = structlog.get_logger("phiward.console")
SWEEP_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class ConsoleHouse:
    """Everything that the pages serve with; a page module takes the parts that it needs."""

    access: Access
    sessions: SessionDesk
    drafts: PostgresDrafts
    submissions: PostgresSubmissions
    log: PostgresLogState

    def running(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What runs beside the requests."""
        return (self._sweep(),)

    async def _sweep(self) -> None:
        while True:
            try:
                await self.drafts.sweep()
                await self.submissions.sweep()
            except PhiwardError as error:
                log.warning("what was kept for the pages was not swept", code=error.code)
            await asyncio.sleep(SWEEP_SECONDS)


def open_console(access: Access, database: Database) -> ConsoleHouse:
    """Compose. `database` is a pool of the gateway's role."""
    warden, vault, tenant = access.warden, access.vault, access.tenant
    return ConsoleHouse(
        access,
        SessionDesk(access.sessions, warden, access.people, tenant),
        PostgresDrafts(warden, vault, tenant, utc_now),
        PostgresSubmissions(warden, tenant, utc_now),
        PostgresLogState(database, utc_now),
    )
