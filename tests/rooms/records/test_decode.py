"""The sealed forms, there and back."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import VaultError
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.decode import decode_note, decode_patient, encode_note, encode_patient

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
    with pytest.raises(VaultError):
        decode_note(_ID, _ID, _NOW, stored)


@given(_IDENTIFIERS, st.none() | st.dates())
@settings(max_examples=100)
def test_a_patient_comes_back_as_he_went_in(found: tuple[Identifier, ...], born: date | None) -> None:
    """Order and spelling included."""
    known = decode_patient(_ID, 3, encode_patient(found, born))
    assert (known.patient, known.version, known.identifiers, known.birth_date) == (_ID, 3, found, born)


@given(_TEXT, _TEXT)
@settings(max_examples=50)
def test_a_note_comes_back_as_it_went_in(title: str, text: str) -> None:
    """With the id, patient and time that stand beside it."""
    note = decode_note(_ID, UUID(int=2), _NOW, encode_note(title, text))
    assert (note.document, note.patient, note.written_at) == (_ID, UUID(int=2), _NOW)
    assert (note.title, note.text) == (title, text)
