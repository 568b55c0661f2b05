"""Settings about access become limits, calendars and channels, or refuse."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from phiward.domain.alerts import AlertChannel
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import Role
from phiward.settings import Settings
from phiward.vault.files import create_private_file
from phiward.wiring.access import channels, limit_book, working_days

HTTP = cast(aiohttp.ClientSession, None)


def settings(**more: Any) -> Settings:
    """These, and defaults."""
    return Settings(**more)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"session_limits": {"janitor": (15, 8)}}, "no such role"),
        ({"session_limits": {"nurse": (600, 8)}}, "idle longer than the whole"),
        ({"session_idle_minutes": 600, "session_hours": 1}, "the same for everyone"),
    ],
)
def test_limits_that_are_none_stop_the_start(more: dict[str, Any], reason: str) -> None:
    """Named, before anything is served."""
    with pytest.raises(ConfigurationError):
        limit_book(settings(**more))


def test_limits_are_fifteen_minutes_and_eight_hours_and_others_by_role() -> None:
    """The strictest of a person's roles holds."""
    book = limit_book(settings(session_limits={"nurse": (5, 12), "physician": (30, 4)}))
    assert (book.default.idle, book.default.absolute) == (timedelta(minutes=15), timedelta(hours=8))
    both = book.of({Role.NURSE, Role.PHYSICIAN})
    assert (both.idle, both.absolute) == (timedelta(minutes=5), timedelta(hours=4))


def test_the_calendar_is_the_organisations_own() -> None:
    """A time zone that there is not stops the start."""
    calendar = working_days(settings(timezone="America/Chicago", holidays=(date(2026, 12, 25),)))
    assert not calendar.is_working(date(2026, 12, 25))
    with pytest.raises(ConfigurationError):
        working_days(settings(timezone="Chicago/Loop"))


def test_alerts_go_out_by_what_is_set(tmp_path: Path) -> None:
    """Nothing set: they wait. A webhook without a key stops the start."""
    assert channels(settings(), HTTP) == {}
    mail = channels(settings(smtp_url="smtp://127.0.0.1:2525"), HTTP)
    assert set(mail) == {AlertChannel.MAIL}
    with pytest.raises(ConfigurationError):
        channels(settings(alert_webhook="https://hospital.example/alerts"), HTTP)
    key = tmp_path / "key"
    create_private_file(key, b"an invented key of some length", None)
    both = channels(settings(alert_webhook="https://hospital.example/alerts", alert_webhook_key_file=key), HTTP)
    assert set(both) == {AlertChannel.WEBHOOK}
