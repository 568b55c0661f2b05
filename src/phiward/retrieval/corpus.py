"""Cuts a text without PHI (a guideline, a formulary) into passages, each with an id that the same cut gives again."""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID, uuid5

from phiward.retrieval.ports import CorpusPassage


class Piece(Protocol):
    """Where a passage stands: code points of the text, the end exclusive."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """One past the last."""

    @property
    def section(self) -> str:
        """Heading it stands under, or nothing."""


def passages_of(
    document: UUID, title: str, text: str, cut: Callable[[str], Sequence[Piece]]
) -> tuple[CorpusPassage, ...]:
    """The passages of a text in the order of `cut`; `passage.text` is exactly `text[start:end]`.

    An id is derived from document and place (UUID version 5, RFC 9562): no PHI is in it. Loading the same text again
    gives the same ids.
    """
    return tuple(
        CorpusPassage(
            id=uuid5(document, f"{piece.start}-{piece.end}"),
            document=document,
            start=piece.start,
            end=piece.end,
            text=text[piece.start : piece.end],
            title=title,
            section=piece.section,
        )
        for piece in cut(text)
    )
