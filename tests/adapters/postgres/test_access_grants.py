"""Entered relations, grants, consents and the flag."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from phiward.adapters.postgres.access_grants import REASON_NAME
from phiward.domain.access import Consent, DataClass
from phiward.domain.administration import GrantBasis, GrantKind, Span, UnknownIdError
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError, VaultError
from phiward.domain.people import PurposeOfUse, Role
from tests.adapters.postgres.access_house import ROLES, UNKNOWN, WEEK, AccessHouse, access_house, grant, soon
from tests.adapters.postgres.organisation import DAY, now
from tests.postgres import RunningDatabase

REASON = "Zora's daughter asked for a second opinion"


@pytest_asyncio.fixture(params=ROLES)
async def house(db: Any, running: RunningDatabase, request: pytest.FixtureRequest) -> AsyncIterator[AccessHouse]:
    """An organisation of its own for each test."""
    async with access_house(db, running, request.param) as made:
        yield made


async def consultant(house: AccessHouse) -> UUID:
    """Somebody whom the record names nowhere."""
    return await house.home.person(practitioner=None)


async def officer(house: AccessHouse) -> UUID:
    """Who approves."""
    return await house.home.person(Role.PRIVACY_OFFICER, practitioner=None)


UNFOUNDED: list[Any] = [
    pytest.param({"span": Span()}, id="no end"),
    pytest.param({"span": Span(None, now() + timedelta(days=367))}, id="more than 366 days"),
    pytest.param({"span": Span(None, now() - DAY)}, id="an end in the past"),
    pytest.param({"reason": "  "}, id="no reason"),
    pytest.param({"reason": "x" * 1001}, id="too long a reason"),
    pytest.param({"basis": GrantBasis.PARENT}, id="the basis of a proxy"),
    pytest.param({"kind": GrantKind.PROXY}, id="a proxy without one"),
]


@pytest.mark.parametrize("other", UNFOUNDED)
async def test_a_grant_without_foundation_is_refused(house: AccessHouse, other: dict[str, Any]) -> None:
    """And nothing is on record."""
    person, approver, patient = await consultant(house), await officer(house), await house.patient()
    before = await house.home.log()
    with pytest.raises(InvalidRequestError):
        await house.access.grants.add_grant(house.tenant, grant(person, patient, approver, **other))
    assert await house.home.log() == before
    assert await house.access.grants.grants(house.tenant) == ()


async def test_nobody_approves_her_own_access(house: AccessHouse) -> None:
    """Whatever her roles; the table refuses it too."""
    person, patient = await officer(house), await house.patient()
    with pytest.raises(InvalidRequestError, match="her own"):
        await house.access.grants.add_grant(house.tenant, grant(person, patient, person))


@pytest.mark.parametrize("role", [Role.PATIENT, Role.PROXY, Role.AI_SYSTEM])
async def test_neither_a_patient_nor_a_machine_approves(house: AccessHouse, role: Role) -> None:
    """Only staff."""
    person, patient = await consultant(house), await house.patient()
    approver = await house.home.person(role, practitioner=None)
    with pytest.raises(UnknownIdError):
        await house.access.grants.add_grant(house.tenant, grant(person, patient, approver))


async def test_foreign_ids_are_answered_like_unknown_ones(
    house: AccessHouse, db: Any, running: RunningDatabase
) -> None:
    """In every place where one can stand."""
    async with access_house(db, running, "registrar") as other:
        person, approver, patient = await other.home.person(), await officer(other), await other.patient()
        theirs = {
            "person": person, "patient": patient, "approver": approver,
            "grant": await other.access.grants.add_grant(other.tenant, grant(person, patient, approver)),
            "relation": await other.access.grants.add_relation(other.tenant, person, patient, soon()),
            "consent": await other.access.grants.add_consent(
                other.tenant, patient, DataClass.PART2, PurposeOfUse.TREAT, soon()
            ),
        }  # fmt: skip
    person, approver, patient = await house.home.person(), await officer(house), await house.patient()
    grants, tenant = house.access.grants, house.tenant
    asks: list[tuple[str, Any]] = [
        ("person", lambda one: grants.add_grant(tenant, grant(one, patient, approver))),
        ("patient", lambda one: grants.add_grant(tenant, grant(person, one, approver))),
        ("approver", lambda one: grants.add_grant(tenant, grant(person, patient, one))),
        ("person", lambda one: grants.add_relation(tenant, one, patient, soon())),
        ("patient", lambda one: grants.add_relation(tenant, person, one, soon())),
        ("patient", lambda one: grants.add_consent(tenant, one, DataClass.HIV, PurposeOfUse.TREAT, soon())),
        ("patient", lambda one: grants.set_restricted(tenant, one, True)),
        ("grant", lambda one: grants.revoke_grant(tenant, one)),
        ("relation", lambda one: grants.end_relation(tenant, one)),
        ("consent", lambda one: grants.revoke_consent(tenant, one)),
    ]
    before = await house.home.log()
    for kind, ask in asks:
        said = []
        for wanted in (UNKNOWN, theirs[kind]):
            with pytest.raises((UnknownIdError, PatientNotFoundError)) as caught:
                await ask(wanted)
            said.append(repr(caught.value))
        assert said[0] == said[1], kind
    assert await house.home.log() == before


async def test_a_reason_is_sealed_under_the_patients_key(house: AccessHouse) -> None:
    """It opens for this grant of this patient only, and is nowhere else."""
    person, approver, patient = await consultant(house), await officer(house), await house.patient()
    made = await house.access.grants.add_grant(house.tenant, grant(person, patient, approver, reason=REASON))
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        cursor = await connection.execute("SELECT sealed_reason, g::text FROM access_grant g WHERE id = %s", [made])
        row = await cursor.fetchone()
    assert row is not None
    opened = house.home.vault.open(house.tenant, patient, made, REASON_NAME, bytes(row[0]))
    assert opened.decode() == REASON
    assert "Zora" not in row[1] + str(await house.home.log()) + repr(grant(person, patient, approver, reason=REASON))
    with pytest.raises(VaultError):
        house.home.vault.open(house.tenant, patient, UNKNOWN, REASON_NAME, bytes(row[0]))


async def test_a_grant_to_a_patient_whose_key_is_destroyed_is_refused(house: AccessHouse) -> None:
    """Nothing of him is written any more, and nothing is on record."""
    person, approver, patient = await consultant(house), await officer(house), await house.patient()
    house.home.vault.destroy(house.tenant, patient)
    before = await house.home.log()
    with pytest.raises(VaultError):
        await house.access.grants.add_grant(house.tenant, grant(person, patient, approver))
    assert await house.home.log() == before


async def test_a_grant_holds_until_it_is_revoked(house: AccessHouse) -> None:
    """With who approved it and why, by codes, in the log."""
    person, approver, patient = await consultant(house), await officer(house), await house.patient("mrn-g")
    asked = grant(person, patient, approver, classes=frozenset({DataClass.PSYCHOTHERAPY}))
    made = await house.access.grants.add_grant(house.tenant, asked)
    told = await house.last()
    assert await house.sees(person, "mrn-g")
    assert (told["action"], told["approver"], told["before"]) == ("grant.added", str(approver), None)
    assert (told["after"]["basis"], told["after"]["classes"]) == ("consult", ["psychotherapy"])
    await house.access.grants.revoke_grant(house.tenant, made)
    assert (await house.last())["before"]["revoked_at"] is None
    assert (await house.last())["after"]["revoked_at"] is not None
    assert not await house.sees(person, "mrn-g")
    with pytest.raises(UnknownIdError):
        await house.access.grants.revoke_grant(house.tenant, made)
    (listed,) = await house.access.grants.grants(house.tenant)
    assert (listed.id, listed.classes, listed.basis) == (made, ("psychotherapy",), "consult")


async def test_a_proxy_sees_whom_she_stands_for(house: AccessHouse) -> None:
    """A parent, for a year."""
    person = await house.home.person(Role.PROXY, practitioner=None)
    approver, child = await officer(house), await house.patient("mrn-child")
    asked = grant(
        person, child, approver, kind=GrantKind.PROXY, basis=GrantBasis.PARENT,
        span=Span(None, now() + timedelta(days=365)),
    )  # fmt: skip
    await house.access.grants.add_grant(house.tenant, asked)
    assert await house.sees(person, "mrn-child")


async def test_an_entered_relation_goes_by_the_practitioner_id(house: AccessHouse) -> None:
    """Without one there is none to enter: a grant is, which somebody approves."""
    doctor, nobody, patient = await house.home.person(), await consultant(house), await house.patient("mrn-m")
    with pytest.raises(InvalidRequestError, match="access grant"):
        await house.access.grants.add_relation(house.tenant, nobody, patient, soon())
    made = await house.access.grants.add_relation(house.tenant, doctor, patient, Span())
    assert await house.sees(doctor, "mrn-m")
    with pytest.raises(InvalidRequestError):
        await house.access.grants.add_relation(house.tenant, doctor, patient, soon())
    assert [one.id for one in await house.access.grants.relations(house.tenant)] == [made]
    await house.access.grants.end_relation(house.tenant, made)
    assert not await house.sees(doctor, "mrn-m")
    assert (await house.told("relation.ended"))["before"]["patient"] == str(patient)
    with pytest.raises(UnknownIdError):
        await house.access.grants.end_relation(house.tenant, made)


async def test_a_relation_that_has_not_begun_is_struck(house: AccessHouse) -> None:
    """It never was."""
    doctor, patient = await house.home.person(), await house.patient()
    made = await house.access.grants.add_relation(house.tenant, doctor, patient, Span(now() + DAY, now() + WEEK))
    await house.access.grants.end_relation(house.tenant, made)
    assert await house.access.grants.relations(house.tenant) == ()


async def test_the_records_own_relations_are_not_ended_here(house: AccessHouse) -> None:
    """Nor listed: the next import would bring them back."""
    await house.home.patient("mrn-r")
    assert await house.access.grants.relations(house.tenant) == ()


async def test_a_consent_stands_between_them_until_it_is_revoked(house: AccessHouse) -> None:
    """42 CFR 2.31: a class, a purpose, an end; and it can be taken back."""
    patient = await house.home.patient("mrn-p2")
    session = await house.home.session(await house.home.person())
    with pytest.raises(InvalidRequestError):
        await house.access.grants.add_consent(house.tenant, patient, DataClass.PART2, PurposeOfUse.TREAT, Span())
    made = await house.access.grants.add_consent(house.tenant, patient, DataClass.PART2, PurposeOfUse.TREAT, soon())
    opened = await house.home.people.caller(session, "mrn-p2")
    assert opened is not None
    assert opened.standing.consents == (Consent(DataClass.PART2, "TREAT"),)
    await house.access.grants.revoke_consent(house.tenant, made)
    opened = await house.home.people.caller(session, "mrn-p2")
    assert opened is not None
    assert opened.standing.consents == ()
    assert (await house.last())["before"]["class"] == "part2"
    assert len(await house.access.grants.consents(house.tenant)) == 1


async def test_a_flag_is_set_and_taken_away(house: AccessHouse) -> None:
    """With before and after."""
    patient = await house.home.patient("mrn-vip")
    session = await house.home.session(await house.home.person())
    assert await house.access.grants.set_restricted(house.tenant, patient, True) is False
    opened = await house.home.people.caller(session, "mrn-vip")
    assert opened is not None
    assert opened.standing.restricted
    assert await house.access.grants.set_restricted(house.tenant, patient, False) is True
    told = (await house.home.log())[-2:]
    assert [(one["action"], one["before"], one["after"]) for one in told] == [
        ("patient.restricted", {"restricted": False}, {"restricted": True}),
        ("patient.unrestricted", {"restricted": True}, {"restricted": False}),
    ]
