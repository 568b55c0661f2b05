"""Passages as they stand in a prompt: which ones fit, in which order, under which headings.

A heading is one line, "[note 2] Progress note, Plan, A. Author, 2020-01-31"; the text under it is the source's own,
unchanged. Its number is the passage's place in the list, and how an answer cites it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from phiward.domain.documents import SourceFormat
from phiward.domain.passages import Origin, Passage
from phiward.retrieval.sentences import spans

SCANNED = "(read by character recognition)"
_BETWEEN = "\n\n"
_WIDEST = 9999
"""Numbers of passages have at most four digits."""
_PLACES = {Origin.FACTS: 0, Origin.CHART: 1, Origin.CORPUS: 2}


def context_text(passages: Sequence[Passage]) -> str:
    """The passages under their headings, numbered from 1, a blank line between; "" for none."""
    return _BETWEEN.join(f"{heading(number, one)}\n{one.text}" for number, one in enumerate(passages, 1))


def heading(number: int, passage: Passage) -> str:
    """One line: number, title, section, author, UTC date, and whether it was read by character recognition."""
    title = passage.title.strip() or "Untitled"
    if passage.origin is Origin.CORPUS:
        title = f"Guideline: {title}"
    day = passage.written_at.astimezone(UTC).date().isoformat() if passage.written_at else ""
    parts = (" ".join(part.split()) for part in (title, passage.section, passage.author or "", day))
    scanned = f" {SCANNED}" if passage.format is SourceFormat.SCAN else ""
    return f"[note {number}] {', '.join(part for part in parts if part)}{scanned}"


def fit(passages: Sequence[Passage], max_passages: int, max_characters: int) -> tuple[Passage, ...]:
    """Those of `passages`, the best first, that fit into `max_characters` as `context_text` sets them out.

    A passage that does not fit is left out, and shorter ones after it may still fit; only the very first is cut, at
    the end of a sentence (of a line, for facts), where it is too long by itself. They come back in the order in
    which they are read: facts, then the chart by time and place, then the corpora as they were given.
    """
    chosen: list[Passage] = []
    left = max_characters + len(_BETWEEN)
    for place, passage in enumerate(passages):
        if len(chosen) >= min(max_passages, _WIDEST):
            break
        room = left - len(heading(_WIDEST, passage)) - len("\n") - len(_BETWEEN)
        taken = passage if len(passage.text) <= room else _beginning(passage, room) if place == 0 else None
        if taken is not None:
            chosen.append(taken)
            left = room - len(taken.text)
    return tuple(sorted(chosen, key=_reading_order))


def _beginning(passage: Passage, room: int) -> Passage | None:
    """As many whole sentences, or lines of facts, from its beginning as there is room for; None if not even one."""
    if passage.origin is Origin.FACTS:
        ends = [n for n, character in enumerate(passage.text) if character == "\n"]
    else:
        ends = [end for _, end in spans(passage.text)]
    whole = [end for end in ends if end <= room]
    if not whole:
        return None
    facts, versions = passage.facts[: len(whole)], passage.fact_versions[: len(whole)]
    end, text = passage.start + whole[-1], passage.text[: whole[-1]]
    return replace(passage, end=end, text=text, facts=facts, fact_versions=versions)


def _reading_order(passage: Passage) -> tuple[int, float, str, int]:
    """Corpora tie, and so keep their order."""
    if passage.origin is not Origin.CHART:
        return _PLACES[passage.origin], 0.0, "", 0
    at = passage.written_at.timestamp() if passage.written_at else float("-inf")
    return _PLACES[passage.origin], at, passage.source.hex, passage.start
