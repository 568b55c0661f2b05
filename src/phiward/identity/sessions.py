"""Sessions: their tokens, their limits, and what each event does to them.

A session ends after a time without activity, after a time whatever happens, or when somebody ends it; none
comes back. Its token changes whenever the person shows who she is. The database enforces the same limits by
its own clock (access.sql, `session_person`). Source: OWASP ASVS 5.0 sections 7.2.4, 7.3.1, 7.3.2 and 7.4;
45 CFR 164.312(a)(2)(iii).
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from phiward.domain.errors import ConfigurationError
from phiward.domain.people import Role
from phiward.domain.text import Secret
from phiward.identity import opaque

PREFIX: Final = "phs_"
LONGEST: Final = timedelta(hours=24)
"""No session lives longer, whatever is configured."""

ACTIVITY_GRAIN: Final = timedelta(seconds=20)
"""Activity is written down at most this often, so a session may end that much earlier than 15 minutes of silence."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """`idle`: silence that ends a session; `absolute`: its longest life. Whole seconds, idle not above absolute.

    Raises ConfigurationError for anything else, and for a life above 24 hours.
    """

    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=8)

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        if not timedelta(0) < self.idle <= self.absolute <= LONGEST:
            raise ConfigurationError("A session ends after some idle time, at the latest after 24 hours.")
        if self.idle.microseconds or self.absolute.microseconds:
            raise ConfigurationError("The limits of a session are whole seconds.")

    @property
    def idle_seconds(self) -> int:
        """As the database holds it."""
        return int(self.idle.total_seconds())


@dataclass(frozen=True, slots=True)
class LimitBook:
    """The limits of every role; a role that is not named has the default ones."""

    default: SessionLimits = SessionLimits()
    by_role: Mapping[Role, SessionLimits] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the book."""
        object.__setattr__(self, "by_role", MappingProxyType(dict(self.by_role)))

    def of(self, roles: Collection[Role]) -> SessionLimits:
        """The strictest idle and the strictest absolute limit of a person's roles."""
        limits = [self.by_role.get(role, self.default) for role in roles] or [self.default]
        absolute = min(one.absolute for one in limits)
        return SessionLimits(min(absolute, *(one.idle for one in limits)), absolute)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the end of a session depends on. Times are UTC; ends are exclusive; `idle` None never grows idle."""

    seen_at: datetime
    expires_at: datetime
    idle: timedelta | None
    revoked_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing happens any more."""
        ends = [self.expires_at]
        if self.idle is not None:
            ends.append(self.seen_at + self.idle)
        if self.revoked_at is not None:
            ends.append(self.revoked_at)
        return min(ends)


class End(StrEnum):
    """Why a session is over."""

    REVOKED = "revoked"
    ABSOLUTE = "absolute"
    IDLE = "idle"


def ended(facts: SessionFacts, now: datetime) -> End | None:
    """Why the session is over at `now`; None while it stands. It ends at the very instant of a limit."""
    if facts.revoked_at is not None:
        return End.REVOKED
    if now >= facts.expires_at:
        return End.ABSOLUTE
    if facts.idle is not None and now >= facts.seen_at + facts.idle:
        return End.IDLE
    return None


class Event(StrEnum):
    """What happens in a session."""

    LOGIN = "login"
    STEP_UP = "step_up"
    ASKED = "asked"
    POLLED = "polled"
    STREAMED = "streamed"


@dataclass(frozen=True, slots=True)
class Effect:
    """`activity`: the idle time begins anew. `new_token` and `new_session`: the old one is dead at once."""

    activity: bool
    new_token: bool
    new_session: bool


EFFECTS: Final[Mapping[Event, Effect]] = MappingProxyType(
    {
        Event.LOGIN: Effect(activity=True, new_token=True, new_session=True),
        Event.STEP_UP: Effect(activity=True, new_token=True, new_session=False),
        Event.ASKED: Effect(activity=True, new_token=False, new_session=False),
        Event.POLLED: Effect(activity=False, new_token=False, new_session=False),
        Event.STREAMED: Effect(activity=False, new_token=False, new_session=False),
    }
)
"""A step-up never moves the absolute end: only a login begins a new life."""


def after(facts: SessionFacts, event: Event, now: datetime) -> SessionFacts:
    """The facts after `event`. One that has ended stays ended, and the time of activity never goes back."""
    if ended(facts, now) is not None or not EFFECTS[event].activity:
        return facts
    if event is Event.ASKED and now - facts.seen_at < ACTIVITY_GRAIN:
        return facts
    return replace(facts, seen_at=max(facts.seen_at, now))


class Because(StrEnum):
    """Why somebody ended a session, as it stands on record."""

    LOGOUT = "logout"
    LOGOUT_EVERYWHERE = "logout_everywhere"
    PROVIDER_LOGOUT = "provider_logout"
    ADMINISTRATOR = "administrator"
    DEACTIVATED = "deactivated"
    NEW_LOGIN = "new_login"


EVERYWHERE: Final = frozenset({Because.LOGOUT_EVERYWHERE, Because.ADMINISTRATOR, Because.DEACTIVATED})
"""Those that also end what was issued before them and never used here."""


@dataclass(frozen=True, slots=True)
class SessionToken:
    """A new token. `text` goes to its holder; only `digest` (32 bytes) is stored."""

    text: Secret
    digest: bytes = field(repr=False)


def new_token(random: Callable[[int], bytes] = secrets.token_bytes) -> SessionToken:
    """Make a token of 256 random bits."""
    text = opaque.make(PREFIX, random)
    return SessionToken(text, opaque.digest(text))


def csrf_token(session: Secret) -> Secret:
    """What a form must repeat: it belongs to this session token, changes with it, and does not tell it.

    Compare with `hmac.compare_digest`. Source: OWASP CSRF prevention, HMAC-based token.
    """
    return Secret(hmac.new(session.value.encode(), b"phiward csrf 1", sha256).hexdigest())
