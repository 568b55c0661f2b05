"""Stop words: canonical, and none that can mean something in a chart."""

import pytest

from phiward.domain.words import canonical_words
from phiward.retrieval.words import STOP_WORDS


def test_stop_words_are_compared_in_the_spelling_in_which_they_are_kept() -> None:
    """One that is not canonical would never match."""
    assert all(canonical_words(word) == [word] for word in STOP_WORDS)


@pytest.mark.parametrize("word", ["k", "b", "c", "d", "na", "mg", "plan", "history", "pain", "never", "without"])
def test_a_word_that_can_mean_something_is_no_stop_word(word: str) -> None:
    """Potassium, hepatitis B, vitamin D, and what denies."""
    assert word not in STOP_WORDS
