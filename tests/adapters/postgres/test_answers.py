"""Answers that wait, on a real database: for nobody else, then for whom they are."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.answers import PostgresAnswers
from phiward.domain.errors import StorageError, VaultError
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


def answers(house: ConsoleHouse) -> PostgresAnswers:
    """Of this house."""
    return PostgresAnswers(house.app, house.warden, house.vault, house.tenant)


async def test_nobody_keeps_or_reads_an_answer_about_a_patient_out_of_care(house: ConsoleHouse) -> None:
    """Row-level security; and alice's own is not bob's, even where he comes to treat her."""
    alice, bob = await house.enter(house.alice), await house.enter(house.bob)
    made = house.answer()
    with pytest.raises(StorageError):
        await answers(house).keep(bob.text, made)
    await answers(house).keep(alice.text, made)
    assert await answers(house).find(bob.text, made.interaction) is None
    house.sql("UPDATE care_relation SET practitioner = 'Practitioner/bob' WHERE tenant = %s", house.tenant)
    assert await answers(house).find(bob.text, made.interaction) is None
    assert await answers(house).find(alice.text, made.interaction) is None


async def test_an_answer_comes_back_as_it_was_and_is_sealed(house: ConsoleHouse) -> None:
    """With everything in it; under the patient's key."""
    alice = await house.enter(house.alice)
    made = house.answer()
    await answers(house).keep(alice.text, made)
    assert await answers(house).find(alice.text, made.interaction) == made
    assert await answers(house).find(alice.text, uuid4()) is None
    assert await answers(house).mine(alice.text, house.patient, 5) == [(made.interaction, made.asked_at, made.question)]
    ((sealed,),) = house.sql("SELECT sealed FROM answer WHERE tenant = %s", house.tenant)
    assert b"invented" not in bytes(sealed)
    house.vault.destroy(house.tenant, house.patient)
    with pytest.raises(VaultError):
        await answers(house).find(alice.text, made.interaction)


async def test_answers_are_swept_after_a_day(house: ConsoleHouse) -> None:
    """By the warden, which sees nothing of them."""
    alice = await house.enter(house.alice)
    await answers(house).keep(alice.text, house.answer())
    assert await answers(house).sweep() == 0
    house.sql("UPDATE answer SET kept_until = now() WHERE tenant = %s", house.tenant)
    assert await answers(house).mine(alice.text, house.patient, 5) == []
    assert await answers(house).sweep() == 1
