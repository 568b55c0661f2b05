"""What proves, by itself, that a text is about a patient."""

from uuid import UUID

import pytest

from phiward.domain.known import code_word, email_word, known_identifiers, phone_word
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef

_K = IdentifierKind


def _known(*pairs: tuple[IdentifierKind, str]) -> set[tuple[str, str]]:
    identifiers = tuple(Identifier(kind, value) for kind, value in pairs)
    found = known_identifiers(KnownPatient(PatientRef(UUID(int=1)), 1, identifiers))
    assert len(found) == len(set(found))
    return {(phrase.kind_class, " ".join(phrase.words)) for phrase in found}


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ((_K.GIVEN, "Quilla"), "a given name alone"),
        ((_K.FAMILY, "Testova"), "a surname alone"),
        ((_K.FULL_NAME, "Testova"), "a name of one word"),
        ((_K.STREET, "1 Test Way"), "a street belongs to many"),
        ((_K.CITY, "Testville"), "a city belongs to many"),
        ((_K.BIRTH_DATE, "1970-01-31"), "a date belongs to many"),
        ((_K.RELATIVE, "Bo Testova"), "a relative is another person"),
        ((_K.MRN, "12345"), "shorter than six characters"),
        ((_K.MRN, "UNKNOWN"), "no digit in it"),
        ((_K.SSN, "000-00-0000"), "one digit only"),
        ((_K.PHONE, "911"), "a short number"),
        ((_K.EMAIL, "none"), "no address"),
    ],
)
def test_these_prove_nothing(pair: tuple[IdentifierKind, str], reason: str) -> None:
    """A check on them would withhold what it should not."""
    assert _known(pair) == set(), reason


def test_every_given_name_pairs_with_every_surname_in_both_orders() -> None:
    """Maiden names and nicknames too; an initial is too little."""
    found = _known(
        (_K.GIVEN, "Quilla"),
        (_K.GIVEN, "J."),
        (_K.NICKNAME, "Quilly"),
        (_K.FAMILY, "O'Testa"),
        (_K.FAMILY, "Olds"),
    )
    pairs = {f"{g} {f}" for g in ("quilla", "quilly") for f in ("otesta", "olds")}
    assert found == {("name", p) for p in pairs} | {("name", " ".join(p.split()[::-1])) for p in pairs}


def test_a_full_name_is_known_as_recorded() -> None:
    """With its middle names."""
    assert _known((_K.FULL_NAME, "Quilla J. Testova")) == {("name", "quilla j testova")}


@pytest.mark.parametrize("kind", [_K.MRN, _K.SSN, _K.LICENSE, _K.PASSPORT, _K.ACCOUNT, _K.OTHER_ID])
def test_a_number_is_one_word_however_it_is_divided(kind: IdentifierKind) -> None:
    """Spaces, dashes and case do not matter."""
    assert _known((kind, "AB 12-34")) == _known((kind, "ab1234")) == {("code", "ab1234")}
    assert code_word("900-12-3456") == "900123456"


@pytest.mark.parametrize(
    "value",
    ["555-010-0199", "(555) 010 0199", "+1 555 010 0199", "1-555-010-0199 x12", "555.010.0199 ext. 7"],
)
def test_a_telephone_number_is_its_last_ten_digits(value: str) -> None:
    """Without country code and extension."""
    assert phone_word(value) == "5550100199"
    assert _known((_K.PHONE, value)) == {("code", "5550100199")}


def test_an_address_is_one_word_in_lower_case() -> None:
    """With or without mailto."""
    assert email_word(" mailto:Quilla@Example.COM") == "quilla@example.com"
    assert _known((_K.EMAIL, "Quilla@Example.com")) == {("email", "quilla@example.com")}


def test_a_phrase_does_not_print_its_words() -> None:
    """Only how many."""
    (phrase,) = known_identifiers(
        KnownPatient(PatientRef(UUID(int=1)), 1, (Identifier(_K.FULL_NAME, "Quilla Testova"),))
    )
    assert repr(phrase) == "KnownPhrase(name, 2 words)"
