"""Chooses notes for a question, under a budget of characters.

A function of the given notes and the question alone: nothing about other patients enters, so that
what reaches the model never depends on what lies outside the grant (promise 3). A note scores by how
many different content words of the question it holds, title included; on a tie the newer one comes
first, then the lower document id. Notes without a word in common still fill what is left, newest
first. A hybrid search by words and meaning will replace this.
"""

import re
from collections.abc import Sequence
from datetime import UTC

from phiward.domain.patients import Note
from phiward.domain.words import canonical_words

CUT_MARK = "[…]"
MIN_PIECE = 200
"""A note is not cut to fewer characters than this; it is left out instead."""

_STOP_WORDS = frozenset(
    {
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "from",
    }
    | {"had", "has", "have", "he", "her", "his", "how", "i", "in", "is", "it", "its", "me", "my", "no", "not"}
    | {
        "of",
        "on",
        "or",
        "our",
        "she",
        "should",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
    }
    | {"was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you"}
    | {"about", "all", "give", "list", "note", "notes", "patient", "please", "show", "summarize", "tell"}
)
_ENDS = (re.compile(r"\n\s*\n"), re.compile(r"(?<=[.!?])\s+|\n"), re.compile(r"\s+"))


def select(notes: Sequence[Note], question: str, max_characters: int) -> tuple[Note, ...]:
    """The chosen notes, oldest first, of together at most `max_characters` as `context_text` lays them out.

    The first note that does not fit is cut at the end of a paragraph, else of a sentence, and marked
    "[…]"; shorter ones after it may still fit. Deterministic, whatever the order of `notes`.
    """
    wanted = content_words(question)
    ranked = sorted(notes, key=lambda note: (-_score(note, wanted), -note.written_at.timestamp(), note.document))
    chosen: list[Note] = []
    left = max_characters
    cut = False
    for note in ranked:
        room = left - _overhead(note)
        if len(note.text) <= room:
            chosen.append(note)
        elif not cut and room >= MIN_PIECE:
            cut = True
            note = Note(note.document, note.patient, note.written_at, note.title, cut_text(note.text, room))
            chosen.append(note)
        else:
            continue
        left = room - len(note.text)
    return tuple(sorted(chosen, key=lambda note: (note.written_at, note.document)))


def context_text(notes: Sequence[Note]) -> str:
    """The notes under headings "[note 1] title, 2020-01-31", with a blank line between; "" for none."""
    return "\n\n".join(f"{_heading(number, note)}\n{note.text}" for number, note in enumerate(notes, 1))


def content_words(text: str) -> frozenset[str]:
    """Canonical words that carry meaning: without stop words and single letters."""
    return frozenset(w for w in canonical_words(text) if w not in _STOP_WORDS and (len(w) > 1 or w.isdigit()))


def cut_text(text: str, room: int) -> str:
    """The beginning of `text`, at most `room` characters with the mark, ended where a reader would end."""
    limit = max(0, room - len(CUT_MARK) - 1)
    head = text[: limit + 1]
    for end in _ENDS:
        places = [match.start() for match in end.finditer(head) if limit // 2 <= match.start() <= limit]
        if places:
            return f"{text[: places[-1]].rstrip()}\n{CUT_MARK}"
    return f"{text[:limit]}\n{CUT_MARK}"


def _score(note: Note, wanted: frozenset[str]) -> int:
    return len(wanted & content_words(f"{note.title}\n{note.text}")) if wanted else 0


def _heading(number: int, note: Note) -> str:
    return f"[note {number}] {note.title}, {note.written_at.astimezone(UTC).date().isoformat()}"


def _overhead(note: Note) -> int:
    """Heading with a number of up to four digits, and the lines around it."""
    return len(_heading(9999, note)) + len("\n") + len("\n\n")
