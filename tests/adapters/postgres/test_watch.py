"""Running answers are cut when their right ends: on a real database, with real notifications."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.postgres import watch as watching
from phiward.adapters.postgres.watch import CANNOT_TELL, NO_LONGER, PostgresWatch, Sight
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind
from phiward.domain.ports import Watch
from phiward.identity.sessions import Because
from tests.adapters.postgres.session_house import session_house
from tests.adapters.postgres.watch_scene import Asked, Scene, running_watch, until
from tests.postgres import RunningDatabase

NO_GRANTS: frozenset[UUID] = frozenset()
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'phiward watch' AND datname = current_database()"


@pytest_asyncio.fixture
async def scene(db: Any, running: RunningDatabase) -> AsyncIterator[Scene]:
    """An organisation of its own for each test, and a watch that listens."""
    async with session_house(db, running) as house:
        asked = Asked(Sight(db.app))
        patient = await house.home.patient("mrn-1")
        caller = await house.home.caller(await house.home.session(await house.home.person()))
        async with running_watch(PostgresWatch(running.app, asked, recheck_seconds=0.2, heartbeat_seconds=0.2)) as one:
            await until(lambda: one.listening)
            yield Scene(house, one, asked, caller, patient)


async def _revoke_key(scene: Scene) -> None:
    await scene.house.home.registry.revoke_key(scene.house.home.tenant, scene.caller.credential_id)


async def _deactivate(scene: Scene) -> None:
    await scene.house.home.registry.deactivate_person(scene.house.home.tenant, scene.caller.person)


async def _other_roles(scene: Scene) -> None:
    await scene.house.home.execute("UPDATE person SET roles = '{billing}' WHERE id = %s", scene.caller.person)


async def _leave_care(scene: Scene) -> None:
    await scene.house.home.execute("UPDATE care_relation SET ends_at = now() WHERE patient = %s", scene.patient)


async def _record_goes(scene: Scene) -> None:
    await scene.house.home.execute("DELETE FROM care_relation WHERE patient = %s", scene.patient)


ENDS: list[Any] = [
    pytest.param(_revoke_key, {"credential_ended"}, id="the key is revoked"),
    pytest.param(_deactivate, {"person_ended", "credential_ended"}, id="the person is deactivated"),
    pytest.param(_other_roles, {"person_ended"}, id="her roles change"),
    pytest.param(_leave_care, {NO_LONGER}, id="the care relation ends"),
    pytest.param(_record_goes, {NO_LONGER}, id="the care relation goes"),
]
Act = Callable[[Scene], Awaitable[None]]


@pytest.mark.parametrize(("act", "because"), ENDS)
async def test_a_running_answer_ends_with_its_right(scene: Scene, act: Act, because: set[str]) -> None:
    """Within a second, and another person's goes on (ASVS 5.0 8.3.2)."""
    other, grant = await scene.grant()
    with scene.hold() as lease, scene.hold(grant, caller=other) as goes_on:
        await until(lambda: not lease.doubts and not goes_on.doubts)
        assert lease.ended is None
        await act(scene)
        assert await until(lambda: lease.ended) < 1
        assert lease.ended in because
        await asyncio.sleep(0.25)
        assert goes_on.ended is None


async def test_a_session_that_is_ended_cuts_its_answers_and_no_other_sessions(scene: Scene) -> None:
    """Log-out in one browser, and then everywhere."""
    house = scene.house
    sessions = [await house.begin(scene.caller.person) for _ in range(2)]
    first, second = [await house.home.caller(one.text) for one in sessions]
    with scene.hold(caller=first) as one, scene.hold(caller=second) as two:
        await until(lambda: not one.doubts and not two.doubts)
        await house.sessions.end(house.tenant, sessions[0].id, Because.LOGOUT)
        await until(lambda: one.ended)
        assert (one.ended, two.ended) == ("credential_ended", None)
        await house.sessions.end_all(house.tenant, scene.caller.person)
        await until(lambda: two.ended)
        assert two.ended == "credential_ended"


async def test_a_grant_that_is_revoked_cuts_the_answers_that_used_it(scene: Scene) -> None:
    """And not those of whoever has another right."""
    caller, grant = await scene.grant()
    with scene.hold(grant, caller=caller) as lease, scene.hold() as goes_on:
        await until(lambda: not lease.doubts)
        await scene.house.home.execute("UPDATE access_grant SET revoked_at = now() WHERE id = %s", grant)
        await until(lambda: lease.ended)
        assert (lease.ended, goes_on.ended) == ("grant_ended", None)


async def test_a_service_that_is_deactivated_cuts_what_it_does_for_people(scene: Scene) -> None:
    """And nothing that a person does herself."""
    service = await scene.house.service()
    delegated = {"kind": CredentialKind.DELEGATED, "service": service}
    token = (await scene.house.begin(scene.caller.person, **delegated)).text
    with scene.hold(caller=await scene.house.home.caller(token)) as lease, scene.hold() as goes_on:
        await until(lambda: not lease.doubts)
        await scene.house.home.execute("UPDATE service SET active = false WHERE id = %s", service)
        await until(lambda: lease.ended)
        assert (lease.ended, goes_on.ended) == ("service_ended", None)


