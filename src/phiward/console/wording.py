"""How the console says days, times and numbers: 19 Nov 2026, 14:30 UTC, 2,148,213."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final


def day(at: date | datetime | None) -> str:
    """`19 Nov 2026`; "no date" where there is none."""
    return "no date" if at is None else f"{at.day} {at.strftime('%b %Y')}"


def clock(at: datetime | None) -> str:
    """`14:30 UTC`; "never" where there is none."""
    return "never" if at is None else at.strftime("%H:%M UTC")


def moment(at: datetime | None) -> str:
    """`19 Nov 2026, 14:30 UTC`."""
    return "never" if at is None else f"{day(at)}, {clock(at)}"


def number(value: int) -> str:
    """`2,148,213`."""
    return f"{value:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 document`, `3 documents`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def words(code: str) -> str:
    """A code of ours as words: `privacy_officer` → `privacy officer`."""
    return code.replace("_", " ")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "day": day, "clock": clock, "moment": moment, "number": number, "plural": plural, "words": words,
}  # fmt: skip
"""For templates."""
