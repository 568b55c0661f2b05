"""The word lists."""

import pytest

from phiward.deid.words import EPONYM_TAIL, EPONYMS, NAME_WORDS, is_word, never_a_name


def test_names_that_are_words_may_still_be_names():
    """A context rule may take "son Will" for a name, but never "son denies"."""
    assert is_word("will")
    assert not never_a_name("will")
    assert never_a_name("denies")


def test_the_lists_are_lower_case():
    """They are compared with lower case only."""
    assert all(word == word.lower() for word in EPONYMS | NAME_WORDS)


@pytest.mark.parametrize("tail", ["'s disease", " syndrome", "-Barre syndrome", " catheter"])
def test_what_follows_an_eponym_is_recognised(tail):
    """Then it is a disease."""
    assert EPONYM_TAIL.match(tail)
    assert not EPONYM_TAIL.match(" came to the clinic")
