"""Who is who across sources: by an id of their own, or by number and birth date together, never by a number alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from phiward.adapters.postgres.intake.writer import DOUBTED
from phiward.domain.errors import ImportFailedError
from phiward.domain.facts import FactKind, Saying
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.decode import PATIENT_NAME, decode_patient
from phiward.records.filing import HANDLE
from phiward.records.results import Disagreeing, DocumentRecord, FactRecord, ParsedFile, PatientRecord
from tests.adapters.postgres.record_store import RecordStore
from tests.flow.charts import WRITTEN
from tests.rooms.records.fhir_files import HERE

BORN = date(1970, 1, 31)


def record(source_id: str, number: str = "400-1", born: date | None = BORN, **more: Any) -> PatientRecord:
    """A patient as one source knows him."""
    identifiers = (Identifier(IdentifierKind.MRN, number), *more.pop("also", ()))
    return PatientRecord(source_id, identifiers, born, HERE, **more)


def message(source_id: str = "urn:hl7v2:H:400-1", **more: Any) -> PatientRecord:
    """As an HL7 v2 feed or a C-CDA knows him: by his number."""
    return record(source_id, by_number=True, **more)


def file(*patients: PatientRecord, documents: tuple[DocumentRecord, ...] = ()) -> ParsedFile:
    """A file that says so."""
    return ParsedFile(HERE, len(patients), patients, documents, (), (), {}, {})


async def take_in(store: RecordStore, *patients: PatientRecord) -> None:
    """Import them, a file each."""
    for one in patients:
        await store.writer.import_file(store.tenant, file(one))


async def patients(store: RecordStore) -> list[Any]:
    """Our ids."""
    return [row[0] for row in await store.rows("SELECT id FROM patient")]


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (date(1971, 1, 31), "another date of birth"),
        (None, "no date of birth is given"),
    ],
)
async def test_a_number_alone_joins_nobody(store: RecordStore, born: date | None, reason: str) -> None:
    """A digit typed wrong must not open somebody else's chart: the file is refused, with its place and no number."""
    await take_in(store, record("Patient/a"))
    with pytest.raises(ImportFailedError, match=reason) as caught:
        await take_in(store, message(born=born))
    assert "400-1" not in str(caught.value)
    assert len(await patients(store)) == 1


async def test_a_number_that_two_patients_have_joins_neither(store: RecordStore) -> None:
    """The same date of birth, even."""
    await take_in(store, record("Patient/a"), record("Patient/b"))
    with pytest.raises(ImportFailedError, match="several patients"):
        await take_in(store, message())


async def test_two_servers_with_ids_of_their_own_are_never_joined_by_a_number(store: RecordStore) -> None:
    """Whose number is wrong is not ours to say."""
    await take_in(store, record("Patient/a"), record("Patient/b"))
    assert len(await patients(store)) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_message_and_a_server_agree_on_one_patient(store: RecordStore, order: tuple[int, int]) -> None:
    """Whichever comes first."""
    both = (record("Patient/a"), message())
    await take_in(store, *(both[place] for place in order))
    assert len(await patients(store)) == 1


async def test_what_any_source_knows_is_looked_for_in_every_text(store: RecordStore) -> None:
    """A number from a feed, a name from the server; what the server no longer says is gone."""
    phone = Identifier(IdentifierKind.PHONE, "312-555-0142")
    name = Identifier(IdentifierKind.FULL_NAME, "Quilla Testa")
    await take_in(store, record("Patient/a", also=(name,)), message(also=(phone,)))
    assert await known(store) >= {name, phone}
    await take_in(store, record("Patient/a"))
    assert name not in await known(store)
    assert phone in await known(store)


async def test_a_message_that_says_less_makes_nothing_unknown(store: RecordStore) -> None:
    """A result names its patient in short; the admission's address stays known, and so does the date of birth."""
    street = Identifier(IdentifierKind.STREET, "1 Invented Street")
    await take_in(store, message(also=(street,)), message(born=None, disagreeing=Disagreeing.REFUSE))
    assert street in await known(store)
    ((confirmation,),) = await store.rows("SELECT confirmation FROM patient")
    assert confirmation is not None


async def test_a_result_with_another_date_of_birth_is_refused_and_an_admission_corrects_it(store: RecordStore) -> None:
    """The number on a specimen may be another patient's; the registration desk knows."""
    other = date(1971, 1, 31)
    await take_in(store, message())
    with pytest.raises(ImportFailedError, match="another date of birth"):
        await take_in(store, message(born=other, disagreeing=Disagreeing.REFUSE))
    await take_in(store, message(born=other))
    await take_in(store, message(born=other, disagreeing=Disagreeing.REFUSE))


async def test_messages_in_turn_change_nothing_the_second_time(store: RecordStore) -> None:
    """Each says another part of what is known; the order in which they say it is no change."""
    both = [message(also=(Identifier(IdentifierKind.PHONE, f"312-555-014{n}"),)) for n in (1, 2)]
    await take_in(store, *both)
    before = await store.everything()
    await take_in(store, *both)
    assert await store.everything() == before


async def test_a_summary_with_another_date_of_birth_waits_for_a_person(store: RecordStore) -> None:
    """Its document is held back, its facts are not taken, and the patient stays as he was; it is said."""
    await take_in(store, record("Patient/a"))
    doubtful = message("urn:cda:1:400-1", born=date(1945, 1, 31), disagreeing=Disagreeing.HOLD)
    summary = DocumentRecord("urn:cda:doc", doubtful.source_id, WRITTEN, "CCD", "Invented.", HERE)
    said = FactRecord("urn:cda:fact:1", doubtful.source_id, Saying(FactKind.PROBLEM, "Invented"), HERE, "urn:cda:doc")
    parsed = ParsedFile(HERE, 1, (doubtful,), (summary,), (), (), {}, {}, (said,))
    before = await known(store)
    account = await store.writer.import_file(store.tenant, parsed)
    assert list(account.unresolved) == [DOUBTED]
    assert await store.rows("SELECT id FROM document") == await store.rows("SELECT id FROM fact") == []
    assert await store.rows("SELECT suspects FROM quarantined_document") == [([],)]
    assert await known(store) == before
    again = await store.everything()
    await store.writer.import_file(store.tenant, parsed)
    assert await store.everything() == again


async def known(store: RecordStore) -> set[Identifier]:
    """The known identifiers of the one patient."""
    ((key, version, sealed),) = await store.rows("SELECT id, version, sealed FROM patient")
    text = store.sealer.open(store.tenant, key, key, PATIENT_NAME, bytes(sealed))
    return set(decode_patient(key, version, text).identifiers)


async def test_a_document_filed_by_a_person_finds_its_patient_by_any_reference(store: RecordStore) -> None:
    """And one that names nobody is refused."""
    await take_in(store, record("Patient/a"))
    filed = DocumentRecord("File/scan.pdf", f"{HANDLE}400-1", WRITTEN, "Scan", "Invented.", HERE)
    await store.writer.import_file(store.tenant, file(documents=(filed,)))
    assert len(await store.rows("SELECT id FROM document")) == 1
    with pytest.raises(ImportFailedError, match="not known"):
        await store.writer.import_file(store.tenant, file(documents=(replace(filed, patient=f"{HANDLE}999"),)))
