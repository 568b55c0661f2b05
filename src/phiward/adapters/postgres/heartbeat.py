"""A gateway process on record: that it started, that it lives and how many entries it was acknowledged, that it ended.

The count is what makes a deleted entry show that had no number yet: whatever a process said that it had appended must
be in the log (audit/threads.py). Source: NIST SP 800-92 section 3.2 (a source that falls silent must be noticed).
"""

import asyncio
from typing import Any

import structlog

from phiward import __version__
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.audit.sayings import HEARTBEAT, STARTED, STOPPED, said
from phiward.domain.errors import PhiwardError
from phiward.domain.ports import Clock

log = structlog.get_logger("phiward.audit")
HEARTBEAT_SECONDS = 900.0
"""audit/threads.py tells of a silence that is longer than two of these."""
RETRY_SECONDS = 5.0


class Heartbeat:
    """Of the process that writes with `audit`."""

    def __init__(self, audit: PostgresAuditLog, clock: Clock) -> None:
        """`audit` counts what was acknowledged to this process."""
        self._audit, self._clock = audit, clock
        self._on_record = True

    async def started(self) -> None:
        """Its first entry. Raises AuditUnavailableError: a process that cannot record does not serve."""
        await self._say(STARTED, version=__version__)

    async def run(self) -> None:
        """Beat until cancelled; a log that cannot be written is tried again soon."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS if self._on_record else RETRY_SECONDS)
            self._on_record = await self._beat()

    async def stopped(self) -> None:
        """Its last entry, where the log can be written."""
        try:
            await self._say(STOPPED, entries=self._audit.acknowledged + 1)  # itself among them
        except PhiwardError as error:
            log.warning("the end of this process is not on record", code=error.code)

    async def _beat(self) -> bool:
        try:
            await self._say(HEARTBEAT, entries=self._audit.acknowledged + 1)
        except PhiwardError as error:
            log.warning("a heartbeat is not on record", code=error.code)
            return False
        return True

    async def _say(self, action: str, **facts: Any) -> None:
        await self._audit.append(said(action, facts, self._clock()))
