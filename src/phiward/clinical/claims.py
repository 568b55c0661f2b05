"""What a sentence says that must stand in its source, and whether it does: numbers, units, dates, drugs, negations.

The same reading serves both sides: an answer's sentence and a passage are read alike, and compared as sets. Nothing is
inferred: a value that follows from the source but does not stand in it is not supported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from enum import StrEnum
from itertools import chain

from phiward.clinical.dates import PartialDate, coarser, find_dates
from phiward.clinical.drugs import dosed_words, drug_of
from phiward.clinical.negation import Polarity, polarity
from phiward.clinical.numbers import Number, find_numbers
from phiward.clinical.opposites import turned
from phiward.clinical.quotations import level, quotations
from phiward.clinical.words import plain, word_set
from phiward.domain.passages import Passage

_ENUMERATOR = re.compile(r"\s*(?:#{1,6}\s+|[-*•]\s+)?(?:\*\*)?\(?\d{1,2}[.)]\s+(?=\D)")
"""The number of a list item: it counts items and says nothing."""
_COUNTING = word_set(
    "second minute hour day week month time tablet capsule pill dose puff drop spray pack drink episode"
)
"""Numbers with these units do not stand for a number without: "in 2 weeks" is no value of 2."""


class Claim(StrEnum):
    """The kinds of claims, and why a sentence may be without support."""

    NUMBER = "number"
    UNIT = "unit"  # the number stands in the source, but not with this unit
    DRUG = "drug"
    DATE = "date"
    NEGATION = "negation"  # affirmed here and denied or left open there, or denied here and not there
    WORDS = "words"  # too few words in common with what is cited, an opposite, or words that cannot be read
    QUOTATION = "quotation"  # not word for word in what is cited
    CITATION = "citation"  # no passage is named, or none of those that exist
    WITHHELD = "withheld"  # the sentence is about an identifier that was withheld
    LENGTH = "length"  # longer than a sentence may be


@dataclass(frozen=True, slots=True)
class Said:
    """What one sentence says."""

    numbers: frozenset[Number] = field(repr=False)
    dates: frozenset[PartialDate] = field(repr=False)
    drugs: frozenset[str] = field(repr=False)
    polarity: Polarity = field(repr=False)
    quotations: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """What one passage supports. `numbers` are with and without their unit, `dates` with all that is coarser.

    What is neutral in it counts as denied and as affirmed.
    """

    numbers: frozenset[Number] = field(repr=False)
    dates: frozenset[PartialDate] = field(repr=False)
    affirmed: frozenset[str] = field(repr=False)
    denied: frozenset[str] = field(repr=False)
    opened: frozenset[str] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    leveled: str = field(repr=False)


def read_sentence(text: str, dosed: frozenset[str] = frozenset()) -> Said:
    """What a sentence without its citation marks says. `dosed`: words that a dose follows in the passages."""
    said = _without_enumerator(plain(text))
    dates, rest = find_dates(said)
    dosed = dosed | dosed_words(rest)
    terms = polarity(rest, dosed)
    return Said(
        numbers=frozenset(find_numbers(rest)),
        dates=frozenset(dates),
        drugs=frozenset(word for word in terms.words if drug_of(word, dosed)),
        polarity=terms,
        quotations=tuple(quotations(text)),
    )


def read_passage(passage: Passage, dosed: frozenset[str] = frozenset()) -> Source:
    """What a passage supports: its text, the words of its title, section and author, and the date it was written on."""
    dates, rest = find_dates(plain(passage.text))
    head_dates, head = find_dates(plain(f"{passage.title}; {passage.section}; {passage.author or ''}"))
    if passage.written_at is not None:
        written = passage.written_at.astimezone(UTC)
        head_dates.append(PartialDate(written.year, written.month, written.day))
    numbers = find_numbers(rest)
    terms = polarity(rest, dosed)
    return Source(
        numbers=frozenset(chain(numbers, (Number(one.value, None) for one in numbers if one.unit not in _COUNTING))),
        dates=frozenset(chain.from_iterable(map(coarser, chain(dates, head_dates)))),
        affirmed=terms.affirmed | terms.neutral,
        denied=terms.denied | terms.neutral,
        opened=terms.opened,
        words=terms.words | polarity(head, dosed).words,
        leveled=level(passage.text),
    )


def missing(said: Said, sources: Sequence[Source]) -> set[Claim]:
    """The kinds of claims of which one stands in none of the sources.

    Of the words only opposites are looked at here, and quotations not at all.
    """
    lacking = {_number(one, sources) for one in said.numbers}
    if any(all(date not in source.dates for source in sources) for date in said.dates):
        lacking.add(Claim.DATE)
    if any(all(drug not in source.words for source in sources) for drug in said.drugs):
        lacking.add(Claim.DRUG)
    if _contradicted(said.polarity, sources):
        lacking.add(Claim.NEGATION)
    if turned(said.polarity.words, frozenset[str]().union(*(source.words for source in sources))):
        lacking.add(Claim.WORDS)
    return {one for one in lacking if one is not None}


def shared(said: Said, sources: Sequence[Source]) -> float:
    """The part of the sentence's content words that stands in the sources, 0 to 1; 0 for a sentence without any."""
    words = said.polarity.words
    found = sum(any(word in source.words for source in sources) for word in words)
    return found / len(words) if words else 0.0


def _number(number: Number, sources: Sequence[Source]) -> Claim | None:
    if any(number in source.numbers or _implied(number, source) for source in sources):
        return None
    bare = Number(number.value, None)
    return Claim.UNIT if number.unit and any(bare in source.numbers for source in sources) else Claim.NUMBER


def _implied(number: Number, source: Source) -> bool:
    """A blood pressure needs no unit in the source; "3/14" may be a day of a month that the source names in full."""
    first, slash, second = number.value.partition("/")
    if not slash or not (first.isdigit() and second.isdigit()):
        return False
    if number.unit == "mmhg":
        return Number(number.value, None) in source.numbers
    return number.unit is None and PartialDate(None, int(first), int(second)) in source.dates


def _contradicted(said: Polarity, sources: Sequence[Source]) -> bool:
    """Denied words must be denied in a source; affirmed ones must not stand there only denied, or only left open.

    What the sentence itself leaves open must not stand there only denied.
    """
    denied = frozenset[str]().union(*(source.denied for source in sources))
    affirmed = frozenset[str]().union(*(source.affirmed for source in sources))
    opened = frozenset[str]().union(*(source.opened for source in sources))
    return bool(
        said.denied - denied
        or said.affirmed & ((denied | opened) - affirmed)
        or said.opened & (denied - affirmed - opened)
    )


def _without_enumerator(text: str) -> str:
    found = _ENUMERATOR.match(text)
    return text[found.end() :] if found else text
