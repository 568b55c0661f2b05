"""Alerts that wait are sent, by real mail and webhook on loopback, and none is lost."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import HMAC
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.adapters.alerts import SIGNATURE, MailChannel, WebhookChannel
from phiward.adapters.models.client import open_session
from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.outbox import LEASE, LONGEST_TRY_SECONDS, NOBODY, Outbox, wait_after
from phiward.domain.alerts import Alert, AlertChannel
from phiward.domain.errors import UpstreamError
from phiward.domain.people import Role
from phiward.domain.text import Secret
from phiward.settings import surroundings
from tests.adapters.alert_sinks import KEY, mail_sink, webhook_sink
from tests.adapters.postgres.organisation import now
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

MAIL, WEBHOOK = AlertChannel.MAIL, AlertChannel.WEBHOOK
KIND = "emergency.opened"
PHI = ("Zora Testcase", "1949-07-22", "mrn-0012345")
FACTS = {"grant": str(uuid4()), "reason": "threat_to_life", "told": PHI[0], "born": PHI[1], "patients": [PHI[2]]}
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Moving:
    """Now, moved by a test."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The time of the gateway."""
        return now() + self.ahead


@dataclass
class Recorder:
    """A way out that fails as often as it is told, and then takes everything over."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[Alert] = field(default_factory=list)
    before: Callable[[Alert], Awaitable[None]] | None = None

    async def send(self, alert: Alert) -> None:
        """Implements Channel."""
        if self.before is not None:
            await self.before(alert)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(alert)

    @property
    def recipients(self) -> list[str]:
        """To whom."""
        return sorted(alert.recipient for alert in self.sent)


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[SessionHouse]:
    """An organisation of its own for each test; what others left waiting is not sent in it."""
    async with session_house(db, running) as made:
        made.as_admin("DELETE FROM alert")
        yield made


@pytest.fixture
def clock() -> Moving:
    """The gateway's clock."""
    return Moving()


async def staff(house: SessionHouse, role: Role, email: str | None) -> UUID:
    """A person of the staff."""
    person = await house.home.person(role, practitioner=None)
    house.as_admin("UPDATE person SET email = %s WHERE id = %s", email, person)
    return person


async def queue(house: SessionHouse, webhook: bool = False, administrators: bool = False, **facts: Any) -> int:
    """As it is done inside other transactions."""
    async with house.administration.database.as_tenant(house.tenant) as connection:
        return await queue_alerts(
            connection, house.tenant, KIND, facts or FACTS, now(), uuid4, webhook=webhook, administrators=administrators
        )


def outbox(house: SessionHouse, clock: Any = now, **channels: Any) -> Outbox:
    """A worker."""
    named = {AlertChannel(name): channel for name, channel in channels.items()}
    return Outbox(house.administration.database, named, clock, poll_seconds=0.05)


def rows(house: SessionHouse) -> list[tuple[Any, ...]]:
    """What stands in the outbox."""
    return house.as_admin(
        "SELECT recipient, attempts, delivered_at IS NOT NULL, last_error FROM alert"
        " WHERE tenant = %s ORDER BY channel, recipient",
        house.tenant,
    )


@asynccontextmanager
async def at_work(box: Outbox) -> AsyncIterator[None]:
    """While it runs."""
    task = asyncio.create_task(box.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for it."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited stands in the database
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 320), (8, 600), (9, 600), (1_000_000, 600)],
)
def test_the_waits_grow_to_ten_minutes(attempts: int, seconds: int) -> None:
    """And it never gives up."""
    assert wait_after(attempts) == seconds * SECOND


def test_no_try_outlives_its_lease() -> None:
    """Else two workers might send one alert at the same time."""
    assert timedelta(seconds=LONGEST_TRY_SECONDS) < LEASE


