"""Checks the whole log: before the gateway listens, every day beside it, and by command.

A log of more than START_ENTRIES is checked right after the start instead of before it, and alarmed: a hospital does not
wait minutes for its gateway. Source: 45 CFR 164.312(c)(2).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

import structlog

from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.roles import AUDITOR
from phiward.audit.sayings import OVERRIDDEN, VERIFIED, said
from phiward.audit.verify import Report, verify
from phiward.domain.errors import PhiwardError
from phiward.settings import Settings
from phiward.wiring.anchors import open_anchors, remembered
from phiward.wiring.base import open_database, signer_of, utc_now
from phiward.wiring.log import Log

log = structlog.get_logger("phiward.audit")
START_ENTRIES = 100_000
RETRY_SECONDS = 60.0
HOUR_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Checked:
    """A report, the anchors that could not be asked for it, and how many locked objects somebody tried to hide."""

    report: Report
    silent: tuple[str, ...]
    hidden: int = 0

    @property
    def codes(self) -> list[str]:
        """What was found, each kind once."""
        return sorted({one.kind.name.lower() for one in self.report.findings})

    def facts(self) -> dict[str, Any]:
        """For the record."""
        first = self.report.first_bad
        return {
            "holds": self.report.holds,
            "entries": self.report.entries,
            "findings": self.codes,
            "first_bad_shard": first[0] if first else None,
            "first_bad_index": first[1] if first else None,
            "anchors_silent": len(self.silent),
            "objects_hidden": self.hidden,
        }


async def check_log(settings: Settings, progress: Callable[[int], None] = lambda entries: None) -> Checked:
    """Verify everything, by the auditor's role, against every anchor that answers. Raises StorageError."""
    async with open_anchors(settings) as anchors:
        memory = await remembered(anchors)
    async with open_database(settings, AUDITOR) as database:
        store, verifier = PostgresAuditStore(database), signer_of(settings).verifier
        report = await verify(store, verifier, memory.notes, progress, memory.bounds)
    return Checked(report, tuple(memory.silent), memory.hidden)


async def check_before_start(settings: Settings) -> Checked | None:
    """As `check_log`; None where the log is too long to wait for. Raises StorageError."""
    async with open_database(settings, AUDITOR) as database:
        head = await PostgresAuditStore(database).head()
    return await check_log(settings) if head.size <= START_ENTRIES else None


class _StoppedError(Exception):
    """The process ends: a check that began is given up."""


async def check_beside(settings: Settings) -> Checked:
    """As `check_log`, in a thread with a loop of its own: a page of a thousand entries must not hold up a stream.

    A cancelled caller stops it at its next page.
    """
    over = Event()

    def go_on(entries: int) -> None:
        if over.is_set():
            raise _StoppedError

    def work() -> Checked:
        return asyncio.run(check_log(settings, go_on))

    try:
        return await asyncio.to_thread(work)
    finally:
        over.set()


class Integrity:
    """What this process knows of the log, and the check that runs beside it."""

    def __init__(self, settings: Settings, keeper: Log, checked: Checked | None, despite: str | None) -> None:
        """`checked` before the start, if it was; `despite`: the code for which it serves although it does not hold."""
        self._settings, self._keeper, self.newest, self._despite = settings, keeper, checked, despite

    async def begin(self) -> None:
        """Put what the check before the start said on record. Raises AuditUnavailableError."""
        if self.newest is None:
            return
        await self._record(self.newest)
        if not self.newest.report.holds:
            facts = {"reason": self._despite, "findings": self.newest.codes}
            await self._keeper.audit.append(said(OVERRIDDEN, facts, utc_now()))
            self._keeper.alarms("audit.verification_overridden", {"findings": self.newest.codes})

    async def run(self) -> None:
        """Check once every so many hours, until cancelled; at once where nothing was checked before the start."""
        pause = self._settings.audit_verify_hours * HOUR_SECONDS
        wait = pause if self.newest else 0.0
        while True:
            await asyncio.sleep(wait)
            try:
                self.newest = await check_beside(self._settings)
                await self._record(self.newest)
                wait = pause
            except PhiwardError as error:
                log.warning("the log could not be checked", code=error.code)
                wait = RETRY_SECONDS

    async def _record(self, checked: Checked) -> None:
        if not checked.report.holds:
            first = checked.report.first_bad_index
            self._keeper.alarms("audit.does_not_hold", {"findings": checked.codes, "first_bad_index": first})
        await self._keeper.audit.append(said(VERIFIED, checked.facts(), utc_now()))
