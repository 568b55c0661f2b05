"""Which words of a question and of a sentence meet."""

import pytest

from phiward.model.words import RELATED, stem, wanted, words

MEET = [
    pytest.param("medications", "medication", id="plural"),
    pytest.param("changed", "change", id="past"),
    pytest.param("changes", "changed", id="plural and past"),
    pytest.param("doses", "dosing", id="a verb"),
    pytest.param("allergies", "allergy", id="y becomes ies"),
    pytest.param("allergic", "allergy", id="an adjective"),
]


def test_common_words_and_the_patient_are_no_words() -> None:
    """Every sentence has them, so they would make every sentence an answer."""
    assert words("What was it that she asked about the patient [PATIENT_1] (MRN [MRN_1])?") == set()


@pytest.mark.parametrize(("one", "other"), MEET)
def test_words_meet_without_their_endings(one: str, other: str) -> None:
    """Light stems; nothing is looked up."""
    assert stem(one) == stem(other)


def test_different_short_words_stay_different() -> None:
    """A stem keeps at least three letters."""
    assert len({stem(word) for word in ("gas", "gait", "red", "rest", "bed")}) == 5


def test_a_placeholder_is_one_word_with_and_without_its_distance() -> None:
    """So that a question about a date finds the sentence with this date, and its digits mean nothing."""
    assert words("[DATE_2: 3 days after DATE_1]") == words("[DATE_2]") == {"DATE_2"}


def test_short_clinical_words_count() -> None:
    """BP and A1c are what people ask for."""
    assert {"bp", "a1c"} <= words("BP and A1c?")


def test_related_words_are_looked_for_but_count_less() -> None:
    """A dose answers a question about a medication, unless something answers it better."""
    looked_for = wanted("Which medication?")
    assert looked_for[stem("medication")] == 1.0
    assert looked_for[stem("tablet")] == RELATED
    assert stem("rash") not in looked_for
