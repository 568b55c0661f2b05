"""What each sentence of an answer rests on: the passages that it names, or that were found for it, and what they lack.

The deterministic floor under every answer: each number, unit, drug, date, negation and quotation of a sentence must
stand in a passage that it cites, and enough of its words too. That a passage says the same words does not prove that it
says the same thing: a value beside the wrong name is not seen here. English only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from phiward.clinical.claims import Claim, Said, missing, read_passage, read_sentence, shared
from phiward.clinical.drugs import dosed_words
from phiward.clinical.marks import Marks, read_marks, without_marks
from phiward.clinical.quotations import locate
from phiward.clinical.statements import claims_nothing
from phiward.clinical.words import plain, readable
from phiward.domain.passages import Passage

NAMED_SHARE = 0.4
"""The part of its content words that a sentence must share with the passages that it names."""
FOUND_SHARE = 0.6
"""The part that it must share with a passage that phiward finds for it."""
MAX_FOUND = 3
"""Passages that phiward names for one sentence, the best ones."""

_WITHHELD = re.compile(r"\[withheld\b", re.IGNORECASE)
_ORDER = {claim: place for place, claim in enumerate(Claim)}
NamedBy = Literal["model", "phiward"]


class SentenceKind(StrEnum):
    """Whether a sentence counts."""

    CLAIM = "claim"
    NONE = "none"  # a heading, a lead-in, or words that say that nothing was found: not counted
    UNCHECKED = "unchecked"  # not prose: counts as a claim without support


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation that stands word for word in a passage: offsets into its source, in code points, end exclusive."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """One sentence of the released text, from `start` to `end` (code points, end exclusive), and what it rests on.

    `passages` are numbers in the prompt, from 1. `named_by` says who named them. `missing` is empty exactly where
    `supported` is true or nothing is claimed. `invalid` counts numbers in its marks that no passage has.
    """

    start: int
    end: int
    kind: SentenceKind
    passages: tuple[int, ...]
    named_by: NamedBy | None
    supported: bool
    missing: tuple[Claim, ...]
    quotes: tuple[Quote, ...]
    invalid: int = 0


class Evidence:
    """The passages of one request, read once; `check` then compares sentence by sentence."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """In the order of the prompt: the first is number 1."""
        self._starts = [passage.start for passage in passages]
        self._dosed = frozenset[str]().union(*(dosed_words(plain(passage.text)) for passage in passages))
        self._sources = [read_passage(passage, self._dosed) for passage in passages]
        self._known = frozenset[str]().union(*(source.words for source in self._sources))

    def check(self, sentence: str, start: int = 0) -> SentenceEvidence:
        """One sentence with its marks, after placeholders were restored. `start`: where it stands in the answer."""
        marks = read_marks(sentence, len(self._sources))
        text = without_marks(sentence, marks)
        said = read_sentence(text, self._dosed)
        end = start + len(sentence)
        if not _WITHHELD.search(text) and readable(plain(text)) and claims_nothing(text, said, self._known):
            named: NamedBy | None = "model" if marks.passages else None
            kind = SentenceKind.NONE
            return SentenceEvidence(start, end, kind, marks.passages, named, False, (), (), marks.invalid)
        lacking = _never(text)
        if marks.passages or marks.invalid:
            return self._named(said, marks, lacking, start, end)
        return self._found(said, lacking, start, end)

    def _named(self, said: Said, marks: Marks, lacking: set[Claim], start: int, end: int) -> SentenceEvidence:
        """The passages that the model named are looked at together."""
        cited = marks.passages
        quotes: tuple[Quote, ...] = ()
        if not cited:
            lacking.add(Claim.CITATION)
        else:
            sources = [self._sources[number - 1] for number in cited]
            lacking |= missing(said, sources)
            if shared(said, sources) < NAMED_SHARE:
                lacking.add(Claim.WORDS)
            quotes = self._quotes(said, cited)
            if len(quotes) < len(said.quotations):
                lacking.add(Claim.QUOTATION)
        return _claim(start, end, cited, "model" if cited else None, lacking, quotes, marks.invalid)

    def _found(self, said: Said, lacking: set[Claim], start: int, end: int) -> SentenceEvidence:
        """Passages each of which holds all that the sentence says; the best ones, in their order."""
        fitting = [] if lacking else [number for number in self._likely(said) if self._holds(number, said)]
        if not fitting:
            return _claim(start, end, (), None, lacking | {Claim.CITATION}, (), 0)
        cited = tuple(sorted(fitting[:MAX_FOUND]))
        return _claim(start, end, cited, "phiward", lacking, self._quotes(said, cited), 0)

    def _likely(self, said: Said) -> list[int]:
        """Passages with enough words in common, most of them first."""
        shares = [(shared(said, [source]), -number) for number, source in enumerate(self._sources, 1)]
        return [-number for share, number in sorted(shares, reverse=True) if share >= FOUND_SHARE]

    def _holds(self, number: int, said: Said) -> bool:
        quoted = len(self._quotes(said, (number,))) == len(said.quotations)
        return quoted and not missing(said, [self._sources[number - 1]])

    def _quotes(self, said: Said, cited: tuple[int, ...]) -> tuple[Quote, ...]:
        """For each quotation its first place in what is cited; those that stand nowhere are left out."""
        found = []
        for quotation in said.quotations:
            places = ((number, locate(quotation, self._sources[number - 1].leveled)) for number in cited)
            place = next(((number, span) for number, span in places if span), None)
            if place is not None:
                number, (first, last) = place
                offset = self._starts[number - 1]
                found.append(Quote(number, offset + first, offset + last))
        return tuple(found)


def without_support(start: int, end: int, kind: SentenceKind, why: Claim) -> SentenceEvidence:
    """What could not be checked at all."""
    return SentenceEvidence(start, end, kind, (), None, False, (why,), ())


def _never(text: str) -> set[Claim]:
    """Reasons that no passage can mend: a withheld identifier, letters that are not what they look like."""
    reasons = {Claim.WITHHELD} if _WITHHELD.search(text) else set()
    return reasons if readable(plain(text)) else reasons | {Claim.WORDS}


def _claim(
    start: int,
    end: int,
    cited: tuple[int, ...],
    named_by: NamedBy | None,
    lacking: set[Claim],
    quotes: tuple[Quote, ...],
    invalid: int,
) -> SentenceEvidence:
    reasons = tuple(sorted(lacking, key=_ORDER.__getitem__))
    return SentenceEvidence(start, end, SentenceKind.CLAIM, cited, named_by, not reasons, reasons, quotes, invalid)