@pytest.mark.parametrize(("act", "because"), ENDS)
async def test_what_ended_shortly_before_the_answer_began_counts_too(scene: Scene, act: Act, because: set[str]) -> None:
    """Between the look at the database and the first byte."""
    await act(scene)
    await asyncio.sleep(0.2)
    with scene.hold() as lease:
        await until(lambda: lease.ended)
        assert lease.ended in because | {NO_LONGER}


async def test_a_role_that_changed_before_does_not_cut_what_was_decided_after(scene: Scene) -> None:
    """The database is asked once more, and says that all is well."""
    await _other_roles(scene)
    await asyncio.sleep(0.2)
    fresh, before = await scene.house.home.caller(scene.caller.session), scene.asked.times
    with scene.hold(caller=fresh) as lease:
        await until(lambda: scene.asked.times > before and not lease.doubts)
        assert lease.ended is None


async def test_a_relation_that_changes_elsewhere_is_asked_after_and_no_more(scene: Scene, db: Any) -> None:
    """In the same organisation; another organisation's is nothing to us."""
    other = await scene.house.home.patient("mrn-2")
    async with session_house(db, scene.house.running) as foreign:
        theirs = await foreign.home.patient("mrn-3")
        with scene.hold() as lease:
            await until(lambda: not lease.doubts)
            before = scene.asked.times
            await foreign.home.execute("DELETE FROM care_relation WHERE patient = %s", theirs)
            await asyncio.sleep(0.3)
            assert scene.asked.times == before
            await scene.house.home.execute("DELETE FROM care_relation WHERE patient = %s", other)
            await until(lambda: scene.asked.times > before and not lease.doubts)
            assert lease.ended is None


async def test_an_answer_without_a_patient_ends_with_its_credential_only(scene: Scene) -> None:
    """There is no relation that could end."""
    with scene.watch.hold(scene.caller, None, NO_GRANTS) as lease:
        await _record_goes(scene)
        await asyncio.sleep(0.3)
        assert lease.ended is None
        await _revoke_key(scene)
        await until(lambda: lease.ended)


def _kill_listener(scene: Scene) -> None:
    scene.house.as_admin(LISTENERS.replace("pid", "pg_terminate_backend(pid)", 1))


async def test_a_listening_connection_that_is_killed_comes_back(scene: Scene) -> None:
    """And hears again."""
    with scene.hold() as lease:
        (old,) = scene.house.as_admin(LISTENERS)
        _kill_listener(scene)
        await until(lambda: not scene.watch.listening)
        await until(lambda: scene.watch.listening)
        assert scene.house.as_admin(LISTENERS) != [old]
        await until(lambda: not lease.doubts)
        assert lease.ended is None
        await _revoke_key(scene)
        await until(lambda: lease.ended)
        assert lease.ended == "credential_ended"


async def test_what_ends_while_nobody_listens_is_noticed_all_the_same(scene: Scene) -> None:
    """By asking, again and again: the server lets the watch not come back."""
    with scene.hold() as lease:
        scene.watch._conninfo = "host=/nowhere"
        _kill_listener(scene)
        await until(lambda: not scene.watch.listening)
        asked = scene.asked.times
        await until(lambda: scene.asked.times > asked + 3)
        assert lease.ended is None
        await _revoke_key(scene)
        assert await until(lambda: lease.ended) < 1
        assert lease.ended == NO_LONGER


async def test_what_ended_while_nobody_listened_is_noticed_on_the_way_back(scene: Scene) -> None:
    """The database does not tell a second time, so it is asked."""
    conninfo, scene.watch._conninfo, scene.asked.fails = scene.watch._conninfo, "host=/nowhere", True
    with scene.hold() as lease:
        _kill_listener(scene)
        await until(lambda: not scene.watch.listening)
        await _leave_care(scene)
        await asyncio.sleep(0.3)
        assert lease.ended is None
        scene.watch._conninfo, scene.asked.fails = conninfo, False
        await until(lambda: lease.ended)
        assert lease.ended == NO_LONGER


async def test_an_answer_from_before_the_way_back_settles_nothing(scene: Scene) -> None:
    """The question was asked while nobody listened, and what it was about ended before somebody did again."""
    gate, asked = asyncio.Event(), asyncio.Event()
    conninfo, scene.watch._conninfo = scene.watch._conninfo, "host=/nowhere"
    _kill_listener(scene)
    await until(lambda: not scene.watch.listening)

    async def slow(caller: Caller, patient: PatientRef | None) -> bool:
        stands = await scene.asked(caller, patient)
        asked.set()
        await gate.wait()
        return stands

    with scene.watch.hold(scene.caller, scene.patient, NO_GRANTS, slow) as lease:
        await asked.wait()
        await _leave_care(scene)
        scene.watch._conninfo = conninfo
        await until(lambda: scene.watch.listening)
        gate.set()
        await until(lambda: lease.ended)
        assert lease.ended == NO_LONGER


