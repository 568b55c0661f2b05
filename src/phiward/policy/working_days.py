"""Working days of an organisation, in its own time zone: reviews are due in two of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

REVIEW_DAYS: Final = 2
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`zone` is where the organisation works; `holidays` are no working days, nor are Saturday and Sunday."""

    zone: tzinfo = UTC
    holidays: Collection[date] = ()

    def is_working(self, day: date) -> bool:
        """Whether anybody is expected to work."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def due(self, begun: datetime, days: int = REVIEW_DAYS) -> datetime:
        """The end of the `days`th working day after the day on which it was begun, in UTC.

        What begins on a working day still has that many whole ones; what begins on a day off has them too.
        """
        day, left = begun.astimezone(self.zone).date(), days
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        midnight = datetime.combine(day + timedelta(days=1), time(), self.zone)
        return midnight.astimezone(UTC)
