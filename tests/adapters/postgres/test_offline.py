"""Offline codes in a real database, on the warden's role, with a clock and a provider of our own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.domain.errors import InvalidRequestError, NotPermittedError, StorageError
from phiward.domain.people import PersonId
from phiward.domain.text import Secret
from phiward.identity.offline import ACR, CODES, LIFETIME, LOCKED, MOST_WRONG
from phiward.policy.emergency import OFFLINE_ACR
from tests.adapters.postgres.organisation import Organisation, encode, now
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

SECOND = timedelta(seconds=1)
NO_CODE = Secret("AAAA-AAAA-AAAA-AAAA")


@dataclass
class World:
    """What stands around the codes: `answers` is what the probe of the provider says next."""

    house: SessionHouse
    ahead: timedelta = timedelta()
    answers: Any = False
    asked: int = 0
    factors: OfflineFactors = field(init=False)

    def __post_init__(self) -> None:
        """The gateway's hand."""
        administration = Administration(self.house.administration.database, encode, self.clock, "gateway")
        self.factors = OfflineFactors(administration, self.probe)

    def clock(self) -> datetime:
        """The gateway's clock."""
        return now() + self.ahead

    async def probe(self) -> bool:
        """As adapters.oidc.OidcProvider.probe."""
        self.asked += 1
        if isinstance(self.answers, Exception):
            raise self.answers
        return bool(self.answers) if self.answers is not None else None  # type: ignore[return-value]

    async def enrolled(self) -> tuple[PersonId, tuple[Secret, ...]]:
        """A person with codes."""
        person = await self.house.home.person()
        return person, await self.factors.enrol(self.house.tenant, person)

    async def use(self, person: PersonId, code: Secret) -> str:
        """`used`, or the rule that refused."""
        try:
            proof = await self.factors.use(self.house.tenant, person, code)
        except NotPermittedError as refused:
            return str(refused.rule) if code.value not in str(refused) else "repeated"
        assert (proof.acr, abs(proof.auth_time - self.clock()) < 60 * SECOND) == (ACR, True)
        return "used"

    async def told(self) -> list[tuple[Any, ...]]:
        """What is on record of codes."""
        entries = [one for one in await self.house.home.log() if one["action"].startswith("offline.")]
        return [(one["action"], one.get("reason")) for one in entries]


@pytest_asyncio.fixture
async def world(db: Any, running: RunningDatabase) -> AsyncIterator[World]:
    """An organisation of its own for each test, whose provider is down."""
    async with session_house(db, running) as house:
        yield World(house)


async def test_what_does_not_count_is_refused_and_on_record(world: World) -> None:
    """Wrong, malformed, another person's, of somebody without codes, of nobody: one rule, the same words."""
    (one, codes), (other, others) = await world.enrolled(), await world.enrolled()
    without, stranger = await world.house.home.person(), PersonId(uuid4())
    tried = [(one, NO_CODE), (one, Secret("x")), (one, others[0]), (other, codes[0]), (without, others[1])]
    for person, code in [*tried, (stranger, NO_CODE)]:
        assert await world.use(person, code) == "offline_code"
    assert await world.told() == [("offline.enrolled", None)] * 2 + [("offline.refused", "wrong")] * 5 + [
        ("offline.refused", "inactive")
    ]
    assert not world.house.as_admin("SELECT 1 FROM offline_factor WHERE used_at IS NOT NULL")


async def test_each_code_is_used_once(world: World) -> None:
    """All of them, in any order; then there is none."""
    person, codes = await world.enrolled()
    assert len(codes) == CODES
    proof = await world.factors.use(world.house.tenant, person, codes[5])
    assert proof.left == CODES - 1
    assert await world.use(person, codes[5]) == "offline_code"
    assert await world.use(person, codes[0]) == "used"
    last = await world.house.last()
    assert (last["action"], last["acr"], last["person"]) == ("offline.used", ACR, str(person))
    assert (last["before"], last["after"]) == ({"codes": 7}, {"codes": 6})


async def test_a_code_used_twice_in_the_same_moment_is_used_once(world: World) -> None:
    """By two gateways."""
    person, codes = await world.enrolled()
    assert sorted(await asyncio.gather(*(world.use(person, codes[0]) for _ in range(3)))) == [
        "offline_code", "offline_code", "used",
    ]  # fmt: skip


async def test_an_expired_code_is_refused(world: World) -> None:
    """At 180 days to the second; by the gateway's clock, and by the database's where that is ahead."""
    person, codes = await world.enrolled()
    world.ahead = LIFETIME - 30 * SECOND
    assert await world.use(person, codes[0]) == "used"
    world.ahead = LIFETIME
    assert await world.use(person, codes[1]) == "offline_code"
    world.ahead = timedelta()
    world.house.as_admin("UPDATE offline_factor SET expires_at = now() WHERE person = %s", person)
    world.ahead = -timedelta(days=1)
    assert await world.use(person, codes[2]) == "offline_code"


