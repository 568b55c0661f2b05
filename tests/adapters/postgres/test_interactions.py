"""Opening an interaction: decided by the policies and what stands in the database, on record, and only then opened."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.interactions import Interactions
from phiward.domain.administration import UnknownIdError
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.errors import AuditUnavailableError, InvalidRequestError, NotPermittedError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PersonId, Role
from phiward.policy.decide import Policy
from tests.adapters.postgres.organisation import Organisation, encode, now
from tests.events import facts_of

TEXT = b"what left"


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


def interactions(house: Organisation, db: Any, encoder: Any = encode) -> Interactions:
    """Over the registrar and the auditor."""
    administration = Administration(db.registrar, encoder, now, "uid:1000")
    return Interactions(administration, db.auditor, house.vault, Policy.load())


async def asked(house: Organisation, person: PersonId, patient: PatientRef) -> UUID:
    """An intent of hers, with what left sealed beside it."""
    entry, interaction = uuid4(), uuid4()
    facts = {**facts_of(EntryKind.INTENT), "person": str(person), "patients": [str(patient)], "purpose": "TREAT"}
    sealed = Addendum("sent", house.vault.seal(house.tenant, patient, entry, "sent", TEXT), patient)
    await PostgresAuditLog(house.app, uuid4()).append(
        Entry(entry, house.tenant, interaction, EntryKind.INTENT, now(), facts, (sealed,))
    )
    return interaction


async def told(house: Organisation) -> list[tuple[str, str | None]]:
    """Actions of reading on record, with their rule."""
    async with house.app.plain() as connection:
        query = "SELECT convert_from(leaf, 'UTF8')::jsonb FROM audit_entry WHERE tenant = %s AND kind <> 'intent'"
        rows = await (await connection.execute(query, [house.tenant])).fetchall()
    leaves = [row[0] for row in rows]
    return [
        (one["action"], one.get("rule")) for one in leaves if one["action"] in ("act.refused", "audit.reconstructed")
    ]


async def test_nobody_and_nothing_is_refused(house: Organisation, db: Any) -> None:
    """An unknown interaction, one of another organisation, and a reader who is inactive."""
    reader, patient = await house.person(Role.PRIVACY_OFFICER), await house.patient()
    mine, other = await asked(house, reader, patient), await Organisation.found(db)
    with pytest.raises(UnknownIdError):
        await interactions(house, db).read(house.tenant, reader, uuid4())
    with pytest.raises(UnknownIdError):
        await interactions(other, db).read(other.tenant, reader, mine)
    await house.registry.deactivate_person(house.tenant, reader)
    with pytest.raises(InvalidRequestError):
        await interactions(house, db).read(house.tenant, reader, mine)
    assert await told(house) == []


async def test_a_colleague_is_refused_and_that_is_on_record(house: Organisation, db: Any) -> None:
    """Though she treats the patient."""
    asker, colleague = await house.person(), await house.person()
    interaction = await asked(house, asker, await house.patient())
    with pytest.raises(NotPermittedError):
        await interactions(house, db).read(house.tenant, colleague, interaction)
    assert await told(house) == [("act.refused", "default_deny")]


async def test_who_asked_reads_it_while_she_may_see_the_patient(house: Organisation, db: Any) -> None:
    """By the relation in the database; when it is over, no more."""
    asker, patient = await house.person(), await house.patient()
    interaction = await asked(house, asker, patient)
    assert (await interactions(house, db).read(house.tenant, asker, interaction)).sent == TEXT
    await house.execute("UPDATE care_relation SET ends_at = now() WHERE patient = %s", patient)
    with pytest.raises(NotPermittedError):
        await interactions(house, db).read(house.tenant, asker, interaction)
    assert await told(house) == [("audit.reconstructed", "own_interaction"), ("act.refused", "default_deny")]


async def test_what_cannot_be_put_on_record_is_not_opened(house: Organisation, db: Any) -> None:
    """No record, no reading."""

    def full(entry: Entry, worker: UUID) -> bytes:
        raise AuditUnavailableError("full")

    officer = await house.person(Role.PRIVACY_OFFICER)
    interaction = await asked(house, officer, await house.patient())
    with pytest.raises(AuditUnavailableError):
        await interactions(house, db, full).read(house.tenant, officer, interaction)
