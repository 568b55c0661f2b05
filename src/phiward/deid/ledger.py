"""Which placeholder stands for which text, within one conversation.

Numbers follow the exact text within a category, so that the inverse is exact. Two spellings of one
name therefore get two numbers; `legend` tells the model which of them are one person.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from phiward.deid.elapsed import elapsed, tells_age_over_89
from phiward.deid.rules.calendar_dates import calendar_date
from phiward.deid.spans import Span
from phiward.deid.zip3 import generalised
from phiward.domain.errors import TooLargeError
from phiward.domain.placeholders import Category, short_form

MAX_NUMBER = 9999
"""The grammar of placeholders has no room for more values of one category."""


class Ledger:
    """Issues placeholders. Not safe for use from two threads at once: one conversation, one thread."""

    def __init__(self, today: date) -> None:
        """`today` decides the century of a two-digit year."""
        self._today = today
        self._issued: dict[tuple[Category, str], str] = {}
        self._originals: dict[str, str] = {}
        self._counts: dict[Category, int] = {}
        self._anchor: tuple[date, str] | None = None
        self._range: tuple[date, date] | None = None

    @property
    def placeholders(self) -> Mapping[str, str]:
        """Every accepted spelling → the original text. A view: it grows with the conversation."""
        return MappingProxyType(self._originals)

    @property
    def counts(self) -> Mapping[Category, int]:
        """Distinct values by category."""
        return dict(self._counts)

    def replace(self, text: str, spans: Sequence[Span]) -> str:
        """Put placeholders in the place of `spans`, which must be sorted and free of overlaps.

        Raises TooLargeError beyond 9,999 values of a category.
        """
        return _put(text, spans, self._placeholder)

    def remove(self, text: str, spans: Sequence[Span]) -> str:
        """Put the bare category in the place of `spans`: two names look alike, and nothing leads back."""
        for span in spans:
            self._counts[span.category] = self._counts.get(span.category, 0) + 1
        return _put(text, spans, lambda category, _: f"[{category}]")

    def legend(self) -> str:
        """Which placeholders are one person, without any identifier; empty where there is nothing to say."""
        count = self._counts.get(Category.PATIENT, 0)
        if count < 2:
            return ""
        return ", ".join(f"PATIENT_{n}" for n in range(1, count + 1)) + " are the same person."

    def _placeholder(self, category: Category, original: str) -> str:
        issued = self._issued.get((category, original))
        if issued is not None:
            return issued
        number = self._counts.get(category, 0) + 1
        if number > MAX_NUMBER:
            raise TooLargeError(f"More than {MAX_NUMBER} different identifiers of one category.")
        self._counts[category] = number
        short = made = short_form(category, number)
        self._originals[short] = original
        if note := self._note(category, number, original):
            made = f"{short[:-1]}: {note}]"
            self._originals[made] = original
        self._issued[category, original] = made
        return made

    def _note(self, category: Category, number: int, original: str) -> str:
        if category is Category.AGE:
            return "90 or older"
        if category in (Category.ZIP, Category.ADDRESS, Category.CITY):
            prefix = generalised(original)
            return prefix if category is Category.ZIP or not prefix else f"ZIP {prefix}"
        if category is not Category.DATE:
            return ""
        day = calendar_date(original, self._today)
        if day is None:
            return ""
        if self._anchor is None or self._range is None:
            self._anchor, self._range = (day, f"DATE_{number}"), (day, day)
            return ""
        widened = min(day, self._range[0]), max(day, self._range[1])
        if tells_age_over_89(*widened):
            return ""
        self._range = widened
        return elapsed(self._anchor[0], day, self._anchor[1])


def _put(text: str, spans: Sequence[Span], stand_in: Callable[[Category, str], str]) -> str:
    """`text` with what `stand_in` makes of the category and the original of each span in its place."""
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += [text[end : span.start], stand_in(span.category, text[span.start : span.end])]
        end = span.end
    return "".join([*pieces, text[end:]])
