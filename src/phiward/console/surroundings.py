"""What stands around a page: the bar with what this person may open, the session's end, and the foot with the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from phiward.console.ports import Log
from phiward.console.visits import Page
from phiward.console.wording import clock, number, words
from phiward.domain.console import LogState, Signed
from phiward.domain.errors import PhiwardError
from phiward.domain.people import Role
from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token

WARNING_SECONDS: Final = 120
"""How long before its end a session says so."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the bar, and whose it is."""

    label: str
    path: str
    roles: frozenset[Role] | None


def navigation(declared: Sequence[Page]) -> tuple[Entry, ...]:
    """The pages that are named for the bar, in order."""
    return tuple(Entry(one.nav, one.path, one.roles) for one in declared if one.nav)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of every page."""

    log: Log
    entries: tuple[Entry, ...]

    async def told(self, signed: Signed, token: Secret, page: Page, now: datetime) -> dict[str, Any]:
        """The values of base.html. A log that cannot be asked is said, and stops no page."""
        roles = signed.caller.roles
        return {
            "session": session_bar(signed, token, now),
            "nav": [
                {"label": one.label, "path": one.path, "here": _within(page.path, one.path)}
                for one in self.entries
                if one.roles is None or one.roles & roles
            ],
            "log": await self._foot(),
        }

    async def _foot(self) -> dict[str, str]:
        try:
            return _told(await self.log.state())
        except PhiwardError:
            return {"state": "bad", "word": "Cannot be asked", "more": ""}


def session_bar(signed: Signed, token: Secret, now: datetime) -> dict[str, Any]:
    """Name, roles, and how long the session lasts; the mark that its forms repeat."""
    view = signed.view
    ends = min(end for end in (view.ends_at, view.idle_ends_at) if end is not None)
    left = max(0, int((ends - now).total_seconds()))
    return {
        "name": view.name,
        "roles": ", ".join(map(words, view.roles)) or "no role yet",
        "since": clock(view.since),
        "confirmed": clock(view.confirmed_at) if view.confirmed_at else "at sign-in",
        "ends_at": ends.isoformat(timespec="minutes"),
        "ends_clock": clock(ends),
        "seconds_left": left,
        "minutes_left": left // 60,
        "minutes": view.minutes,
        "warning": WARNING_SECONDS,
        "csrf": csrf_token(token).value,
    }


def _within(path: str, entry: str) -> bool:
    return path == entry or path.startswith(entry + "/")


def _told(state: LogState) -> dict[str, str]:
    if not state.healthy:
        return {"state": "late", "word": "Not numbered", "more": "entries wait for their number"}
    if state.at is None:
        return {"state": "", "word": "Empty", "more": ""}
    return {"state": "ok", "word": "Signed", "more": f"to entry {number(state.numbered)} at {clock(state.at)}"}
