"""Two people on one credential: the same credential in several places at about the same time.

A place is a keyed digest of the client's network and the family of its program, so that nothing can be read
from a stored one. A person who changes networks is in two places once; who is back at the first within ten
minutes, or in three, is probably two people. It is a report, never a refusal. Source: 45 CFR
164.312(a)(2)(i) (unique user identification).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from uuid import UUID

WINDOW: Final = timedelta(minutes=10)
PLACES: Final = 3
MAX_AGENT_CHARACTERS: Final = 512

_BROWSERS: Final = (
    ("Edg", "edge"), ("OPR/", "opera"), ("Firefox/", "firefox"), ("Chrome/", "chrome"), ("Safari/", "safari"),
)  # fmt: skip
"""In this order: most browsers also name the others."""

_PRODUCT: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")


class SharingRule(StrEnum):
    """What was seen within ten minutes."""

    BACK_AND_FORTH = "back_and_forth"
    THREE_PLACES = "three_places"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A credential was used at a place. The time is UTC."""

    place: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class SharedCredential:
    """The report: which credential, by which rule, between which times."""

    credential: UUID
    rule: SharingRule
    first_at: datetime
    last_at: datetime


def place_of(address: str | None, user_agent: str | None, digest: Callable[[bytes], bytes]) -> bytes:
    """The place of a use. `address` is the client's IP address; `digest` must be keyed.

    Networks are /24 (IPv4, also where mapped into IPv6) and /64 (IPv6); what is no address is one place.
    """
    return digest(f"{_network(address)} {agent_family(user_agent)}".encode())


def agent_family(user_agent: str | None) -> str:
    """The program without its version: an update in the middle of a day is no other person."""
    text = (user_agent or "")[:MAX_AGENT_CHARACTERS]
    for sign, family in _BROWSERS:
        if sign in text:
            return family
    product = _PRODUCT.match(text)
    return product[0].lower() if product else "unknown"


def judge(credential: UUID, sightings: Sequence[Sighting]) -> SharedCredential | None:
    """The earliest time at which a rule is fulfilled, or None. The order of `sightings` does not matter."""
    seen = sorted(sightings, key=lambda one: one.at)
    for end, last in enumerate(seen):
        window = [one for one in seen[: end + 1] if last.at - one.at <= WINDOW]
        rule = _rule(window)
        if rule is not None:
            return SharedCredential(credential, rule, window[0].at, last.at)
    return None


def _rule(window: Sequence[Sighting]) -> SharingRule | None:
    """By which rule the last of these tells of two people."""
    places = [one.place for one in window]
    if len(set(places)) >= PLACES:
        return SharingRule.THREE_PLACES
    first = places.index(places[-1])
    return SharingRule.BACK_AND_FORTH if any(place != places[-1] for place in places[first:]) else None


def _network(address: str | None) -> str:
    try:
        known = ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is None:
            return str(IPv6Network((int(known), 64), strict=False))
        known = known.ipv4_mapped
    return str(IPv4Network((int(known), 24), strict=False))
