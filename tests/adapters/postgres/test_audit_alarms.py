"""An alarm of the log reaches the officers of every organisation, also when the database was away for a moment."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from phiward.adapters.postgres import audit_alarms as module
from phiward.adapters.postgres.audit_alarms import AuditAlarms
from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.errors import StorageError
from tests.postgres import RunningDatabase

from .log_entries import as_admin, now


class Away(Database):
    """A pool that is away at first."""

    left = 2

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Connection]:
        """Fails, then works."""
        if self.left:
            self.left -= 1
            raise StorageError("away")
        async with super().plain() as connection:
            yield connection


async def test_an_alarm_waits_for_the_database_and_reaches_everybody(
    running: RunningDatabase, store: Any, other_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Officers, administrators and the webhook of both organisations; facts as codes and numbers."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.001)
    warden = Away(running.warden)
    await warden.open()
    alarms = AuditAlarms(warden, now, webhook=True)
    alarms("audit.clock_regressed", {"seconds": 3600, "clock": "database"})
    task = asyncio.create_task(alarms.run())
    wanted = "SELECT tenant, recipient, facts FROM alert WHERE kind = 'audit.clock_regressed'"
    while len(as_admin(running, wanted)) < 6:  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await warden.close()
    rows = as_admin(running, wanted)
    assert {row[1] for row in rows} == {"privacy_officer", "administrator", "configured"}
    assert {row[0] for row in rows} == {store.tenant, other_store.tenant}
    assert all(row[2] == {"seconds": 3600, "clock": "database"} for row in rows)


def test_too_many_alarms_are_dropped_and_never_block(running: RunningDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever raises one must go on."""
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    alarms = AuditAlarms(Database(running.warden), now, webhook=False)
    for _ in range(5):
        alarms("audit.rewound", {})
    assert alarms._waiting.qsize() == 2
