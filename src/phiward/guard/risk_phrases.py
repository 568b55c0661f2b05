"""Finding phrases: ideas in an order, with other words between, in one pass over a text.

For each phrase and each of its steps the place is kept at which that step was last reached; the newest place reaches
furthest, so that none is missed. Time is linear in the text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from phiward.guard.risk_lexicon import CLINICAL, Idea, ideas_of, words_in

AFTER_AN_END = 4
"""How many words the end of a sentence counts as, between two words of a phrase."""

_TOKEN = re.compile(
    r"^[ \t>*#-]*+(?P<role>(?:system|(?:ai )?assistant|user|human|developer|ai)[ \t]*+:)"
    r"|(?P<address>https?://[^\s<>\"')\]]++|(?<=\w)@(?=\w))"
    r"|(?P<name>[a-z][a-z0-9]*+(?:_[a-z0-9]++)++)"
    r"|(?P<word>[^\W_]++)|(?P<end>[.!?](?=\s|$))|(?P<line>\n)",
    re.MULTILINE,
)
_KINDS = {"role": Idea.ROLE.value, "address": Idea.ADDRESS.value, "name": Idea.NAME.value}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ideas in this order; from one to the next at most `gap` words on. A step of several ideas takes any of them."""

    gap: int
    steps: tuple[Idea, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    ideas: int
    place: int
    sentence: int


class Phrasebook:
    """The phrases of rules, made ready. Safe for several threads."""

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]]) -> None:
        """By the id of the rule that they fulfil."""
        self._phrases = [(rule, one) for rule, several in phrases.items() for one in several]
        self._steps = {
            idea.value: [
                (number, step)
                for number, (_, phrase) in enumerate(self._phrases)
                for step in reversed(range(len(phrase.steps)))
                if idea & phrase.steps[step]
            ]
            for idea in Idea
        }
        self._known: dict[int, tuple[tuple[int, int], ...]] = {}

    def find(self, text: str) -> dict[str, bool]:
        """The rules that `text` (folded) fulfils; True where each time a sentence of it speaks of care."""
        clinical: set[int] = set()
        met = {(rule, spoken) for rule, spoken in self._met(_tokens(text, clinical))}
        found: dict[str, bool] = {}
        for rule, sentences in met:
            found[rule] = found.get(rule, True) and not clinical.isdisjoint(sentences)
        return found

    def _met(self, tokens: Iterable[_Token]) -> Iterator[tuple[str, tuple[int, int]]]:
        """Each rule that is fulfilled, with the sentences in which its phrase begins and ends."""
        reached: dict[tuple[int, int], tuple[int, int]] = {}
        for token in tokens:
            for number, step in self._at(token.ideas):
                rule, phrase = self._phrases[number]
                begun = token.sentence
                if step:
                    place, begun = reached.get((number, step - 1), (-phrase.gap - 1, 0))
                    if token.place - place > phrase.gap:
                        continue
                if step + 1 == len(phrase.steps):
                    yield rule, (begun, token.sentence)
                else:
                    reached[number, step] = token.place, begun

    def _at(self, ideas: int) -> tuple[tuple[int, int], ...]:
        """Phrases and steps that a token with these ideas may be; later steps first, since it is only one of them."""
        known = self._known.get(ideas)
        if known is None:
            steps = {one for idea, several in self._steps.items() if ideas & idea for one in several}
            known = self._known[ideas] = tuple(sorted(steps, reverse=True))
        return known


def _tokens(text: str, clinical: set[int]) -> Iterator[_Token]:
    """What means something in a folded text; the numbers of the sentences that speak of care go into `clinical`."""
    place = sentence = 0
    before = ""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind in {"end", "line"}:
            sentence += 1
            place += AFTER_AN_END if kind == "end" else 0
            continue
        words = found[0].split("_") if kind == "name" else words_in(found[0]) if kind == "word" else ()
        for word in words:
            place += 1
            if word in CLINICAL:
                clinical.add(sentence)
            ideas = ideas_of(word, before)
            before = word
            if ideas:
                yield _Token(ideas, place, sentence)
        if kind in _KINDS:
            place += kind != "name"
            yield _Token(_KINDS[kind], place, sentence)
