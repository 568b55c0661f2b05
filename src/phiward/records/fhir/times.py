"""FHIR dates and times, which may be partial, to UTC. Source: https://hl7.org/fhir/R4/datatypes.html.

A partial one stands for a span; its beginning is taken for a start, its end for an end, so that a
relation covers at least what the record says. One without a zone (only whole days) is read as UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta

from phiward.records.fhir.fields import Node

_FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(node: Node, name: str, *, end: bool = False) -> datetime | None:
    """The first instant of the field's span in UTC, or with `end` its last. Raises ImportFailedError."""
    value = node.text(name)
    if value is None:
        return None
    try:
        return _parse(value, end)
    except (ValueError, OverflowError):
        node.refuse(name, "this is not a date or time of FHIR")


def first_moment(node: Node, *names: str) -> datetime | None:
    """The beginning of the first of these fields that is there: a date, time or Period. Raises ImportFailedError."""
    for name in names:
        if isinstance(node.content.get(name), dict):
            period = node.child(name)
            found = moment(period, "start") if period is not None else None
        else:
            found = moment(node, name)
        if found is not None:
            return found
    return None


def whole_day(node: Node, name: str) -> tuple[str, date | None] | None:
    """A date as written, up to the day, and as a date if the day is there. Raises ImportFailedError."""
    value = node.text(name)
    if value is None:
        return None
    if moment(node, name) is None or len(value) < len("YYYY-MM-DD"):
        return value, None
    return value[:10], date.fromisoformat(value[:10])


def _parse(value: str, end: bool) -> datetime:
    form = _FORM.fullmatch(value)
    if form is None:
        raise ValueError
    year, month, day, hour, minute, second, fraction, zone = form.groups()
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if hour is None:
        return _next(start, month, day) - timedelta(microseconds=1) if end else start
    seconds = min(int(second), 59) if second == "60" else int(second)  # a leap second
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    offset = "+00:00" if zone == "Z" else zone
    local = f"{year}-{month}-{day}T{hour}:{minute}:{seconds:02}.{micro:06}{offset}"
    return datetime.fromisoformat(local).astimezone(UTC)


def _next(start: datetime, month: str | None, day: str | None) -> datetime:
    if day is not None:
        return start + timedelta(days=1)
    if month is None or start.month == 12:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=start.month + 1)
