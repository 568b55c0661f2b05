"""Sessions: tokens, limits, activity, rotation; with a clock of our own."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.errors import ConfigurationError
from phiward.domain.people import Role
from phiward.identity.keys import key_digest
from phiward.identity.sessions import (
    ACTIVITY_GRAIN,
    EFFECTS,
    End,
    Event,
    LimitBook,
    SessionFacts,
    SessionLimits,
    after,
    csrf_token,
    ended,
    new_token,
)

LOGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MS, SECOND, MINUTE, HOUR = timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FRESH = SessionFacts(LOGIN, LOGIN + 8 * HOUR, 15 * MINUTE)
BUSY = replace(FRESH, seen_at=LOGIN + 7 * HOUR + 59 * MINUTE)


@pytest.mark.parametrize(
    ("facts", "passed", "end", "reason"),
    [
        (FRESH, timedelta(0), None, "just begun"),
        (FRESH, 14 * MINUTE + 59 * SECOND + 999 * MS, None, "a millisecond before 15 minutes of silence"),
        (FRESH, 15 * MINUTE, End.IDLE, "15 minutes of silence, exactly"),
        (FRESH, 16 * MINUTE, End.IDLE, "more than that"),
        (BUSY, 8 * HOUR - MS, None, "a millisecond before 8 hours, and active"),
        (BUSY, 8 * HOUR, End.ABSOLUTE, "8 hours, exactly, although active a minute ago"),
        (BUSY, 9 * HOUR, End.ABSOLUTE, "the absolute limit is named where both have passed"),
        (replace(FRESH, idle=None), 8 * HOUR - MS, None, "a session without an idle limit"),
        (replace(FRESH, idle=None), 8 * HOUR, End.ABSOLUTE, "still has an absolute one"),
        (replace(FRESH, revoked_at=LOGIN), timedelta(0), End.REVOKED, "somebody ended it"),
        (replace(FRESH, revoked_at=LOGIN + HOUR), timedelta(0), End.REVOKED, "by a clock that is ahead of ours"),
        (replace(FRESH, revoked_at=LOGIN), 9 * HOUR, End.REVOKED, "and that is named first"),
    ],
)
def test_a_session_ends_at_the_very_instant_of_its_limit(
    facts: SessionFacts, passed: timedelta, end: End | None, reason: str
) -> None:
    """Neither a millisecond earlier nor later (ASVS 5.0 7.3.1 and 7.3.2)."""
    assert ended(facts, LOGIN + passed) == end, reason


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize(
    "over", [FRESH, replace(FRESH, revoked_at=LOGIN), replace(FRESH, expires_at=LOGIN + MINUTE)], ids=list(End)
)
def test_nothing_revives_a_session_that_ended(event: Event, over: SessionFacts) -> None:
    """Neither asking, nor a step-up."""
    now = LOGIN + 15 * MINUTE
    assert after(over, event, now) == over
    assert ended(after(over, event, now), now) is not None


@pytest.mark.parametrize(
    ("event", "moves", "reason"),
    [
        (Event.ASKED, True, "a person asked"),
        (Event.STEP_UP, True, "a person showed who she is"),
        (Event.LOGIN, True, "a person logged in"),
        (Event.POLLED, False, "a page asks by itself"),
        (Event.STREAMED, False, "an answer that runs is no activity"),
    ],
)
def test_only_what_a_person_does_is_activity(event: Event, moves: bool, reason: str) -> None:
    """Polling and streamed output do not keep a session (ASVS 5.0 7.3.1)."""
    now = LOGIN + 10 * MINUTE
    assert (after(FRESH, event, now).seen_at == now) == moves == EFFECTS[event].activity, reason


def test_polling_for_a_quarter_of_an_hour_ends_the_session() -> None:
    """Every second, and a stream beside it."""
    facts = FRESH
    for second in range(1, 900):
        now = LOGIN + second * SECOND
        facts = after(after(facts, Event.POLLED, now), Event.STREAMED, now)
        assert ended(facts, now) is None
    assert ended(facts, LOGIN + 900 * SECOND) is End.IDLE


def test_constant_activity_does_not_move_the_absolute_end() -> None:
    """Every minute for eight hours, step-ups among them."""
    facts = FRESH
    for minute in range(1, 480):
        facts = after(facts, Event.STEP_UP if minute % 60 == 0 else Event.ASKED, LOGIN + minute * MINUTE)
        assert ended(facts, LOGIN + minute * MINUTE) is None
    assert facts.ends_at == LOGIN + 8 * HOUR
    assert ended(facts, LOGIN + 8 * HOUR) is End.ABSOLUTE


def test_activity_is_written_down_every_twenty_seconds() -> None:
    """So that not every request writes; the session may end that much earlier, never later."""
    assert after(FRESH, Event.ASKED, LOGIN + ACTIVITY_GRAIN - MS) == FRESH
    assert after(FRESH, Event.ASKED, LOGIN + ACTIVITY_GRAIN).seen_at == LOGIN + ACTIVITY_GRAIN


def test_a_clock_that_goes_back_takes_no_activity_back() -> None:
    """Two gateways' clocks differ."""
    assert after(FRESH, Event.STEP_UP, LOGIN - MINUTE) == FRESH


