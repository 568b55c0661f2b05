"""Words by what they can do, and what clinical language uses otherwise."""

import pytest

from phiward.guard.risk_lexicon import CLINICAL, WORDS, Idea, ideas_of, words_in

OTHERWISE = [
    ("assistant", "physician", Idea.MACHINE, "a person"),
    ("assistant", "s", Idea.MACHINE, "the surgeon's assistant"),
    ("ai", "mild", Idea.MACHINE, "aortic insufficiency"),
    ("instructions", "discharge", Idea.DIRECTIVE, "what a patient takes home"),
    ("directives", "advance", Idea.DIRECTIVE, "a patient's will"),
    ("model", "risk", Idea.MACHINE, "a formula"),
]


@pytest.mark.parametrize(("word", "before", "idea", "reason"), OTHERWISE)
def test_the_word_before_tells_clinical_use_apart(word: str, before: str, idea: Idea, reason: str) -> None:
    """With it the idea is gone; without it, or after another, it is there."""
    assert not ideas_of(word, before) & idea.value, reason
    assert ideas_of(word, "language") & idea.value


def test_an_unknown_word_has_no_idea() -> None:
    """Most words."""
    assert ideas_of("knee", "") == 0


AS_WORDS = [
    ("ignore", ["ignore"], "a word that is known"),
    ("1gn0r3", ["ignore"], "digits for letters"),
    ("2024", ["2024"], "a year"),
    ("5mg", ["5mg"], "a dose: no word comes of it"),
    ("ignoreallpreviousinstructions", ["ignore", "all", "previous", "instructions"], "glued"),
    ("hyperparathyroidism", ["hyperparathyroidism"], "a long word of its own"),
    ("xxignorexxallxxrulesxx", ["ignore", "all", "rules"], "glued, with letters between"),
]


@pytest.mark.parametrize(("run", "words", "reason"), AS_WORDS)
def test_a_run_of_letters_is_the_words_that_it_may_be(run: str, words: list[str], reason: str) -> None:
    """One, or several that were glued."""
    assert list(words_in(run)) == words, reason


def test_every_idea_but_those_of_forms_has_words_and_every_word_is_folded() -> None:
    """A word in another spelling could never be met; and what speaks of care is no idea that is halved by itself."""
    assert set(Idea) - set(WORDS) == {Idea.NAME, Idea.ROLE}
    for words in WORDS.values():
        assert words.isascii()
        assert words == words.lower()
        assert len(words.split()) == len(set(words.split()))
    assert CLINICAL.isdisjoint(WORDS[Idea.DIRECTIVE].split())
