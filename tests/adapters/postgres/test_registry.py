"""The registrar's work on people."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PersonId, PurposeOfUse, Role
from phiward.identity.keys import key_digest
from tests.adapters.postgres.organisation import DAY, PRACTITIONER, Organisation


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


@pytest.mark.parametrize("login", ["", " ", "two words", "-dash", "a" * 65, "a\nb", "a'b", "ünï"])
async def test_a_login_that_is_no_plain_word_is_refused(house: Organisation, login: str) -> None:
    """And nothing is recorded."""
    before = await house.log()
    with pytest.raises(InvalidRequestError):
        await house.registry.add_person(house.tenant, login, [Role.NURSE], None)
    assert await house.log() == before


@pytest.mark.parametrize("practitioner", ["", "two words", "a" * 201, "Practitioner/1'; --"])
async def test_a_practitioner_that_is_no_id_is_refused(house: Organisation, practitioner: str) -> None:
    """It must equal what the record says."""
    with pytest.raises(InvalidRequestError):
        await house.registry.add_person(house.tenant, "ada", [Role.NURSE], practitioner)


async def test_a_person_without_a_role_is_refused(house: Organisation) -> None:
    """She could do nothing."""
    with pytest.raises(InvalidRequestError):
        await house.registry.add_person(house.tenant, "ada", [], None)


async def test_a_login_is_unique_within_the_organisation(house: Organisation, db: Any) -> None:
    """Whatever its case; 45 CFR 164.312(a)(2)(i). Another organisation may have it too."""
    await house.registry.add_person(house.tenant, "ada", [Role.NURSE], None)
    with pytest.raises(InvalidRequestError):
        await house.registry.add_person(house.tenant, " ADA ", [Role.PHYSICIAN], None)
    other = await Organisation.found(db)
    await other.registry.add_person(other.tenant, "ada", [Role.NURSE], None)


async def test_a_key_for_a_stranger_is_refused(house: Organisation, db: Any) -> None:
    """Unknown, deactivated, or of another organisation."""
    other, gone = await Organisation.found(db), await house.person()
    await house.registry.deactivate_person(house.tenant, gone)
    for stranger in (PersonId(uuid4()), gone, await other.person()):
        with pytest.raises(InvalidRequestError):
            await house.session(stranger)


async def test_a_key_bound_to_another_organisations_patient_is_refused(house: Organisation, db: Any) -> None:
    """With the words of an unknown patient."""
    other = await Organisation.found(db)
    person = await house.person()
    for stranger in (PatientRef(uuid4()), await other.patient("mrn-theirs")):
        with pytest.raises(PatientNotFoundError):
            await house.session(person, bound_patient=stranger)


@pytest.mark.parametrize(
    ("lifetime", "label"),
    [(timedelta(0), "x"), (timedelta(days=367), "x"), (DAY, ""), (DAY, "a\nb"), (DAY, "a" * 101)],
)
async def test_a_key_without_an_end_or_a_label_is_refused(house: Organisation, lifetime: timedelta, label: str) -> None:
    """Nobody could tell later what it was for."""
    person = await house.person()
    with pytest.raises(InvalidRequestError):
        await house.registry.issue_key(house.tenant, person, lifetime, label)


async def test_ending_what_is_not_in_force_is_refused(house: Organisation, db: Any) -> None:
    """Twice, unknown, or another organisation's."""
    other, person = await Organisation.found(db), await house.person()
    key = await house.registry.issue_key(house.tenant, person, DAY, "test")
    with pytest.raises(InvalidRequestError):
        await other.registry.revoke_key(other.tenant, key.id)
    with pytest.raises(InvalidRequestError):
        await other.registry.deactivate_person(other.tenant, person)
    await house.registry.revoke_key(house.tenant, key.id)
    with pytest.raises(InvalidRequestError):
        await house.registry.revoke_key(house.tenant, key.id)


async def test_unknown_names_are_refused(house: Organisation) -> None:
    """A login, a patient, an organisation without a name."""
    await house.patient("mrn-twice")
    await house.patient("mrn-twice")
    with pytest.raises(InvalidRequestError):
        await house.registry.person_by_login(house.tenant, "nobody")
    for reference in ("mrn-nobody", "mrn-twice"):
        with pytest.raises(PatientNotFoundError):
            await house.registry.patient_by_reference(house.tenant, reference)
    with pytest.raises(InvalidRequestError):
        await house.registry.ensure_tenant("  ")


