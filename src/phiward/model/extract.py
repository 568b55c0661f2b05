"""Choosing the sentences of a context that answer a question. Extraction, not language understanding.

A sentence scores by the rare words it shares with the question; sentences with numbers and doses win
where the question asks how much or when. Placeholders are never cut. The same question gives the same
answer.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = "Extractive answer (quotations from the context; this is not a language model):"
NOTHING = "Nothing in the context answers this."
MAX_QUOTES = 5

_HEADING = re.compile(r"^\[note (\d+)\] (.+)$")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[])")
_WORD = re.compile(r"[A-Za-z]{3,}|\d+")
_NUMERIC = re.compile(r"\d+(?:\.\d+)? ?(?:mg|mcg|g|ml|units?|mmol|%|/)|\[DATE_", re.IGNORECASE)
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "was",
        "were",
        "with",
        "that",
        "this",
        "which",
        "what",
        "when",
        "where",
        "who",
        "whom",
        "why",
        "how",
        "did",
        "does",
        "has",
        "have",
        "had",
        "her",
        "his",
        "she",
        "they",
        "them",
        "their",
        "its",
        "from",
        "into",
        "about",
        "again",
        "any",
        "are",
        "asks",
        "asked",
        "born",
        "mrn",
        "please",
        "tell",
        "give",
        "patient",
        "is",
        "there",
    ]
)
_ASKS_NUMBER = re.compile(r"\b(?:dose|how much|how many|when|last|level|result|value|changed?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the number of the note it stands in, if there is one."""

    note: int | None
    text: str


def sentences(context: str) -> list[Sentence]:
    """The sentences of a context; headings `[note 2] …` number what follows."""
    found: list[Sentence] = []
    note: int | None = None
    for paragraph in context.split("\n"):
        line = paragraph.strip()
        heading = _HEADING.match(line)
        if heading:
            note = int(heading[1])
        elif line:
            found += [Sentence(note, piece.strip()) for piece in _END.split(line) if len(piece.strip()) > 12]
    return found


def stems(text: str) -> set[str]:
    """Lower-case words without endings and without common words."""
    return {_stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON}


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def answer(question: str, context: str) -> str:
    """Quotations that answer, or words that say that there are none."""
    chosen = choose(question, sentences(context))
    if not chosen:
        return f"{HEAD}\n{NOTHING}"
    quotes = [f'- "{one.text}"' + (f" [note {one.note}]" if one.note else "") for one in chosen]
    return "\n".join([HEAD, *quotes])


def choose(question: str, candidates: Sequence[Sentence]) -> list[Sentence]:
    """At most five, in the order of the context."""
    wanted = stems(question)
    words = [stems(one.text) for one in candidates]
    frequency = Counter(word for each in words for word in each)
    numeric = _ASKS_NUMBER.search(question) is not None

    def score(place: int) -> float:
        shared = wanted & words[place]
        total = sum(math.log(1 + len(candidates) / frequency[word]) for word in shared)
        return total * (1.5 if numeric and _NUMERIC.search(candidates[place].text) else 1.0)

    scored = sorted(((score(place), -place) for place in range(len(candidates))), reverse=True)
    best = scored[0][0] if scored else 0.0
    kept = sorted(-place for value, place in scored[:MAX_QUOTES] if value > 0 and value >= best * 0.4)
    return [candidates[place] for place in kept]
