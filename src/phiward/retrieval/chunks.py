"""Cutting a text into the pieces that are searched and quoted: whole sentences of one section, with exact offsets.

Every character that is no white space is in exactly one chunk, chunks come in order, none is empty, and none crosses
the border of a section. A function of the text, its sections and the limit: the same document is always cut alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from phiward.domain.documents import Section
from phiward.retrieval.headings import find
from phiward.retrieval.sentences import spans

LIMIT = 600
"""Characters of a chunk at most: some 130 tokens, well within what embedding models read at once."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """text[start:end] (code points, end exclusive), in the section of this title, "" for none."""

    start: int
    end: int
    section: str = field(repr=False)


def cut(text: str, sections: Sequence[Section] = (), *, limit: int = LIMIT) -> tuple[Chunk, ...]:
    """The chunks of `text`, of at most `limit` characters, which is at least 1.

    `sections` are those that the source names; without any, the headings in the text are used. What lies between
    given sections is cut too, without a title. A sentence longer than `limit` is cut at white space, and a word
    longer than that within. Raises ValueError for sections that overlap, are out of order or leave the text.
    """
    if limit < 1:
        raise ValueError("A chunk holds at least one character.")
    parts = _covering(sections, len(text)) if sections else find(text)
    return tuple(
        Chunk(start, end, part.title) for part in parts for start, end in _packed(text, part.start, part.end, limit)
    )


def _covering(sections: Sequence[Section], length: int) -> Iterator[Section]:
    """The sections and what lies between them, in order."""
    place = 0
    for section in sections:
        if not place <= section.start <= section.end <= length:
            raise ValueError("Sections overlap, are out of order or leave the text.")
        yield Section(place, section.start, "")
        yield section
        place = section.end
    yield Section(place, length, "")


def _packed(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """As many whole sentences together as the limit allows."""
    first = last = start
    for begun, done in spans(text, start, end):
        for piece, piece_end in _pieces(text, begun, done, limit):
            if last > first and piece_end - first <= limit:
                last = piece_end
                continue
            if last > first:
                yield first, last
            first, last = piece, piece_end
    if last > first:
        yield first, last


def _pieces(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """One sentence, in pieces of at most `limit` characters, none with white space at an end."""
    while end - start > limit:
        space = _last_space(text, start + 1, start + limit + 1)
        stop = space if space > 0 else start + limit
        yield start, start + len(text[start:stop].rstrip())
        while text[stop].isspace():
            stop += 1
        start = stop
    yield start, end


def _last_space(text: str, low: int, high: int) -> int:
    """The last white space in text[low:high], or -1."""
    return next((place for place in range(high - 1, low - 1, -1) if text[place].isspace()), -1)
