"""What ends is heard: one connection listens, and every running answer holds a lease that ends with its right.

The database tells on channel `phiward_ended` what ends (access.sql, the triggers at its end). A telling that
names a lease's credential, person, service or grant ends it at once. One that says only "relations", one
shortly before the lease began, and a connection that was lost and came back, raise a doubt, and a doubt is
settled by asking the database again. While nobody listens, every lease is asked after again and again. A lease
of which neither listening nor asking could say for `blind_seconds` that it stands ends: nobody can tell.

That last rule is computed where a lease is read, so it holds also when the tasks here stand still.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from phiward.adapters.postgres.database import Database
from phiward.domain.errors import PhiwardError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, Role

log = structlog.get_logger("phiward.watch")

CHANNEL: Final = "phiward_ended"
CANNOT_TELL: Final = "cannot_tell"
NO_LONGER: Final = "access_ended"
ENDED: Final = {name: f"{name}_ended" for name in ("credential", "person", "service", "grant")}
"""What the database tells, and the rule by which a lease then ends."""

REMEMBERED_SECONDS: Final = 300.0
"""How long before a lease a telling still concerns it: longer than a request needs from its look to its answer."""
MOST_REMEMBERED: Final = 10_000
RELATIONS: Final = "relations"
ASKED_AT_ONCE: Final = 4
PAUSE_SECONDS: Final = 0.1
"""Between two rounds of asking: an import may tell of a thousand relations in a second."""

Still = Callable[[Caller, PatientRef | None], Awaitable[bool]]
"""Whether this caller may still see this patient, without that being activity. Raises StorageError."""


class Sight:
    """Asks the database, as row-level security sees it: the usual `Still`. `database` is a pool of the app role."""

    def __init__(self, database: Database) -> None:
        """Ask `database`."""
        self._database = database

    async def __call__(self, caller: Caller, patient: PatientRef | None) -> bool:
        """The credential stands, the person has the roles with which it was decided, and she sees the patient."""
        async with self._database.as_session(caller.session, patient) as connection:
            cursor = await connection.execute(
                "SELECT s.roles, %s::uuid IS NULL OR %s::uuid = ANY (visible_patients()) FROM session_person() s",
                [patient, patient],
            )
            row = await cursor.fetchone()
        known = {str(role) for role in Role}
        return row is not None and row[1] is True and {name for name in row[0] if name in known} == set(caller.roles)


@dataclass(eq=False, slots=True)
class HeldLease:
    """Implements domain.ports.Lease. Times are seconds of the watch's own clock."""

    caller: Caller
    patient: PatientRef | None
    names: frozenset[tuple[str, UUID]]
    still: Still
    watch: "PostgresWatch" = field(repr=False)
    sure_at: float
    doubts: int = 0
    asking: bool = False
    because: str | None = None

    @property
    def ended(self) -> str | None:
        """Why the right ended; None while it stands. Costs a look at the clock."""
        if self.because is None and self.watch.now() - self.last_sure > self.watch.blind_seconds:
            self.because = CANNOT_TELL
        return self.because

    @property
    def last_sure(self) -> float:
        """The last time of which it is known that the lease stood."""
        return self.sure_at if self.doubts else max(self.sure_at, self.watch.heard_at)

    def doubt(self) -> None:
        """What is known up to now stays known; what comes after must be asked."""
        self.sure_at = self.last_sure
        self.doubts += 1