async def test_refused_first_it_arrives_within_a_minute_by_both_ways(house: SessionHouse) -> None:
    """With the real clock: both sinks fail once. No PHI in either, though the facts were careless."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    with mail_sink(answers=("451 come again",)) as post:
        async with webhook_sink(503) as hook, open_session(5) as session:
            ways = {
                "mail": MailChannel(post.server, "phiward@hospital.example", "https://phiward.hospital.example"),
                "webhook": WebhookChannel(session, hook.url, Secret(KEY)),
            }
            async with at_work(outbox(house, **ways)):
                began = now()
                assert await queue(house, webhook=True) == 2
                await until(lambda: len(post.came) == 1 and all(row[2] for row in rows(house)))
            assert now() - began < MINUTE
            ((headers, body),), ((_, mail),) = hook.came, post.came
    assert (post.recipients, post.tries, len(hook.tries)) == (["officer@hospital.example"], 2, 2)
    assert headers[SIGNATURE] == "sha256=" + HMAC(KEY.encode(), body, sha256).hexdigest()
    stored = str(house.as_admin("SELECT facts FROM alert WHERE tenant = %s", house.tenant)).encode()
    for everything in (mail, body, stored):
        assert FACTS["grant"].encode() in everything  # type: ignore[attr-defined]
        assert not any(phi.encode() in everything for phi in PHI)
    assert [row[1:] for row in rows(house)] == [(2, True, None)] * 2


async def test_a_failed_alert_waits_longer_each_time(house: SessionHouse, clock: Moving) -> None:
    """By the table, and only the type of the error is kept."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house)
    told = UpstreamError("The mail server did not take the alert over.")
    told.__cause__ = ConnectionRefusedError(PHI[0])
    way = Recorder([told, ValueError(PHI[0]), TimeoutError()])
    box = outbox(house, clock, mail=way)
    table = [("ConnectionRefusedError", 5), ("ValueError", 10), ("TimeoutError", 20)]
    for attempts, (error, seconds) in enumerate(table, 1):
        assert await box.round(MAIL) == 1
        assert rows(house) == [("officer@hospital.example", attempts, False, error)]
        clock.ahead += (seconds - 1) * SECOND
        assert await box.round(MAIL) == 0
        clock.ahead += SECOND
    assert await box.round(MAIL) == 1
    assert rows(house) == [("officer@hospital.example", 4, True, None)]
    assert await box.round(MAIL) == 0


async def test_a_worker_that_dies_loses_nothing(house: SessionHouse, clock: Moving) -> None:
    """It took the alert, and is gone before it sends: after the lease another sends it, once."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house)
    looked_at, taken = await outbox(house, clock, mail=Recorder()).claim(house.tenant, MAIL)
    assert (looked_at, len(taken)) == (1, 1)
    way = Recorder()
    other = outbox(house, clock, mail=way)
    clock.ahead = LEASE - SECOND
    assert await other.round(MAIL) == 0
    clock.ahead = LEASE + SECOND
    assert await other.round(MAIL) == 1
    assert [one.id for one in way.sent] == [taken[0].id]


async def test_a_process_that_is_killed_while_it_sends_loses_nothing(
    house: SessionHouse, running: RunningDatabase, clock: Moving
) -> None:
    """A real process, ended without a chance to tidy up."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house)
    program = (
        "import asyncio, os, sys\n"
        "from datetime import UTC, datetime\n"
        "from phiward.adapters.postgres.database import Database\n"
        "from phiward.adapters.postgres.outbox import Outbox\n"
        "from phiward.domain.alerts import AlertChannel\n"
        "class Fatal:\n"
        "    async def send(self, alert): os._exit(9)\n"
        "async def main():\n"
        "    database = Database(sys.stdin.readline().strip())\n"
        "    await database.open()\n"
        "    await Outbox(database, {AlertChannel.MAIL: Fatal()}, lambda: datetime.now(UTC)).run()\n"
        "asyncio.run(main())\n"
    )
    environment = {**surroundings(), "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdin=asyncio.subprocess.PIPE, env=environment
    )
    await asyncio.wait_for(process.communicate(running.warden.encode() + b"\n"), 60)
    assert process.returncode == 9
    assert rows(house) == [("officer@hospital.example", 1, False, None)]
    way, clock.ahead = Recorder(), LEASE
    assert await outbox(house, clock, mail=way).round(MAIL) == 1
    assert way.recipients == ["officer@hospital.example"]


async def test_workers_side_by_side_never_send_one_alert_twice(house: SessionHouse, running: RunningDatabase) -> None:
    """Three of them, on pools of their own, over thirty alerts."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    for _ in range(30):
        await queue(house)

    async def slowly(alert: Alert) -> None:
        await asyncio.sleep(0.02)

    ways, pools = [Recorder(before=slowly) for _ in range(3)], [Database(running.warden, max_size=4) for _ in range(3)]
    for pool in pools:
        await pool.open()
    try:
        boxes = [Outbox(pool, {MAIL: way}, now, poll_seconds=0.01) for pool, way in zip(pools, ways, strict=True)]
        async with at_work(boxes[0]), at_work(boxes[1]), at_work(boxes[2]):
            await until(lambda: all(row[2] for row in rows(house)))
    finally:
        for pool in pools:
            await pool.close()
    sent = [alert.id for way in ways for alert in way.sent]
    assert (len(sent), len(set(sent))) == (30, 30)
    assert sum(bool(way.sent) for way in ways) > 1


async def test_a_late_failure_does_not_shorten_anothers_lease(house: SessionHouse, clock: Moving) -> None:
    """A try that outlived its lease, against all rules, reports when another worker has the alert."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house)

    async def late(alert: Alert) -> None:
        clock.ahead = LEASE
        await outbox(house, clock, mail=Recorder()).claim(house.tenant, MAIL)
        clock.ahead = timedelta()

    await outbox(house, clock, mail=Recorder([TimeoutError()], before=late)).round(MAIL)
    clock.ahead = LEASE + MINUTE / 2
    assert await outbox(house, clock, mail=Recorder()).round(MAIL) == 0


