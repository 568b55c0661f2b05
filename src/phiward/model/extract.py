"""Choosing the sentences of a context that answer a question. Extraction, not language understanding.

A sentence scores by the words that it and the title above it share with the question, rare ones more
(inverse sentence frequency within the context). Where the question asks how much, when or what last,
sentences with amounts, or with dates, win. The same question gives the same answer.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from phiward.model.sentences import Sentence, sentences
from phiward.model.words import RELATED, wanted, words

HEAD = "Extractive answer (quotations from the context; this is not a language model):"
NOTHING = "Nothing in the context answers this: no sentence of it shares a word with the question."
MAX_QUOTES = 5
NEAR_THE_BEST = 0.4
"""A sentence is quoted when it scores at least this part of the best one."""

_PREFERRED = 1.5
_AMOUNT = re.compile(r"\d(?:[\d.,/]*)(?: ?(?:mg|mcg|g|ml|units?|mmol|kg|mm|%|/)|\b)", re.IGNORECASE)
_TIME = re.compile(
    r"\[DATE_|\b(?:19|20)\d\d\b|\d/\d|\b(?:today|yesterday|days?|weeks?|months?|years?|ago)\b", re.IGNORECASE
)
_ASKS_AMOUNT = re.compile(r"\b(?:dos(?:e|age)|how (?:much|many|often)|level|result|value|changed?)\b", re.IGNORECASE)
_ASKS_TIME = re.compile(r"\b(?:when|last|latest|since|how long|what (?:date|day))\b", re.IGNORECASE)


def answer(question: str, context: str) -> str:
    """Quotations that answer, or words that say that there are none."""
    return quote(question, sentences(context))


def quote(question: str, candidates: Sequence[Sentence]) -> str:
    """The same, from sentences."""
    chosen = choose(question, candidates)
    if not chosen:
        return f"{HEAD}\n{NOTHING}"
    dated = _ASKS_TIME.search(question) is not None
    return "\n".join([HEAD, *(f'- "{one.text}"{_source(one, dated)}' for one in chosen)])


def choose(question: str, candidates: Sequence[Sentence]) -> list[Sentence]:
    """At most five, in the order of the context."""
    looked_for = wanted(question)
    shares = [_shares(one, looked_for) for one in candidates]
    frequency = Counter(word for share in shares for word in share)
    likes = [kind for asks, kind in ((_ASKS_AMOUNT, _AMOUNT), (_ASKS_TIME, _TIME)) if asks.search(question) is not None]

    def score(place: int) -> float:
        rare = sum(part * math.log(1 + len(candidates) / frequency[word]) for word, part in shares[place].items())
        return rare * (_PREFERRED if any(kind.search(candidates[place].text) for kind in likes) else 1.0)

    scored = sorted(((round(score(place), 9), -place) for place in range(len(candidates))), reverse=True)
    best = scored[0][0] if scored else 0.0
    kept = sorted(-place for value, place in scored[:MAX_QUOTES] if value > 0 and value >= best * NEAR_THE_BEST)
    return [candidates[place] for place in kept]


def _shares(one: Sentence, looked_for: dict[str, float]) -> dict[str, float]:
    """How much each shared word counts; a word of the title above counts like a related one."""
    parts = {word: looked_for[word] * RELATED for word in words(one.section) if word in looked_for}
    return parts | {word: looked_for[word] for word in words(one.text) if word in looked_for}


def _source(one: Sentence, dated: bool) -> str:
    if one.note is None:
        return ""
    return f" [note {one.note}]" + (f" ({one.heading})" if dated and one.heading else "")
