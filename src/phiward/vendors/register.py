"""Every destination as the gate decides on it: what it may receive now, until when, and what becomes of it then.

There is one rule for pages and for requests: what is told here is asked of `gate` at this instant, and at the end.
"""

from collections.abc import Iterable
from datetime import datetime

from phiward.domain.operations import Fate, Standing
from phiward.domain.vendors import Destination, VendorBook
from phiward.domain.verdict import Permit
from phiward.vendors.gate import admit, choose, route_to


def standings(book: VendorBook, now: datetime) -> tuple[Standing, ...]:
    """In the order in which they need somebody: what ends first, then what is closed, then the rest by name."""
    made = [_standing(book, one, now) for one in book.destinations]
    return tuple(sorted(made, key=lambda one: (one.ends_at is None, one.ends_at or now, one.free_text, one.name)))


def covered_until(spans: Iterable[tuple[datetime, datetime]], now: datetime) -> datetime | None:
    """Until when agreements that follow each other without a gap cover, from now on; when the last one ended.

    None where none has begun. A later or longer one never makes it earlier.
    """
    line, until = sorted(spans), None
    for start, end in line:
        if start <= now or (until is not None and start <= until):
            until = end if until is None else max(until, end)
    return until


def _standing(book: VendorBook, one: Destination, now: datetime) -> Standing:
    route = route_to(book, one, "", now)
    agreements = [
        (each.starts_at, each.ends_at)
        for each in book.agreements
        if (each.vendor, each.service, each.endpoint, each.feature)
        == (one.vendor, one.service, one.endpoint, one.feature)
    ]
    risks = [(each.starts_at, each.ends_at) for each in book.acceptances if each.destination == one.id]
    models = tuple(sorted(served for served, _ in one.models))
    made = Standing(
        one.id, one.name, one.vendor, one.service, one.endpoint, route.destination_class,
        isinstance(admit(route, free_text=True), Permit),
        None if one.self_hosted else covered_until(agreements, now),
        None if one.self_hosted else covered_until(risks, now), models,
    )  # fmt: skip
    return made if made.ends_at is None else _with_fates(book, made)


def _with_fates(book: VendorBook, one: Standing) -> Standing:
    fates = tuple(Fate(model, _goes_to(book, model, one)) for model in one.models)
    return Standing(
        one.id, one.name, one.vendor, one.service, one.endpoint, one.kind, one.free_text, one.covered_until,
        one.accepted_until, one.models, fates,
    )  # fmt: skip


def _goes_to(book: VendorBook, model: str, one: Standing) -> str | None:
    """Where a question to `model` goes from that instant on; None where it is refused."""
    assert one.ends_at is not None  # noqa: S101 - narrows the type; asked only of what ends
    then = choose(book, model, one.ends_at)
    return then.destination.name if isinstance(admit(then, free_text=True), Permit) else None
