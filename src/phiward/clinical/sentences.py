"""Cutting an answer into sentences while it streams: the same pieces for every way of cutting the stream.

A sentence ends at `.`, `!` or `?` before a space and what may begin a sentence, and at the end of a line. It does not
end inside a number, after a title, an initial or the number of a list, nor inside a quotation. Citation marks right
after the final stop belong to the sentence before. Nothing is lost: the pieces joined are the text.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from phiward.clinical.marks import MAX_MARK, beginning, mark_at
from phiward.clinical.quotations import is_open

MAX_SENTENCE = 2000
"""In characters. What is longer is released in fragments, none of which can be supported."""
MAX_HEADING = 80
"""A line of at most this many characters that ends with a colon is a heading."""

_END = re.compile(r"\n|[.!?]+[\"”\u2019')*_]*")
_BLANKS = re.compile(r"[^\S\n]*")
_NO_END = re.compile(
    r"(?:^|[\s(\"“*])(?:Drs?|Mrs?|Ms|St|Prof|No|Nos|vs|approx|ca|cf|e\.g|i\.e|resp|Fig|Tab|est|incl|[A-Z])\.$"
    r"|^\s*(?:[-*•]\s+)?\(?\d{1,3}\.$"
)
_DOSING = re.compile(
    r"(?:^|[\s(])(?:[bt]\.i\.d|q\.i\.d|q\.\d{0,2}[hd]|q\.h\.s|q\.a\.m|q\.p\.m|p\.r\.n|p\.o|i\.v|i\.m|s\.c|a\.m|p\.m|a\.c|p\.c"
    r"|h\.s|u\.s|pt|pts|wt|ht|hrs?|tabs?|caps?|no)\.$",
    re.IGNORECASE,
)
"""What may or may not end a sentence: it does where a capital letter follows."""
_OPENERS = "\"“\u2018'([*_#-•<>≤≥~±"
_HEADING = re.compile(r"\s*(?:#{1,6}\s|(?:\*\*|__)[^*_]*[^*_.!?](?:\*\*|__):?\s*$)")


class PieceKind(StrEnum):
    """What a piece is by its form."""

    SENTENCE = "sentence"
    HEADING = "heading"  # a line with "#", in bold, or short and ended by a colon
    BLANK = "blank"  # white space only
    FRAGMENT = "fragment"  # a part of a sentence longer than MAX_SENTENCE


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence with the white space behind it, as it stood in the answer."""

    text: str = field(repr=False)
    kind: PieceKind


class SentenceCutter:
    """One for each answer. `feed` and `finish` return the sentences that are complete by now."""

    def __init__(self) -> None:
        self._held = ""
        self._fragment = False

    def feed(self, text: str) -> list[Piece]:
        """Take a part of the answer, of any length."""
        self._held += text
        return self._cut(final=False)

    def finish(self) -> list[Piece]:
        """No more will come; return the rest."""
        return self._cut(final=True)

    def _cut(self, *, final: bool) -> list[Piece]:
        """Every decision is a function of the first MAX_SENTENCE characters held, so cutting cannot change it."""
        held, place, pieces = self._held, 0, []
        while place < len(held):
            window = held[place : place + MAX_SENTENCE]
            full = len(window) == MAX_SENTENCE
            end = _end(window, final=final)
            if end is None and not full and not final:
                break
            whole = end is not None or not full
            end = end or (_last_space(window) if full else len(window))
            pieces.append(self._piece(window[:end], whole=whole))
            place += end
        self._held = held[place:]
        return pieces

    def _piece(self, text: str, *, whole: bool) -> Piece:
        fragment = self._fragment or not whole
        self._fragment = not whole
        return Piece(text, PieceKind.FRAGMENT if fragment else form(text))


def form(text: str) -> PieceKind:
    """What a whole piece is, by its look alone."""
    said = text.strip()
    if not said:
        return PieceKind.BLANK
    if _HEADING.match(text) or (len(said) <= MAX_HEADING and said.rstrip("*_ ").endswith(":")):
        return PieceKind.HEADING
    return PieceKind.SENTENCE


def _end(text: str, *, final: bool) -> int | None:
    """Where the first sentence of `text` ends; None when that cannot be known yet, or there is no end."""
    quoted, counted = False, 0
    for found in _END.finditer(text):
        if found[0] == "\n":
            return found.end()
        quoted = is_open(text, counted, found.start(), quoted)
        counted = found.start()
        closed = not is_open(text, found.start(), found.end(), quoted)
        if closed and (decided := _after(text, found, final=final)) is not None:
            return decided or None
    return None


def _after(text: str, stop: re.Match[str], *, final: bool) -> int | None:
    """The end of the sentence that stops here; None when it does not stop, 0 when more text must decide."""
    place, marked = stop.end(), False
    while True:
        space = _BLANKS.match(text, place)
        following = space.end() if space else place
        if following == len(text):
            return following if final else 0
        if (mark := mark_at(text, following)) is None:
            break
        place, marked = mark, True
        if (more := _END.match(text, place)) and more[0] != "\n":
            place = more.end()
    if not final and len(text) - following < MAX_MARK and beginning(text, following):
        return 0
    character = text[following]
    if character == "\n":
        return following + 1
    if following == place or (marked and character == "("):
        return None
    return following if marked or _begins(text[: stop.end()], character) else None


def _begins(before: str, character: str) -> bool:
    """Whether `character` begins a sentence behind these words."""
    plain = before.rstrip("\"”\u2019')*_")
    if _NO_END.search(plain[-24:] if len(plain) > 24 else plain):
        return False
    if _DOSING.search(plain[-12:]):
        return character.isupper()
    return character.isupper() or character.isdigit() or character in _OPENERS


def _last_space(window: str) -> int:
    """A fragment ends between words where it can."""
    place = max(window.rfind(" "), window.rfind("\t"))
    return place + 1 if place > 0 else len(window)