async def test_where_nobody_listens_and_nobody_can_be_asked_every_answer_ends(scene: Scene) -> None:
    """After five seconds: nobody can tell."""
    scene.watch.blind_seconds = 0.8
    scene.watch._conninfo, scene.asked.fails = "host=/nowhere", True
    with scene.hold() as lease:
        _kill_listener(scene)
        began = time.monotonic()
        await until(lambda: lease.ended)
        assert lease.ended == CANNOT_TELL
        assert 0.5 < time.monotonic() - began < 1.5
    assert PostgresWatch("", scene.asked).blind_seconds == 5


async def test_a_connection_that_is_silent_but_open_is_taken_for_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that swallows everything: the heartbeat is missed, and the database is asked by another way."""
    with scene.hold() as lease:
        real = psycopg.AsyncConnection.execute

        async def silent(self: Any, query: Any, *values: Any, **other: Any) -> Any:
            if query == b"SELECT 1":
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    await asyncio.sleep(1.5)  # giving it up takes its time, too
                    raise
            return await real(self, query, *values, **other)

        monkeypatch.setattr(psycopg.AsyncConnection, "execute", silent)
        await until(lambda: not scene.watch.listening, 1.4)
        asked = scene.asked.times
        await until(lambda: scene.asked.times > asked + 2, 1.4)
        assert lease.ended is None
        monkeypatch.undo()
        await until(lambda: scene.watch.listening and not lease.doubts)


async def test_without_its_task_a_watch_lets_nothing_run_on(scene: Scene) -> None:
    """Computed where the lease is read, with a clock of our own: alive at 4.999 seconds, ended after five."""
    clock = [100.0]
    idle = PostgresWatch("", scene.asked, now=lambda: clock[0])
    with idle.hold(scene.caller, scene.patient, NO_GRANTS) as lease:
        for clock[0], ended in ((100.0, None), (104.999, None), (105.001, CANNOT_TELL), (100.0, CANNOT_TELL)):
            assert lease.ended == ended


async def test_a_question_of_ones_own_replaces_the_usual_one(scene: Scene) -> None:
    """For example a whole new decision: here, that a consent was withdrawn."""

    async def refused(caller: Caller, patient: PatientRef | None) -> bool:
        return False

    with scene.watch.hold(scene.caller, scene.patient, NO_GRANTS, refused) as lease, scene.hold() as goes_on:
        await scene.house.home.execute("DELETE FROM care_relation WHERE patient <> %s", scene.patient)
        scene.watch.hear(f"relations {scene.house.tenant}")
        await until(lambda: lease.ended)
        assert (lease.ended, goes_on.ended) == (NO_LONGER, None)


@pytest.mark.parametrize("payload", ["", "person", "person x", "relations", "\x00", "credential " + "0" * 9])
async def test_a_telling_that_cannot_be_read_raises_a_doubt(scene: Scene, payload: str) -> None:
    """About everything; and what nobody knows ends nothing."""
    with scene.hold() as lease:
        await until(lambda: not lease.doubts)
        before = scene.asked.times
        scene.watch.hear(payload)
        assert lease.doubts
        await until(lambda: scene.asked.times > before and not lease.doubts)
        scene.watch.hear(f"credential {uuid4()}")
        assert lease.ended is None


async def test_a_fault_of_ours_leaves_the_doubt(scene: Scene) -> None:
    """The lease then ends by itself; the watch goes on for the others."""

    async def broken(caller: Caller, patient: PatientRef | None) -> bool:
        raise ValueError("invented")

    scene.watch.blind_seconds = 0.6
    with scene.watch.hold(scene.caller, scene.patient, NO_GRANTS, broken) as lease:
        scene.watch.hear("")
        await until(lambda: lease.ended)
        assert lease.ended == CANNOT_TELL
    with scene.hold() as lease:
        await until(lambda: not lease.doubts)
        assert lease.ended is None


async def test_nothing_is_kept_of_an_answer_that_is_done(scene: Scene) -> None:
    """Nor of one that was cut; and of what was told only so much."""
    with scene.hold(uuid4()), scene.hold():
        pass
    with scene.hold() as lease:
        await _revoke_key(scene)
        await until(lambda: lease.ended)
    assert (scene.watch._leases, scene.watch._by_name) == (set(), {})
    for _ in range(watching.MOST_REMEMBERED + 5):
        scene.watch.hear(f"credential {uuid4()}")
    assert len(scene.watch._recent) <= watching.MOST_REMEMBERED
    with scene.hold() as fresh:
        assert fresh.doubts


async def test_looking_at_a_lease_is_cheap(scene: Scene) -> None:
    """It is done before every event of a stream."""
    with scene.hold() as lease:
        began = time.process_time()
        for _ in range(10_000):
            assert lease.ended is None
        assert (time.process_time() - began) / 10_000 < 20e-6


async def test_it_is_the_watch_that_the_flow_asks_for(scene: Scene) -> None:
    """The types say so."""
    watch: Watch = scene.watch
    with watch.hold(scene.caller, None, NO_GRANTS) as lease:
        assert lease.ended is None
