"""The sealed forms, there and back."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.documents import Section, SourceFormat
from phiward.domain.errors import VaultError
from phiward.domain.facts import Code, FactKind, Saying
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.trust import Trust
from phiward.records.decode import (
    KnownSource,
    decode_document,
    decode_fact,
    decode_patient,
    decode_source,
    encode_document,
    encode_patient,
    encode_saying,
    encode_source,
)

from .fhir_files import CANARY

_ID = UUID(int=1)
_NOW = datetime(2020, 1, 1, tzinfo=UTC)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_IDENTIFIERS = st.lists(st.builds(Identifier, st.sampled_from(IdentifierKind), _TEXT)).map(tuple)


@pytest.mark.parametrize(
    "stored",
    [b"", b"[]", b"{}", b'{"identifiers": [["eye colour", "%s"]], "birth_date": null}' % CANARY.encode()],
)
def test_another_form_is_refused_without_repeating_it(stored: bytes) -> None:
    """A form of a later version, or of another thing, is not guessed at."""
    with pytest.raises(VaultError) as caught:
        decode_patient(_ID, 1, stored)
    assert CANARY not in str(caught.value)
    for decode in (
        lambda: decode_source(stored),
        lambda: decode_document(_ID, _ID, 1, _NOW, "fhir", stored),
        lambda: decode_fact(_ID, _ID, 1, "result", None, stored, "result", []),
    ):
        with pytest.raises(VaultError):
            decode()


@pytest.mark.parametrize(
    ("source", "kind", "classes", "reason"),
    [
        ("telegraph", "result", [], "a format that this version does not know"),
        ("fhir", "horoscope", [], "a kind that no rule decides"),
        ("fhir", "result", ["of_tomorrow"], "a class that no rule protects"),
    ],
)
def test_a_document_that_no_rule_could_protect_is_refused(
    source: str, kind: str, classes: list[str], reason: str
) -> None:
    """Its labels stand in the row, beside the seal."""
    sealed = encode_document("Note", "Invented.", None, ())
    with pytest.raises(VaultError):
        decode_document(_ID, _ID, 1, _NOW, source, sealed, kind, classes)
    assert decode_document(_ID, _ID, 1, _NOW, "fhir", sealed, "result", []), reason


@given(_IDENTIFIERS, st.none() | st.dates())
@settings(max_examples=100)
def test_a_patient_comes_back_as_he_went_in(found: tuple[Identifier, ...], born: date | None) -> None:
    """Order and spelling included."""
    known = decode_patient(_ID, 3, encode_patient(found, born))
    assert (known.patient, known.version, known.identifiers, known.birth_date) == (_ID, 3, found, born)


@given(_IDENTIFIERS, st.none() | st.dates(), _TEXT)
@settings(max_examples=50)
def test_a_source_comes_back_as_it_went_in(found: tuple[Identifier, ...], born: date | None, name: str) -> None:
    """With the id by which it names the patient."""
    source = KnownSource(name, found, born)
    assert decode_source(encode_source(source)) == source


@given(_TEXT, _TEXT, st.none() | _TEXT)
@settings(max_examples=50)
def test_a_document_comes_back_as_it_went_in(title: str, text: str, author: str | None) -> None:
    """With what stands beside it in the row."""
    sections = (Section(0, len(text), title),)
    sealed = encode_document(title, text, author, sections)
    got = decode_document(_ID, UUID(int=2), 3, _NOW, "ccda", sealed, "result", ["hiv"], "patient")
    assert (got.id, got.patient, got.version, got.written_at) == (_ID, UUID(int=2), 3, _NOW)
    assert (got.title, got.text, got.author, got.sections) == (title, text, author, sections)
    assert (got.source, got.kind, got.classes) == (SourceFormat.CCDA, DocumentKind.RESULT, {DataClass.HIV})
    assert got.trust is Trust.PATIENT


@given(_TEXT, st.none() | _TEXT, st.none() | _TEXT)
@settings(max_examples=50)
def test_a_fact_comes_back_as_it_went_in(label: str, value: str | None, unit: str | None) -> None:
    """The value to the letter."""
    codes = (Code("http://loinc.org", "2160-0"),)
    saying = Saying(FactKind.RESULT, label, codes, value, unit, "final", "high", _NOW, DocumentKind.RESULT)
    got = decode_fact(_ID, UUID(int=2), 3, "result", _NOW, encode_saying(saying), "result", [])
    assert (got.id, got.patient, got.version, got.saying) == (_ID, UUID(int=2), 3, saying)