@pytest.mark.parametrize("answers", [True, TimeoutError("x"), None], ids=["it answers", "the probe fails", "no answer"])
async def test_a_code_counts_only_while_the_provider_is_down(world: World, answers: Any) -> None:
    """Whoever cannot tell that it is down takes it for up. It is asked each time, and no try is counted."""
    person, codes = await world.enrolled()
    world.answers = answers
    for _ in range(MOST_WRONG + 1):
        assert await world.use(person, codes[0]) == "offline_online"
    assert (await world.told())[1:] == [("offline.refused", "provider_answers")] * 6
    world.answers = False
    assert await world.use(person, codes[0]) == "used"
    assert world.asked == MOST_WRONG + 2


async def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(world: World) -> None:
    """Also the right one; nobody else is locked; the state is the database's, so a restart helps nobody."""
    (person, codes), (other, others) = await world.enrolled(), await world.enrolled()
    for _ in range(MOST_WRONG):
        assert await world.use(person, NO_CODE) == "offline_code"
    world = World(world.house)  # another gateway
    assert await world.use(person, codes[0]) == "offline_locked"
    world.ahead = LOCKED - 30 * SECOND
    assert await world.use(person, codes[0]) == "offline_locked"
    assert await world.use(other, others[0]) == "used"
    world.ahead = LOCKED + SECOND
    assert await world.use(person, codes[0]) == "used"
    assert ("offline.refused", "locked") in await world.told()


async def test_wrong_codes_side_by_side_are_counted_as_well(world: World) -> None:
    """Eight at once: no more than five are looked at."""
    person, _ = await world.enrolled()
    rules = await asyncio.gather(*(world.use(person, NO_CODE) for _ in range(8)))
    assert sorted(rules) == ["offline_code"] * 5 + ["offline_locked"] * 3


async def test_a_right_code_takes_the_wrong_ones_back(world: World) -> None:
    """Even as the fifth."""
    person, codes = await world.enrolled()
    for code in codes[:2]:
        for _ in range(MOST_WRONG - 1):
            assert await world.use(person, NO_CODE) == "offline_code"
        assert await world.use(person, code) == "used"


async def test_a_try_whose_worker_died_is_counted(world: World) -> None:
    """It was counted before the code was looked at."""
    person, codes = await world.enrolled()
    for _ in range(MOST_WRONG):
        await world.factors._count(world.house.tenant, person, False)
    assert await world.use(person, codes[0]) == "offline_locked"


async def test_new_codes_end_the_old_ones(world: World) -> None:
    """On record, without a code in it."""
    person, old = await world.enrolled()
    assert await world.use(person, old[0]) == "used"
    new = await world.factors.enrol(world.house.tenant, person)
    last = await world.house.last()
    assert (last["before"], last["after"]["codes"]) == ({"codes": 7}, 8)
    everything = str(await world.house.home.log())
    assert not any(code.value in everything for code in (*old, *new))
    assert await world.use(person, old[1]) == "offline_code"
    assert await world.use(person, new[1]) == "used"


async def test_the_command_line_can_enrol(world: World, db: Any) -> None:
    """On the registrar's role; the gateway's own sees nothing of it."""
    person = await world.house.home.person()
    registrar = OfflineFactors(Administration(db.registrar, encode, now, "uid:1000"), world.probe)
    codes = await registrar.enrol(world.house.tenant, person)
    assert (await world.house.last())["actor"] == "uid:1000"
    assert await world.use(person, codes[7]) == "used"
    for query in (b"SELECT * FROM offline_factor", b"SELECT * FROM offline_attempt"):
        with pytest.raises(StorageError):
            async with db.app.plain() as connection:
                await connection.execute(query)


async def test_nobody_inactive_or_of_elsewhere_has_codes(world: World, db: Any) -> None:
    """Neither new ones, nor old ones."""
    person, codes = await world.enrolled()
    await world.house.home.registry.deactivate_person(world.house.home.tenant, person)
    foreign = await (await Organisation.found(db)).person()
    for nobody in (person, foreign, PersonId(uuid4())):
        with pytest.raises(InvalidRequestError):
            await world.factors.enrol(world.house.tenant, nobody)
        assert await world.use(nobody, codes[0]) == "offline_code"
    assert len([one for one in await world.told() if one[0] == "offline.enrolled"]) == 1


async def test_without_a_record_no_code_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 1: the code is whole again where its use could not be recorded."""
    person, codes = await world.enrolled()

    async def fails(*args: Any) -> None:
        raise StorageError("full")

    with monkeypatch.context() as broken:
        broken.setattr(Administration, "record", fails)
        with pytest.raises(StorageError):
            await world.factors.use(world.house.tenant, person, codes[0])
    assert await world.use(person, codes[0]) == "used"


def test_the_policy_knows_the_class_by_the_same_name() -> None:
    """Rooms do not import each other."""
    assert ACR == OFFLINE_ACR
