"""One's own patients on a real database: what nobody finds, then what she finds."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.own_patients import OwnPatients, card_of
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


@pytest.mark.parametrize("words", ["Zora", "zora testcase", "MRN-0001", "' OR 1=1 --", "%", ""])
async def test_whoever_treats_nobody_finds_nobody(house: ConsoleHouse, words: str) -> None:
    """Found, unknown and nonsense are alike."""
    bob, patients = await house.enter(house.bob), OwnPatients(house.app, house.vault)
    assert await patients.find(bob.text, words) == await patients.find(bob.text, "Nobody")
    assert (await patients.all(bob.text)).count == 0
    assert await patients.one(bob.text, house.patient) is None


@pytest.mark.parametrize("words", ["Zora", "TESTCASE", "testcase, zora", "MRN-0001", " mrn-0001 "])
async def test_her_own_patient_is_found_by_name_and_number(house: ConsoleHouse, words: str) -> None:
    """However it is written."""
    alice, patients = await house.enter(house.alice), OwnPatients(house.app, house.vault)
    found = await patients.find(alice.text, words)
    assert [one.name for one in found.patients] == ["TESTCASE, Zora"]
    assert found.patients == (await patients.all(alice.text)).patients
    assert await patients.one(alice.text, house.patient) == found.patients[0]


async def test_every_word_must_fit(house: ConsoleHouse) -> None:
    """Half a name with something else is somebody else."""
    alice, patients = await house.enter(house.alice), OwnPatients(house.app, house.vault)
    assert (await patients.find(alice.text, "Zora Elsewhere")).count == 0
    assert await patients.one(alice.text, PatientRef(uuid4())) is None


@pytest.mark.parametrize(
    ("identifiers", "name"),
    [
        ((), "No name on record"),
        ((Identifier(IdentifierKind.FULL_NAME, "Cher"),), "Cher"),
        ((Identifier(IdentifierKind.FAMILY, "Only"),), "Only"),
    ],
)
def test_a_card_says_what_the_record_has(identifiers: tuple[Identifier, ...], name: str) -> None:
    """Never an empty line."""
    assert card_of(KnownPatient(PatientRef(uuid4()), 1, identifiers)).name == name
