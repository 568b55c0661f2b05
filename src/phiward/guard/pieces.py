"""Cutting an answer into passages while it streams: the same passages for every way of cutting the stream.

A passage ends after a line end, or after the space behind a full stop, an exclamation or a question mark. Every
decision is a function of the text before its end, so it falls as soon as that has come. What never ends is cut between
words at MAX_PASSAGE characters.
"""

import re

MAX_PASSAGE = 2_000
"""In characters."""

_END = re.compile(r"\n|(?<=[^\W_]{3})[.!?]+[\"”’)*_\]]*[ \t]|[!?]+[ \t]|(?<=[)\]%\"”])\.[ \t]")  # noqa: RUF001


class PassageCutter:
    """One for each answer. `feed` and `finish` return the passages that are complete by now."""

    def __init__(self) -> None:
        self._held = ""
        self._searched = 0

    def feed(self, text: str) -> list[str]:
        """Take a part of the answer, of any length."""
        self._held += text
        pieces, place = [], 0
        while (end := self._end(place)) is not None:
            pieces.append(self._held[place:end])
            place = end
        self._held = self._held[place:]
        return pieces

    def finish(self) -> str:
        """No more will come; return the rest."""
        held, self._held = self._held, ""
        return held

    def _end(self, place: int) -> int | None:
        window = self._held[place : place + MAX_PASSAGE]
        found = _END.search(window)
        if found is not None:
            return place + found.end()
        if len(window) < MAX_PASSAGE:
            return None
        space = max(window.rfind(" "), window.rfind("\t"))
        return place + (space + 1 if space > 0 else MAX_PASSAGE)
