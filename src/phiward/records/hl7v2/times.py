"""HL7 times, version 2 (TS, DTM) and version 3 (TS): YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ], to UTC.

A partial one stands for a span, of which the first instant is taken, or with `end` the last. One without a zone is
read as UTC: the sender's own zone is not in the message. Sources: HL7 v2.8 chapter 2.A (DTM), HL7 v3 data types (TS).
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

_FORM = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?", re.ASCII
)


def instant(written: str, *, end: bool = False) -> datetime:
    """The first instant in UTC, or with `end` the last. Raises ValueError, which repeats nothing of it."""
    year, month, day, hour, minute, second, fraction, zone = _groups(written)
    seconds = min(int(second or 0), 59)  # a leap second
    if int(second or 0) > 60:
        raise ValueError("this is not a time of HL7")
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), seconds)
        start = start.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone))
        if end:
            start = _after(start, month, day, hour, minute, second, fraction) - timedelta(microseconds=1)
        return start.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("this is not a time of HL7") from None


def calendar_day(written: str) -> tuple[str, date | None]:
    """ "1970-01-31" and the date, or "1970-01" and None, as written and without regard to zones. Raises ValueError."""
    instant(written)
    year, month, day, *_ = _groups(written)
    text = "-".join(part for part in (year, month, day) if part)
    return text, date.fromisoformat(text) if day else None


def in_words(written: str) -> str:
    """ "2013-07-03 10:30", as precise as written, with its zone. Raises ValueError."""
    text, _ = calendar_day(written)
    *_, hour, minute, second, _, zone = _groups(written)
    clock = ":".join(part for part in (hour, minute, second) if part)
    return " ".join(part for part in (text, clock, zone if clock else None) if part)


def _groups(written: str) -> tuple[str, ...]:
    form = _FORM.fullmatch(written.strip())
    if form is None:
        raise ValueError("this is not a time of HL7")
    return form.groups()


def _zone(written: str | None) -> timezone:
    if written is None:
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[3:5]))
    return timezone(-offset if written[0] == "-" else offset)


def _after(
    start: datetime,
    month: str | None,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
) -> datetime:
    """The first instant after the span."""
    if month is None or (day is None and start.month == 12):
        return start.replace(year=start.year + 1, month=1)
    if day is None:
        return start.replace(month=start.month + 1)
    if hour is None:
        return start + timedelta(days=1)
    if minute is None:
        return start + timedelta(hours=1)
    if second is None:
        return start + timedelta(minutes=1)
    return start + (timedelta(seconds=1) if fraction is None else timedelta(microseconds=1))
