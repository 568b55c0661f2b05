"""Which documents may be another patient's: what is proof, and what a bare name is worth."""

from uuid import UUID

import pytest

from phiward.adapters.postgres.indexing.misfiled import suspects
from phiward.domain.documents import Document
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef
from tests.flow.charts import WRITTEN
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

MARGARET = patient()
ZELDA = patient("Zelda Quagmire", "40019999")
TWIN = patient("Margaret Okafor", "40018888")


def shared(who: KnownPatient, kind: IdentifierKind, value: str) -> KnownPatient:
    """The same patient, with one more identifier."""
    return KnownPatient(who.patient, 2, (*who.identifiers, Identifier(kind, value)), who.birth_date)


def note(text: str, author: str | None = None) -> Document:
    """A document filed under Margaret."""
    key = UUID(int=1)
    return Document(key, MARGARET.patient, 1, WRITTEN, "Note", text, author)  # type: ignore[arg-type]


HELD = [
    ("MRN 40019999. Potassium 4.1.", "a number of somebody else"),
    ("Margaret Okafor, MRN 40019999, seen today.", "a foreign number, whatever name stands beside it"),
    ("Zelda Quagmire was seen today.", "a foreign name, and her own stands nowhere"),
    ("Pt: QUAGMIRE, ZELDA. Stable.", "the name in the other order"),
    ("Patient Zelda\nQuagmire feels well.", "over a line break"),
]
PASSED = [
    ("Potassium 4.1. Feels well.", "nobody is named"),
    ("Margaret Okafor, MRN 40017723, feels well.", "her own"),
    ("Margaret Okafor came with her neighbour Zelda Quagmire.", "a name beside her own: a relative, a friend"),
    ("Seen by Dr. Zelda Quagmire.", "a clinician's name"),
    ("Signed: Zelda Quagmire, MD", "a clinician's name, by the degree"),
    ("Zelda Quagmire RN gave furosemide.", "a nurse's name"),
]


@pytest.mark.parametrize(("text", "reason"), HELD)
def test_a_document_with_another_patients_identifiers_is_suspect(text: str, reason: str) -> None:
    """And it is said whose it may be."""
    assert suspects(note(text), index_of(MARGARET, ZELDA)) == {ZELDA.patient}, reason


@pytest.mark.parametrize(("text", "reason"), PASSED)
def test_a_document_that_stands_where_it_should_passes(text: str, reason: str) -> None:
    """A queue full of mistakes is not read."""
    assert suspects(note(text), index_of(MARGARET, ZELDA)) == frozenset(), reason


def test_the_authors_name_is_no_patients() -> None:
    """A clinician may be a patient here too."""
    assert suspects(note("Zelda Quagmire", author="Zelda Quagmire"), index_of(MARGARET, ZELDA)) == frozenset()


def test_what_two_patients_share_is_no_proof() -> None:
    """The telephone of a household; a namesake."""
    phone = "773-555-0177"
    one, other = shared(MARGARET, IdentifierKind.PHONE, phone), shared(ZELDA, IdentifierKind.PHONE, phone)
    assert suspects(note(f"Call {phone}."), index_of(one, other)) == frozenset()
    assert suspects(note("Margaret Okafor feels well."), index_of(MARGARET, TWIN)) == frozenset()


def test_everyone_whom_it_may_belong_to_is_named() -> None:
    """Two namesakes elsewhere: a person decides."""
    namesake = patient("Zelda Quagmire", "40015555")
    found = suspects(note("Zelda Quagmire was seen."), index_of(MARGARET, ZELDA, namesake))
    assert found == frozenset({ZELDA.patient, namesake.patient})
    assert all(isinstance(one, UUID) for one in map(PatientRef, found))
