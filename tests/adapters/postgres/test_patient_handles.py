"""One reference, one patient."""

from typing import Any

import pytest
import pytest_asyncio

from phiward.adapters.postgres.patient_handles import one_patient
from tests.adapters.postgres.organisation import Organisation


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


async def found(house: Organisation, reference: str) -> Any:
    """As the organisation sees it."""
    async with house.registrar.as_tenant(house.tenant) as connection:
        return await one_patient(connection, house.vault, reference)


async def test_a_reference_to_nobody_or_to_several_names_no_patient(house: Organisation) -> None:
    """A guess between two patients would show one of them to the wrong eyes."""
    await house.patient("mrn-twice")
    await house.patient("mrn-twice")
    assert await found(house, "mrn-nobody") is None
    assert await found(house, "mrn-twice") is None


async def test_another_organisations_patient_is_nobody(house: Organisation, db: Any) -> None:
    """Its row is not seen."""
    await (await Organisation.found(db)).patient("mrn-theirs")
    assert await found(house, "mrn-theirs") is None


@pytest.mark.parametrize("spelling", ["mrn-1", " MRN-1 ", "Patient/mrn-1"])
async def test_every_spelling_names_the_one_patient(house: Organisation, spelling: str) -> None:
    """Case, blanks and FHIR's prefix do not matter."""
    patient = await house.patient("mrn-1")
    assert await found(house, spelling) == patient
