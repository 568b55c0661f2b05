"""Which facts of the record answer a question (kinds, labels, how many, from when to when), and their layout in lines.

A question is read by a few rules, not by a model: "last three creatinines", "trend of A1c since 2023", "current
medications", "what is he allergic to". Where they find nothing, facts count whose label shares a word with it.
Lists whose being complete matters (allergies, medications, problems, immunizations) are given whole. Everything here
is a function of the given facts and the question. A fact is shown as it was written: no unit is ever converted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate

from phiward.domain.facts import Fact, FactId, FactKind
from phiward.domain.words import canonical_words
from phiward.retrieval.concepts import MEASURES, named
from phiward.retrieval.periods import NUMBERS, Period, period
from phiward.retrieval.terms import stem

_KIND_WORDS = {
    FactKind.MEDICATION: "medication medicine med meds drug prescription prescribed rx pill taking",
    FactKind.ALLERGY: "allergy allergic allergen intolerance intolerant",
    FactKind.PROBLEM: "problem diagnosis diagnose diagnosed dx condition comorbidity comorbid pmh",
    FactKind.RESULT: "result lab laboratory bloodwork",
    FactKind.VITAL: "vital",
    FactKind.IMMUNIZATION: "immunization immunisation immunized immunised vaccine vaccination vaccinated",
    FactKind.PROCEDURE: "procedure surgery surgical operation",
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_LISTS = frozenset({FactKind.ALLERGY, FactKind.MEDICATION, FactKind.PROBLEM, FactKind.IMMUNIZATION})
_MEASURED = frozenset({FactKind.RESULT, FactKind.VITAL})
_OVER = "stopped completed cancelled canceled inactive resolved remission ended refuted not-taken"
_ENDED = frozenset(_OVER.split())
UNDATED = "undated"
_ASKING = """
last latest recent most newest current currently now present presently active actively trend over time since until
before after past previous ever did take takes taken sign change changed compare how many history date day week month
year value level medical list known if get got s
"""
_ASKING_WORDS = frozenset(_ASKING.split())
_CURRENT = re.compile(r"\b(?:current(?:ly)?|active(?:ly)?|presently|now|taking|at present|these days)\b", re.IGNORECASE)
_HISTORY = re.compile(r"\bmedical\s+history\b", re.IGNORECASE)
_NEWEST = r"(?:last|latest|(?:most\s+)?recent|newest|past)"
_NUMBER = rf"(\d{{1,2}}|{'|'.join(NUMBERS)})"
_SO_MANY = re.compile(rf"\b(?:{_NEWEST}\s+{_NUMBER}|{_NUMBER}\s+{_NEWEST})\b(?!\s*[/%.]\d)", re.IGNORECASE)
_ENCOUNTERS = "visit|admission|appointment|encounter|time|night|note|seen|clinic|stay|hospital|name"
_ONE = re.compile(rf"\b(?:last|latest|most\s+recent|newest)\b(?!\s+(?:{_ENCOUNTERS}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """What a question asks of the facts.

    `kinds` are those to look in, none if it asks for no facts; `listed` those that it asks for by their own name
    ("medications"). `labels` are names as `concepts.named` gives them. `count` is how many of each series, the
    newest; None is all. `current`: what has ended is not asked for.
    """

    kinds: frozenset[FactKind]
    listed: frozenset[FactKind]
    labels: frozenset[str] = field(repr=False)
    count: int | None
    period: Period
    current: bool

    @property
    def is_about_time(self) -> bool:
        """Whether it asks for the newest, or for a period."""
        return self.count is not None or self.period != Period()


def asks(question: str, now: datetime) -> FactQuestion:
    """Reads a question; times such as "last year" are seen from `now`, which is aware."""
    when, rest = period(question, now)
    count = _count(rest)
    names = named(_SO_MANY.sub(" ", rest))
    labels = frozenset(name for name in names if name not in _ASKING_WORDS and name not in _KIND_OF)
    words = {stem(word) for word in canonical_words(rest)}
    listed = frozenset(_KIND_OF[word] for word in words if word in _KIND_OF)
    listed |= {FactKind.PROBLEM} if _HISTORY.search(rest) else set()
    timely = count is not None or when != Period()
    elsewhere = _MEASURED if timely and labels <= MEASURES else frozenset(FactKind)
    return FactQuestion(
        kinds=listed | elsewhere if labels else listed,
        listed=listed,
        labels=labels,
        count=count,
        period=when,
        current=_CURRENT.search(rest) is not None,
    )


def about(question: str, facts: Sequence[Fact], *, limit: int, now: datetime) -> list[Fact]:
    """At most `limit` facts that the question asks about, newest first, those without a date last.

    Where there are more, those that share most names with the question stay, then the newest. The same facts in
    another order give the same list.
    """
    wanted = asks(question, now)
    within = [fact for fact in facts if _is_open(fact, wanted)]
    names = {label: len(wanted.labels & named(label)) for label in {fact.saying.label for fact in within}}
    shared = {fact.id: names[fact.saying.label] for fact in within}
    matched = [fact for fact in within if shared[fact.id]]
    if wanted.is_about_time and not wanted.listed:
        matched = [fact for fact in matched if fact.saying.kind in _MEASURED] or matched
    found = {fact.saying.kind for fact in matched}
    whole = {kind for kind in wanted.listed if kind in _LISTS or kind not in found}
    ids = {fact.id for fact in matched}
    chosen = sorted((fact for fact in within if fact.id in ids or fact.saying.kind in whole), key=_age)
    best = sorted(_newest_of_each(chosen, wanted.count), key=lambda fact: -shared[fact.id])[: max(limit, 0)]
    return sorted(best, key=_age)


@dataclass(frozen=True, slots=True)
class FactLine:
    """Where in the layout this fact stands: code points, end exclusive, without the line break."""

    start: int
    end: int
    fact: FactId


@dataclass(frozen=True, slots=True)
class FactLines:
    """Facts in words, one line each."""

    text: str = field(repr=False)
    lines: tuple[FactLine, ...]


def lay_out(facts: Sequence[Fact]) -> FactLines:
    """The facts by kind and label, each series the oldest first, what has no date before; in whatever order they come.

    A line reads "2024-03-01 Creatinine: 1.20 mg/dL; detail (final)", with the UTC date and the words of the record.
    """
    kinds = list(FactKind)
    ordered = sorted(facts, key=lambda one: (kinds.index(one.saying.kind), series(one)[1], _time(one), one.id.hex))
    texts = [line(fact) for fact in ordered]
    ends = list(accumulate(len(text) + 1 for text in texts))
    places = zip(ordered, texts, ends, strict=True)
    return FactLines(
        "\n".join(texts), tuple(FactLine(end - 1 - len(text), end - 1, fact.id) for fact, text, end in places)
    )


def line(fact: Fact) -> str:
    """One fact in one line; line breaks within it become spaces."""
    saying = fact.saying
    day = saying.effective_at.astimezone(UTC).date().isoformat() if saying.effective_at else UNDATED
    value = " ".join(part for part in (saying.value, saying.unit) if part)
    said = f"{day} {saying.label}" + (f": {value}" if value else "") + (f"; {saying.detail}" if saying.detail else "")
    return " ".join(f"{said} ({saying.status})".split() if saying.status else said.split())


def series(fact: Fact) -> tuple[FactKind, str]:
    """Facts of one series are of one kind and carry one label, compared in canonical words."""
    return fact.saying.kind, " ".join(canonical_words(fact.saying.label))


def _is_open(fact: Fact, wanted: FactQuestion) -> bool:
    saying = fact.saying
    over = wanted.current and saying.kind in _LISTS and saying.status.casefold() in _ENDED
    return not over and wanted.period.holds(saying.effective_at)


def _newest_of_each(facts: Iterable[Fact], count: int | None) -> list[Fact]:
    """The first `count` of each series."""
    seen: dict[tuple[FactKind, str], int] = defaultdict(int)
    kept = []
    for fact in facts:
        seen[series(fact)] += 1
        if count is None or seen[series(fact)] <= count:
            kept.append(fact)
    return kept


def _count(question: str) -> int | None:
    if many := _SO_MANY.search(question):
        number = (many[1] or many[2]).lower()
        return NUMBERS[number] if number in NUMBERS else int(number) or None
    return 1 if _ONE.search(question) else None


def _age(fact: Fact) -> tuple[float, str, str]:
    """Newest first, without a date last; then by label and id."""
    return -_time(fact), fact.saying.label, fact.id.hex


def _time(fact: Fact) -> float:
    at = fact.saying.effective_at
    return at.timestamp() if at else float("-inf")
