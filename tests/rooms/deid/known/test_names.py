"""Names of the patient in context."""

import pytest

from phiward.deid.known.names import NameMatcher
from tests.rooms.deid.helpers import OKAFOR, WILL_BROWN, K, patient

NAMES, WORDS = NameMatcher(OKAFOR.identifiers), NameMatcher(WILL_BROWN.identifiers)
PARKINSON = NameMatcher(patient((K.GIVEN, "Ng"), (K.FAMILY, "Parkinson")).identifiers)
SYNTHEA = NameMatcher(
    patient(
        (K.GIVEN, "Antonia30"),
        (K.FAMILY, "O'Reilly797"),
        (K.FAMILY, "Ruelas-Gómez"),
        (K.RELATIVE, "Silvia880 Cruz300"),
    ).identifiers
)


def found(matcher, text):
    """(category, text) of each span."""
    return [(str(s.category), text[s.start : s.end]) for s in matcher.find(text, text.lower())]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("she will take brown rice", "two ordinary words"),
        ("Will she take it?", "the verb at the start"),
        ("Brown rash on arm", "the colour at the start"),
        ("PATIENT WILL TAKE BROWN RICE", "capitals say nothing"),
        ("brown sputum", "the colour"),
        ("Will brown rice help?", "a verb, then a colour"),
        ("Brown-Sequard syndrome", "an eponym"),
        ("willing", "inside a word"),
    ],
)
def test_names_that_are_words_stay_words(text, why):
    """The patient is Will Brown."""
    assert found(WORDS, text) == [], why


@pytest.mark.parametrize(
    "text",
    [
        "Will Brown",
        "BROWN, WILL",
        "Mr. Brown",
        "mr brown",
        "W. Brown",
        "Brown, Will",
        "Dear Will",
        "patient Brown",
        "will brown",
        "WILL BROWN",
        "his son Will",
        "Brown, W.",
    ],
)
def test_names_that_are_words_go_in_a_name_context(text):
    """A title, the other name, an initial, a salutation, a relation."""
    assert found(WORDS, text)


def test_a_capital_in_mid_sentence_is_a_name_context():
    """ "I saw Will today" is not the verb."""
    assert found(WORDS, "I saw Will today") == [("PATIENT", "Will")]
    assert found(WORDS, "Brown reports pain") == [("PATIENT", "Brown")]


@pytest.mark.parametrize(
    ("text", "why"),
    [("Parkinson's disease", "eponym"), ("Parkinson disease", "eponym"), ("NG tube", "abbreviation")],
)
def test_eponyms_and_abbreviations_of_the_patients_own_name_stay(text, why):
    """The patient is Ng Parkinson."""
    assert found(PARKINSON, text) == [], why


@pytest.mark.parametrize(
    "text", ["Parkinson reports pain", "Mr. Parkinson", "PARKINSON", "Ng Parkinson", "NG PARKINSON"]
)
def test_a_patient_named_like_an_eponym_is_hidden(text):
    """The same patient, as a person."""
    assert found(PARKINSON, text) == [("PATIENT", text.removesuffix(" reports pain"))]


@pytest.mark.parametrize(
    "text",
    [
        "Margaret Okafor",
        "Okafor, Margaret",
        "OKAFOR, MARGARET",
        "okafor",
        "margaret",
        "Mrs. Okafor",
        "Mr. Okafor",
        "Ms Okafor",
        "Dr. Okafor",
        "M. Okafor",
        "M Okafor",
        "M.O.",
        "M. O.",
        "Peggy",
        "Margaret A. Okafor",
        "Okafor, M.",
        "margaretokafor",
        "mokafor",
        "okafor_margaret",
        "Margaret O.",
        "Margaret Okafor, Jr",
    ],
)
def test_every_spelling_of_the_patients_name_goes_whole(text):
    """One span, of category PATIENT."""
    assert found(NAMES, text) in (
        [("PATIENT", text)],
        [("PATIENT", text.rstrip("."))],
        [("PATIENT", "Okafor")] if "M." in text[-3:] else None,
    )


def test_the_possessive_stays():
    """ "[PATIENT_1]'s" reads well."""
    assert found(NAMES, "Okafor's pain") == [("PATIENT", "Okafor")]


def test_a_name_inside_a_word_stays():
    """ "Peggy" is not in "peggyback"."""
    assert found(NAMES, "peggyback okaforia") == []


def test_relatives_are_names_and_not_the_patient():
    """The shared family name alone is the patient's."""
    assert found(NAMES, "Susan Okafor and Susan") == [("NAME", "Susan Okafor"), ("NAME", "Susan")]


@pytest.mark.parametrize(
    "text",
    [
        "Antonia30",
        "Antonia",
        "ANTONIA30",
        "O'Reilly797",
        "O'Reilly",
        "oreilly",
        "Ruelas",
        "Gomez",
        "Ruelas Gomez",
        "Ruelas-Gomez",
    ],
)
def test_digits_apostrophes_and_hyphens_vary(text):
    """As generated records and people write them."""
    assert found(SYNTHEA, text) == [("PATIENT", text)]


def test_credentials_are_not_initials():
    """Mary Davis has the initials of a degree."""
    assert (
        found(NameMatcher(patient((K.GIVEN, "Mary"), (K.FAMILY, "Davis")).identifiers), "seen by the M.D. today") == []
    )
