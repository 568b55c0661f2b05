"""A watch that runs beside a test, and a physician with a patient whose answers it may cut."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.watch import PostgresWatch, Sight
from phiward.domain.errors import StorageError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from tests.adapters.postgres.organisation import DAY, now
from tests.adapters.postgres.session_house import SessionHouse


@dataclass
class Asked:
    """Asks the database, unless it is told to fail; counts."""

    sight: Sight
    fails: bool = False
    times: int = 0

    async def __call__(self, caller: Caller, patient: PatientRef | None) -> bool:
        """As the gateway would."""
        self.times += 1
        if self.fails:
            raise StorageError("Invented.")
        return await self.sight(caller, patient)


@dataclass
class Scene:
    """A house, a watch that runs, and a physician with a patient."""

    house: SessionHouse
    watch: PostgresWatch
    asked: Asked
    caller: Caller
    patient: PatientRef

    def hold(self, *grants: UUID, caller: Caller | None = None, patient: PatientRef | None = None) -> Any:
        """A lease for an answer about the patient."""
        return self.watch.hold(caller or self.caller, patient or self.patient, frozenset(grants))

    async def grant(self) -> tuple[Caller, UUID]:
        """Somebody who treats nobody, with a grant for the patient."""
        home, made = self.house.home, uuid4()
        person, approver = await home.person(practitioner=None), await home.person(practitioner=None)
        await home.execute(
            "INSERT INTO access_grant (id, tenant, kind, person, patient, basis, approver, starts_at, ends_at)"
            " VALUES (%s, %s, 'manual', %s, %s, 'consult', %s, %s, %s)",
            made, home.tenant, person, self.patient, approver, now() - DAY, now() + DAY,
        )  # fmt: skip
        return await home.caller(await home.session(person)), made


async def until(what: Callable[[], object], seconds: float = 5) -> float:
    """Wait for something; returns how many seconds it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it did not happen"
        await asyncio.sleep(0.002)
    return time.monotonic() - began


@contextlib.asynccontextmanager
async def running_watch(watch: PostgresWatch) -> AsyncIterator[PostgresWatch]:
    """It runs beside the test."""
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