async def test_an_alert_to_a_role_waits_for_somebody_and_reaches_everybody(house: SessionHouse, clock: Moving) -> None:
    """Nobody had an address when it was written; later two have, one of them new; the inactive one is not told."""
    await staff(house, Role.PRIVACY_OFFICER, None)
    assert await queue(house, administrators=True) == 2
    way = Recorder()
    box = outbox(house, clock, mail=way)
    assert await box.round(MAIL) == 2
    assert [row[1:] for row in rows(house)] == [(0, False, NOBODY)] * 2
    assert await box.round(MAIL) == 0
    for name in ("one", "two", "gone"):
        person = await staff(house, Role.PRIVACY_OFFICER, f"{name}@hospital.example")
    house.as_admin("UPDATE person SET active = false WHERE id = %s", person)
    clock.ahead = LEASE
    while await box.round(MAIL):
        pass
    assert way.recipients == ["one@hospital.example", "two@hospital.example"]
    assert len({alert.id for alert in way.sent}) == 2
    assert [row[0] for row in rows(house) if not row[2]] == ["administrator"]


async def test_each_of_a_role_has_a_fate_of_its_own(house: SessionHouse, clock: Moving) -> None:
    """Where one address fails, the other is not told twice."""
    await queue(house)
    await staff(house, Role.PRIVACY_OFFICER, "one@hospital.example")
    await staff(house, Role.PRIVACY_OFFICER, "two@hospital.example")
    way = Recorder([UpstreamError("x")])
    box = outbox(house, clock, mail=way)
    while await box.round(MAIL):
        pass
    assert way.recipients == ["two@hospital.example"]
    clock.ahead = MINUTE
    while await box.round(MAIL):
        pass
    assert way.recipients == ["one@hospital.example", "two@hospital.example"]


async def test_what_fails_again_and_again_holds_up_neither_the_new_nor_the_other_way(house: SessionHouse) -> None:
    """A mail server that hangs; a webhook that works; and a fresh alert goes before old ones."""
    officer = await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    for _ in range(12):
        await queue(house)
    house.as_admin("UPDATE alert SET attempts = 9, next_at = now() - interval '1 day' WHERE tenant = %s", house.tenant)
    house.as_admin("UPDATE person SET email = 'new@hospital.example' WHERE id = %s", officer)
    await queue(house, webhook=True)

    async def hang(alert: Alert) -> None:
        tried.append(alert.recipient)
        await asyncio.Event().wait()

    tried: list[str] = []
    hook = Recorder()
    async with at_work(outbox(house, mail=Recorder(before=hang), webhook=hook)):
        await until(lambda: len(hook.sent) == 1 and bool(tried))
    assert "new@hospital.example" in tried


async def test_an_alert_without_a_way_out_waits(house: SessionHouse) -> None:
    """Until there is one."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house, webhook=True)
    await asyncio.wait_for(outbox(house).run(), 5)
    hook = Recorder()
    async with at_work(outbox(house, webhook=hook)):
        await until(lambda: len(hook.sent) == 1)
    assert rows(house) == [("officer@hospital.example", 0, False, None), ("configured", 1, True, None)]


async def test_a_database_that_fails_ends_nothing(house: SessionHouse, running: RunningDatabase) -> None:
    """The loop goes on when it is back; here its pool opens late."""
    await staff(house, Role.PRIVACY_OFFICER, "officer@hospital.example")
    await queue(house)
    pool, way = Database(running.warden, timeout_seconds=0.2), Recorder()
    async with at_work(Outbox(pool, {MAIL: way}, now, poll_seconds=0.05)):
        await asyncio.sleep(0.3)
        assert way.sent == []
        await pool.open()
        await until(lambda: len(way.sent) == 1)
    await pool.close()


async def test_each_organisation_sees_its_own(house: SessionHouse, db: Any, running: RunningDatabase) -> None:
    """One worker sends for both, and the roles of one are not those of the other."""
    async with session_house(db, running) as other:
        await staff(house, Role.PRIVACY_OFFICER, "ours@hospital.example")
        await staff(other, Role.PRIVACY_OFFICER, "theirs@clinic.example")
        await queue(house)
        await queue(other)
        way = Recorder()
        assert await outbox(house, mail=way).round(MAIL) == 2
        assert {(one.tenant, one.recipient) for one in way.sent} == {
            (house.tenant, "ours@hospital.example"), (other.tenant, "theirs@clinic.example"),
        }  # fmt: skip