class PostgresWatch:
    """Implements domain.ports.Watch. `run` must run beside the requests; without it leases end by themselves."""

    def __init__(
        self,
        conninfo: str,
        still: Still,
        *,
        recheck_seconds: float = 1.0,
        heartbeat_seconds: float = 1.0,
        blind_seconds: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`conninfo` connects the app role. `recheck_seconds`: how often is asked while nobody listens.

        `heartbeat_seconds`: how often the listening connection must answer; `blind_seconds`: see above.
        """
        self.blind_seconds = blind_seconds
        self.now = now
        self.heard_at = float("-inf")
        self._conninfo, self._still = conninfo, still
        self._recheck_seconds, self._heartbeat_seconds = recheck_seconds, heartbeat_seconds
        self._leases: set[HeldLease] = set()
        self._by_name: dict[tuple[str, UUID], set[HeldLease]] = {}
        self._recent: dict[tuple[str, UUID], float] = {}
        self._missed_until = now()  # what was told before this could not be heard
        self._listening = False
        self._doubtful = asyncio.Event()

    @property
    def listening(self) -> bool:
        """Whether the connection answers: one that is late is taken for lost, before it is given up."""
        return self._listening and self.now() - self.heard_at <= 3 * self._heartbeat_seconds

    @contextlib.contextmanager
    def hold(
        self, caller: Caller, patient: PatientRef | None, grants: frozenset[UUID], still: Still | None = None
    ) -> Iterator[HeldLease]:
        """A lease for one answer. `still` replaces the usual question, for example by a whole new decision."""
        names = {("credential", caller.credential_id), ("person", caller.person), *(("grant", one) for one in grants)}
        if caller.service is not None:
            names.add(("service", caller.service))
        lease = HeldLease(caller, patient, frozenset(names), still or self._still, self, self.now())
        self._look_back(lease)
        self._leases.add(lease)
        for name in names:
            self._by_name.setdefault(name, set()).add(lease)
        try:
            yield lease
        finally:
            self._forget(lease)

    async def run(self) -> None:
        """Listen and ask, until cancelled."""
        asker = asyncio.create_task(self._ask())
        try:
            while True:
                try:
                    await self._listen()
                except (psycopg.Error, OSError, TimeoutError) as error:
                    log.warning("nobody listens to what ends", kind=type(error).__name__)
                finally:
                    self._listening = False
                await asyncio.sleep(min(0.2, self._recheck_seconds))
        finally:
            asker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asker

    async def _listen(self) -> None:
        """One connection, until it fails. It must answer every heartbeat: silence alone proves nothing."""
        async with self._connected() as connection:
            async with asyncio.timeout(2 * self._heartbeat_seconds):
                await connection.execute(f"LISTEN {CHANNEL}".encode())
            self._missed_until = self.heard_at = self.now()
            self._listening = True
            self._doubt_all()  # also of those that are being asked after: what they say may be older than our hearing
            while True:
                async for told in connection.notifies(timeout=self._heartbeat_seconds):
                    self.hear(told.payload)
                asked_at = self.now()
                async with asyncio.timeout(2 * self._heartbeat_seconds):
                    await connection.execute(b"SELECT 1")
                async for told in connection.notifies(timeout=0):  # what came before the answer is heard first
                    self.hear(told.payload)
                self.heard_at = asked_at

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Closed without waiting for a server that does not answer."""
        async with asyncio.timeout(max(2.0, 2 * self._heartbeat_seconds)):
            connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, prepare_threshold=None, application_name="phiward watch"
            )
        try:
            yield connection
        finally:
            await connection.close()

    def hear(self, payload: str) -> None:
        """One telling: a word and an id. What cannot be read raises a doubt about everything."""
        word, _, text = payload.partition(" ")
        try:
            name = word, UUID(text)
        except ValueError:
            self._doubt_all()
            return
        self._remember(name)
        if word in ENDED:
            for lease in tuple(self._by_name.get(name, ())):
                lease.because = lease.because or ENDED[word]
                self._forget(lease)
        else:
            self._doubt_all(name[1] if word == RELATIONS else None)

    def _look_back(self, lease: HeldLease) -> None:
        """What ended between the look at the database and now; roles that changed and relations need another look."""
        since = self.now() - REMEMBERED_SECONDS
        about = (*lease.names, (RELATIONS, lease.caller.tenant))
        recent = {word for word, one in about if self._recent.get((word, one), since) > since}
        for word in ("credential", "grant"):
            if word in recent:
                lease.because = ENDED[word]
        if recent or self._missed_until > since:
            lease.doubt()
            self._doubtful.set()

    def _remember(self, name: tuple[str, UUID]) -> None:
        if len(self._recent) >= MOST_REMEMBERED:
            self._recent.clear()
            self._missed_until = self.now()
        self._recent.pop(name, None)
        self._recent[name] = self.now()
        while self._recent and self._recent[oldest := next(iter(self._recent))] < self.now() - REMEMBERED_SECONDS:
            del self._recent[oldest]

    def _doubt_all(self, tenant: UUID | None = None) -> None:
        for lease in self._leases:
            if tenant is None or lease.caller.tenant == tenant:
                lease.doubt()
        self._doubtful.set()

    async def _ask(self) -> None:
        """Settle doubts, several at once, until cancelled. While nobody listens every lease is doubtful."""
        while True:
            # Not wait_for: in Python 3.11 it swallows a cancellation that meets the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._recheck_seconds):
                    await self._doubtful.wait()
            self._doubtful.clear()
            if not self.listening:
                for lease in self._leases:
                    lease.doubt()
            waiting = [lease for lease in self._leases if lease.doubts]
            at_once = asyncio.Semaphore(ASKED_AT_ONCE)
            await asyncio.gather(*(self._settle(lease, at_once) for lease in waiting))
            if waiting:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _settle(self, lease: HeldLease, at_once: asyncio.Semaphore) -> None:
        """An answer counts from when it was asked for; a doubt that came meanwhile stays."""
        async with at_once:
            doubts, asked_at = lease.doubts, self.now()
            try:
                async with asyncio.timeout(self.blind_seconds):
                    stands = await lease.still(lease.caller, lease.patient)
            except (PhiwardError, TimeoutError):
                return
            except Exception as fault:
                log.error("a lease could not be asked after", kind=type(fault).__name__)
                return
        if not stands:
            lease.because = lease.because or NO_LONGER
            self._forget(lease)
            return
        lease.sure_at = max(lease.sure_at, asked_at)
        if lease.doubts == doubts and self.listening:
            lease.doubts = 0
        elif lease.doubts != doubts:
            self._doubtful.set()

    def _forget(self, lease: HeldLease) -> None:
        self._leases.discard(lease)
        for name in lease.names:
            held = self._by_name.get(name)
            if held is not None:
                held.discard(lease)
                if not held:
                    del self._by_name[name]