async def test_an_organisation_is_made_once(house: Organisation) -> None:
    """The second time it is found, and nothing is recorded."""
    name = f"Invented {uuid4()}"
    first = await house.registry.ensure_tenant(name)
    assert await house.registry.ensure_tenant(f" {name} ") == first
    assert [entry["action"] for entry in await house.log()] == ["tenant.added"]


async def test_deactivating_a_person_revokes_every_key_for_good(house: Organisation) -> None:
    """Making her active again would not bring a key back."""
    person = await house.person()
    sessions = [await house.session(person) for _ in range(2)]
    await house.registry.deactivate_person(house.tenant, person)
    await house.execute("UPDATE person SET active = true WHERE id = %s", person)
    assert [await house.people.caller(session, None) for session in sessions] == [None, None]
    assert (await house.log())[-1]["keys_revoked"] == 2


async def test_the_text_of_a_key_is_stored_nowhere(house: Organisation) -> None:
    """Not in its row, not in the log; the digest is in the row only."""
    key = await house.registry.issue_key(house.tenant, await house.person(), DAY, "laptop")
    async with house.registrar.as_tenant(house.tenant) as connection:
        row = await (await connection.execute("SELECT k::text, digest FROM personal_key k")).fetchone()
    assert row is not None
    text = key.text.value
    assert text not in row[0]
    assert bytes(row[1]) == key_digest(key.text)
    assert text not in str(await house.log())
    assert key.digest.hex() not in str(await house.log())


async def test_every_change_is_on_record(house: Organisation) -> None:
    """By opaque ids, codes and dates."""
    patient = await house.patient("mrn-1")
    person = await house.registry.add_person(house.tenant, "ada", [Role.NURSE, Role.BILLING], PRACTITIONER)
    key = await house.registry.issue_key(
        house.tenant, person, DAY, "laptop", bound_patient=patient, bound_purpose=PurposeOfUse.TREAT
    )
    await house.registry.revoke_key(house.tenant, key.id)
    await house.registry.deactivate_person(house.tenant, person)

    added, issued, revoked, deactivated = (await house.log())[1:]

    assert (added["action"], added["person"], added["roles"]) == (
        "person.added",
        str(person),
        ["billing", "nurse"],
    )
    assert (issued["action"], issued["key"], issued["bound_patient"]) == (
        "key.issued",
        str(key.id),
        str(patient),
    )
    assert issued["bound_purpose"] == "TREAT"
    assert (revoked["action"], revoked["key"]) == ("key.revoked", str(key.id))
    assert (deactivated["action"], deactivated["keys_revoked"]) == ("person.deactivated", 0)
    assert {entry["actor"] for entry in await house.log()} == {"uid:1000"}


async def test_people_and_keys_are_listed(house: Organisation, db: Any) -> None:
    """Those of this organisation only, by login."""
    await (await Organisation.found(db)).person()
    bea = await house.registry.add_person(house.tenant, "bea", [Role.BILLING], None)
    ada = await house.registry.add_person(house.tenant, "ada", [Role.NURSE], PRACTITIONER)
    key = await house.registry.issue_key(house.tenant, bea, DAY, "laptop")
    await house.registry.deactivate_person(house.tenant, ada)

    people, keys = await house.registry.people(house.tenant), await house.registry.keys(house.tenant)

    assert [(one.id, one.login, one.active, one.roles) for one in people] == [
        (ada, "ada", False, ("nurse",)),
        (bea, "bea", True, ("billing",)),
    ]
    assert [(one.id, one.login, one.label, one.revoked_at) for one in keys] == [(key.id, "bea", "laptop", None)]
    assert await house.registry.person_by_login(house.tenant, " Bea") == bea


async def test_a_patient_is_found_by_reference(house: Organisation) -> None:
    """In any spelling."""
    patient = await house.patient("MRN-1")
    assert await house.registry.patient_by_reference(house.tenant, "Patient/mrn-1 ") == patient
