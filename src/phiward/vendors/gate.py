"""Choosing the destination, and whether free text may go there (promise 2).

A destination's class is computed for each request from the agreements in force at that instant:
self-hosted; under a business associate agreement for exactly its vendor, service, endpoint and
feature; or neither. Source: 45 CFR 164.502(e), 164.504(e).
"""

from datetime import datetime
from typing import Literal

from phiward.domain.errors import ModelNotFoundError
from phiward.domain.vendors import (
    Baa,
    Destination,
    DestinationClass,
    RiskAcceptance,
    Route,
    VendorBook,
)
from phiward.domain.verdict import Deny, Permit, Verdict

ClientKind = Literal["covered", "uncovered"]

_PREFERENCE = (DestinationClass.SELF_HOSTED, DestinationClass.BAA, DestinationClass.NO_BAA)


def choose(book: VendorBook, model: str, now: datetime) -> Route:
    """The best destination that serves `model`: self-hosted, then under agreement, then neither.

    Among equals one with an accepted risk comes first, then the one whose name sorts first.
    Raises ModelNotFoundError when no destination serves it.
    """
    routes = [
        route_to(book, destination, upstream, now)
        for destination in book.destinations
        for served, upstream in destination.models
        if served == model
    ]
    if not routes:
        raise ModelNotFoundError("No destination serves this model.", param="model")
    return min(routes, key=_order)


def admit(route: Route, *, free_text: bool) -> Verdict:
    """Whether text may go to `route` after the Safe Harbor transformation.

    A machine cannot promise that it missed nothing in free text, so a destination without an
    agreement gets it only where a named person accepted the residual risk, on record and in force.
    """
    if route.destination_class is DestinationClass.SELF_HOSTED:
        return Permit("self_hosted")
    if route.destination_class is DestinationClass.BAA:
        return Permit("baa_in_force")
    if not free_text:
        return Permit("no_free_text")
    if route.acceptance is not None:
        return Permit("risk_accepted")
    return Deny(
        "no_baa",
        "The destination of this model has no business associate agreement in force, "
        "and nobody accepted the residual risk of free text.",
    )


def client_kind(route: Route) -> ClientKind:
    """Which client may talk to it: one that takes identified text, or one that cannot."""
    return "uncovered" if route.destination_class is DestinationClass.NO_BAA else "covered"


def models_for(book: VendorBook) -> tuple[str, ...]:
    """The model names that some destination serves, sorted."""
    return tuple(sorted({served for one in book.destinations for served, _ in one.models}))


def route_to(book: VendorBook, destination: Destination, upstream: str, now: datetime) -> Route:
    """The way to one destination at an instant: its class, and the agreement or accepted risk that it rests on."""
    baa = _agreement(book, destination, now)
    acceptance = _acceptance(book, destination, now)
    if destination.self_hosted:
        return Route(destination, upstream, DestinationClass.SELF_HOSTED, None, None)
    if baa is not None:
        return Route(destination, upstream, DestinationClass.BAA, baa, None)
    return Route(destination, upstream, DestinationClass.NO_BAA, None, acceptance)


def _agreement(book: VendorBook, destination: Destination, now: datetime) -> Baa | None:
    """Of several agreements in force the one that ends last is put on record."""
    covering = [
        baa
        for baa in book.agreements
        if (baa.vendor, baa.service, baa.endpoint, baa.feature)
        == (destination.vendor, destination.service, destination.endpoint, destination.feature)
        and baa.starts_at <= now < baa.ends_at
    ]
    return max(covering, key=lambda baa: (baa.ends_at, baa.id), default=None)


def _acceptance(book: VendorBook, destination: Destination, now: datetime) -> RiskAcceptance | None:
    covering = [
        one for one in book.acceptances if one.destination == destination.id and one.starts_at <= now < one.ends_at
    ]
    return max(covering, key=lambda one: (one.ends_at, one.id), default=None)


def _order(route: Route) -> tuple[int, bool, str, str]:
    place = _PREFERENCE.index(route.destination_class)
    return place, route.acceptance is None, route.destination.name, str(route.destination.id)
