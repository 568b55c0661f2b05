"""Cheap scanning."""

import re

from phiward.deid.rules.scan import behind, by_first_word, match_at, match_words, words_of


def test_a_needle_inside_a_word_is_passed_over():
    """Only the beginning of a word counts."""
    text = "dr dropped, hydrate"
    assert [m.group() for m in match_at(re.compile(r"dr\w*"), text, text, ("dr",))] == ["dr", "dropped"]


def test_behind_looks_no_further_than_asked():
    """The width bounds the work."""
    assert behind(re.compile(r"aged $"), "aged 9", 5, 5)
    assert not behind(re.compile(r"aged $"), "aged 9", 5, 4)


def test_words_are_parted_by_digits_and_punctuation():
    """`mrn00482915` and `(daughter,` begin with a whole word."""
    assert words_of("mrn00482915 (daughter, s/n") == {"mrn", "daughter", "s", "n"}


def test_only_needles_whose_first_word_is_there_are_tried():
    """The rest of the needle is looked up in the text."""
    needles = by_first_word(("next of kin", "next week", "wife"))
    text = "next of kin"
    pattern = re.compile(r"next of kin|next week")
    assert [m.group() for m in match_words(pattern, text, text, words_of(text), needles)] == ["next of kin"]
    assert not list(match_words(pattern, text, text, {"of"}, needles))
