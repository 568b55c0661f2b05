"""Signing in, as the pages and the programs see it: the leap to the provider, the way back, and the session itself."""

from dataclasses import dataclass, field
from datetime import datetime

from phiward.domain.text import Secret


@dataclass(frozen=True, slots=True)
class Leap:
    """Send the browser to `url`, with the mark of the browser that may finish."""

    url: str = field(repr=False)
    browser: Secret


@dataclass(frozen=True, slots=True)
class Entered:
    """A login or a step-up that ended: the new token of the session, and the path to go on with."""

    token: Secret
    return_to: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it. Times are UTC; `minutes` is the idle limit, or the whole life without one."""

    name: str = field(repr=False)
    roles: tuple[str, ...]
    since: datetime
    confirmed_at: datetime | None
    ends_at: datetime
    idle_ends_at: datetime | None
    minutes: int


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A session token for an application (RFC 8693 section 2.2.1); it lives `seconds` at most."""

    token: Secret
    seconds: int
    scopes: frozenset[str]
