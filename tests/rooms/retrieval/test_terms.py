"""Words as numbers: stable, the same for questions and chunks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.words import canonical_words
from phiward.retrieval.terms import content_words, stem, terms

_WORDS = st.text(alphabet=st.sampled_from(list("abeiosuy1é' -")), max_size=30)


def test_the_numbers_are_these_for_good() -> None:
    """Stored segments hold them: a change of these needs another dialect and a new index."""
    assert terms("potassium 5.9 Potassium") == {
        11914197899290718050: 2,
        1204687449128509040: 1,
        1989263776857137055: 1,
    }


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("creatinine", "Creatinines", "plural and case"),
        ("allergy", "allergies", "plural in y"),
        ("mass", "masses", "plural in es"),
        ("Crème", "creme", "accents"),
        ("follow-up", "follow up", "a hyphen separates"),
        ("the patient's A1c", "A1C", "stop words and possessives"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str, reason: str) -> None:
    """So that a question finds them."""
    assert terms(one) == terms(other), reason


@pytest.mark.parametrize(
    ("one", "other"),
    [("hepatitis B", "hepatitis C"), ("K 4.0", "K 4.1"), ("5 mg", "5 mcg"), ("a1c", "b1c"), ("thesis", "thesi")],
)
def test_what_differs_in_meaning_differs(one: str, other: str) -> None:
    """Single letters, numbers and units stay, and "is" is no plural."""
    assert terms(one) != terms(other)


def test_stop_words_are_no_terms() -> None:
    """Nor is white space."""
    assert terms("what is the patient") == terms(" \n") == {}


@given(_WORDS)
def test_counts_add_up_to_the_content_words(text: str) -> None:
    """Each at least once, each number in 64 bits."""
    found = terms(text)
    assert sum(found.values()) == len(content_words(text))
    assert all(0 <= number < 2**64 and count > 0 for number, count in found.items())


@given(_WORDS, _WORDS)
def test_terms_of_two_texts_together_are_the_sum(one: str, other: str) -> None:
    """Nothing depends on what stands beside it."""
    both = terms(f"{one}\n{other}")
    assert both == {n: terms(one).get(n, 0) + terms(other).get(n, 0) for n in terms(one) | terms(other)}


@given(_WORDS)
def test_the_ending_is_taken_off_once(text: str) -> None:
    """Applying it again changes nothing."""
    for word in canonical_words(text):
        assert stem(stem(word)) == stem(word)
