"""What the pages ask of the house, as small Protocols; wiring/console.py fills them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from phiward.domain.console import LogState, Signed
from phiward.domain.people import Caller
from phiward.domain.sign_in import Entered, Leap
from phiward.domain.text import Secret


class Sessions(Protocol):
    """Sessions of browsers. Every method raises StorageError."""

    async def open(self, token: Secret, *, activity: bool) -> Signed | None:
        """Who holds it; None when it ended. `activity` begins the idle time anew."""

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """End this session, or every one of its person. Raises NotAuthenticatedError."""


class Drafts(Protocol):
    """What was typed and not sent, sealed for a day; `place` is the page's path. Every method raises StorageError."""

    async def keep(self, token: Secret, place: str, fields: Mapping[str, str]) -> datetime | None:
        """Seal it for the person of this session, also of one that ended by time; until when it is kept.

        None where nobody may keep anything by this token: unknown, ended by somebody, or its person inactive.
        """

    async def find(self, caller: Caller, place: str) -> Mapping[str, str]:
        """What this person typed there; empty where there is nothing."""

    async def forget(self, caller: Caller, place: str) -> None:
        """It was sent."""


class Submissions(Protocol):
    """Remembers what a form led to, so that sending it twice does one thing. Every method raises StorageError."""

    async def claim(self, caller: Caller, once: str) -> str | None:
        """None for the first; where it led for every other, "" while the first is under way."""

    async def done(self, caller: Caller, once: str, location: str) -> None:
        """It led there."""

    async def release(self, caller: Caller, once: str) -> None:
        """Nothing was done: it may be sent again."""


class Log(Protocol):
    """The log, as far as every page tells of it."""

    async def state(self) -> LogState:
        """Cheap: asked by every page. Raises StorageError."""


class SignIn(Protocol):
    """What the door asks; adapters.sign_in implements it."""

    async def begin(self, return_to: str) -> Leap:
        """A login. Raises UpstreamError when the provider cannot be asked."""

    async def step_up(self, token: Secret, return_to: str) -> Leap:
        """A fresh login of the same person. Raises NotAuthenticatedError."""

    async def finish(self, query: Sequence[tuple[str, str]], browser: Secret) -> Entered:
        """The way back. Raises NotAuthenticatedError, NotPermittedError, UpstreamError."""

    async def offline(self, token: Secret, code: Secret) -> Secret:
        """A step-up by an enrolled code. Raises NotPermittedError."""