@pytest.mark.parametrize("event", list(Event))
def test_the_token_changes_exactly_when_a_person_shows_who_she_is(event: Event) -> None:
    """At login and at step-up (ASVS 5.0 7.2.4); only a login begins a new session."""
    assert EFFECTS[event].new_token == (event in (Event.LOGIN, Event.STEP_UP))
    assert EFFECTS[event].new_session == (event is Event.LOGIN)


@pytest.mark.parametrize(
    "limits",
    [
        {"idle": timedelta(0)},
        {"idle": -MINUTE},
        {"idle": 9 * HOUR},
        {"absolute": 25 * HOUR},
        {"absolute": timedelta(0)},
        {"idle": MINUTE + MS},
    ],
)
def test_limits_that_are_none_are_refused(limits: dict[str, Any]) -> None:
    """The service then does not start."""
    with pytest.raises(ConfigurationError):
        SessionLimits(**limits)


STRICT, LONG = SessionLimits(5 * MINUTE, 12 * HOUR), SessionLimits(30 * MINUTE, 4 * HOUR)
BOOK = LimitBook(by_role={Role.ADMINISTRATOR: STRICT, Role.RESEARCHER: LONG})


@pytest.mark.parametrize(
    ("roles", "idle", "absolute", "reason"),
    [
        ((), 15 * MINUTE, 8 * HOUR, "no role: the default"),
        ((Role.NURSE,), 15 * MINUTE, 8 * HOUR, "a role that is not named: the default"),
        ((Role.RESEARCHER,), 30 * MINUTE, 4 * HOUR, "a role's own, also where it is longer"),
        ((Role.RESEARCHER, Role.NURSE), 15 * MINUTE, 4 * HOUR, "each limit from the stricter role"),
        ((Role.ADMINISTRATOR, Role.NURSE), 5 * MINUTE, 8 * HOUR, "the default bounds, too"),
        ((Role.ADMINISTRATOR, Role.RESEARCHER), 5 * MINUTE, 4 * HOUR, "of both, the stricter"),
    ],
)
def test_the_strictest_of_the_persons_roles_applies(
    roles: tuple[Role, ...], idle: timedelta, absolute: timedelta, reason: str
) -> None:
    """A role more never makes a session longer than the strictest alone."""
    assert BOOK.of(roles) == SessionLimits(idle, absolute), reason


@given(st.frozensets(st.sampled_from(Role), min_size=1), st.sampled_from(Role))
def test_a_role_more_never_lengthens_a_session(roles: frozenset[Role], more: Role) -> None:
    """For any roles."""
    one, two = BOOK.of(roles), BOOK.of(roles | {more})
    assert two.idle <= one.idle
    assert two.absolute <= one.absolute


def test_an_idle_limit_above_another_roles_life_is_cut_to_it() -> None:
    """Instead of failing at the login of the one person who has both."""
    book = LimitBook(by_role={Role.NURSE: SessionLimits(MINUTE, 2 * MINUTE), Role.BILLING: SessionLimits(HOUR, HOUR)})
    assert book.of([Role.NURSE, Role.BILLING]) == SessionLimits(MINUTE, 2 * MINUTE)


def test_the_book_cannot_be_changed_afterwards() -> None:
    """Neither through the mapping it was made of."""
    made = {Role.NURSE: STRICT}
    book = LimitBook(by_role=made)
    made[Role.NURSE] = LONG
    assert book.of([Role.NURSE]) == STRICT
    with pytest.raises(TypeError):
        book.by_role[Role.NURSE] = LONG  # type: ignore[index]


def test_a_token_tells_what_it_is_and_does_not_print() -> None:
    """`phs_`; the digest is that of the whole, as of a key."""
    token = new_token()
    assert token.text.value.startswith("phs_")
    assert token.digest == key_digest(token.text)
    assert token.text.value not in repr(token)
    assert repr(token.digest) not in repr(token)
    assert new_token().text != token.text


def test_the_csrf_token_belongs_to_one_session_token_and_does_not_tell_it() -> None:
    """It changes when the token does."""
    one, two = new_token(), new_token()
    assert csrf_token(one.text) == csrf_token(one.text) != csrf_token(two.text)
    assert one.text.value not in csrf_token(one.text).value
    assert not hmac.compare_digest(csrf_token(one.text).value, one.digest.hex())
