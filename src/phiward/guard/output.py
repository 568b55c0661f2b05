"""The output filter: what was checked is what is released, however the stream was cut.

A transducer over the model's text. At each place it does one of four things: restores a placeholder
that was issued here; withholds a known identifier of someone else; lets text pass; or waits, because
more text could still decide. It waits for nothing longer than a placeholder or an identifier can be.

Found are the written forms: case, accents, look-alike letters, zero-width characters, full width,
other separators. Encodings are looked for behind it (`release`); digits in words and the like are not (SECURITY.md).
An identifier of someone else gives way to one of the patient's own that begins inside it.
"""

import re
from collections.abc import Mapping

from phiward.domain.patients import PatientRef
from phiward.domain.placeholders import MAX_LENGTH, PATTERN, Category
from phiward.guard.finder import Hit, _More, decide, plain, yields
from phiward.guard.index import KnownIndex
from phiward.guard.tokens import MAX_TOKEN, TOKEN

WITHHELD = "[withheld: identifier of another person]"
_NEXT = re.compile(rf"\[|{TOKEN.pattern}")
_WORDS = "|".join(Category)
_MANGLED = re.compile(rf"\[ ?(?ai:{_WORDS})[ _-]?[0-9]{{1,4}}(?![0-9])[^\[\]]{{0,42}}\]")
_BEGINNING = re.compile(rf"\[ ?(?:[A-Za-z]{{0,12}}|(?ai:{_WORDS})[ _-]?(?:[0-9]{{1,4}}(?![0-9])[^\[\]]{{0,42}})?)\Z")
"""What may still become a placeholder, or one that the model mangled."""


class OutputFilter:
    """One for each choice and field of an answer. `feed` and `finish` return what may be released."""

    def __init__(self, placeholders: Mapping[str, str], index: KnownIndex, granted: frozenset[PatientRef]) -> None:
        """`placeholders`: those issued, WITHHELD for one not to be restored; `granted`: whom the answer may name."""
        self._placeholders, self._index, self._granted = placeholders, index, granted
        self._held = ""
        self.withheld = 0
        self.masked = 0
        self.resolved = 0

    def feed(self, text: str) -> str:
        """Take a piece; return what is decided by now."""
        self._held += text
        return self._release(final=False)

    def finish(self) -> str:
        """No more will come; return the rest."""
        return self._release(final=True)

    def _release(self, *, final: bool) -> str:
        text, out, place = self._held, [], 0
        while True:
            found = _NEXT.search(text, place)
            if found is None:
                out.append(text[place:])
                place = len(text)
                break
            start = found.start()
            out.append(text[place:start])
            bracket = text[start] == "["
            step = self._bracket(text, start, final) if bracket else self._token(text, found, final)
            if step is None:
                place = start
                break
            released, place = step
            out.append(released)
        self._held = text[place:]
        return "".join(out)

    def _bracket(self, text: str, start: int, final: bool) -> tuple[str, int] | None:
        """A placeholder is restored; anything else that begins so passes, character by character."""
        found = PATTERN.match(text, start)
        value = self._placeholders.get(found[0]) if found else None
        if found is not None and value is not None:
            if value == WITHHELD:
                self.withheld += 1
            else:
                self.resolved += 1
            return value, found.end()
        if not final and len(text) - start < MAX_LENGTH and _BEGINNING.match(text, start):
            return None
        if _MANGLED.match(text, start):
            self.masked += 1
        return "[", start + 1

    def _token(self, text: str, found: re.Match[str], final: bool) -> tuple[str, int] | None:
        start, end = found.span()
        if end - start > MAX_TOKEN:
            end = start + MAX_TOKEN
        elif end == len(text) and not final:
            return None
        if end < len(text) and plain(text, start, end, self._index):
            return text[start:end], end
        decided = decide(text, start, end, self._index, final=final)
        if isinstance(decided, _More):
            return None
        if not isinstance(decided, Hit) or decided.owners & self._granted:
            return text[start:end], end
        gives_way = yields(text, decided, self._index, lambda _, owners: bool(owners & self._granted), final=final)
        if isinstance(gives_way, _More):
            return None
        if gives_way:
            return text[start:end], end
        self.withheld += 1
        return WITHHELD, decided.end
