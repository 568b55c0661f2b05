"""One visit of one person to one page, and how a page module declares its addresses."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from phiward.console.forms import NO_FORM, Form
from phiward.console.pages import Pages
from phiward.domain.console import Signed
from phiward.domain.people import Caller, Role
from phiward.domain.text import Secret

CLINICIANS: Final = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST})
OFFICERS: Final = frozenset({Role.PRIVACY_OFFICER})
ENGINEERS: Final = frozenset({Role.ADMINISTRATOR})
"""Who installs and runs phiward has the role of the administrator: there is no other."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page's function is given. `draft` is what this person typed here before and did not send."""

    request: Request
    token: Secret
    signed: Signed
    now: datetime
    pages: Pages
    around: Mapping[str, Any] = field(repr=False)
    form: Form = field(default_factory=lambda: NO_FORM)
    draft: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def caller(self) -> Caller:
        """The person, as flow and rooms know her."""
        return self.signed.caller

    @property
    def id(self) -> UUID:
        """The id of this request: what an error quotes, and the interaction of what it asks."""
        interaction: UUID = self.request.state.interaction
        return interaction

    @property
    def by_htmx(self) -> bool:
        """Whether a section is asked for, and not a page."""
        return self.request.headers.get("hx-request") == "true"

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A whole page; `draft` and `form` are there for its fields."""
        return self.pages.page(name, status, **self._values(values))

    def section(self, name: str, block: str, status: int = 200, **values: Any) -> Response:
        """A block of a page where htmx asks for it, else the whole page."""
        if not self.by_htmx:
            return self.page(name, status, **values)
        return self.pages.section(name, block, status, **self._values(values))

    def go(self, path: str) -> Response:
        """To another page: whatever a form did is not done again by a reload."""
        return RedirectResponse(path, 303, {"cache-control": "no-store"})

    def _values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"frame": self.around, "draft": self.draft, "typed": self.form or self.draft, **values}


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `roles` None: everybody who is signed in. `nav` stands in the bar of those roles.

    `activity` False: asking for it keeps nobody signed in, as for what a page polls. `once`: a form of it does what it
    does once, however often it is sent. `drafts`: what is typed into its form outlives the session.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None = None
    nav: str = ""
    activity: bool = True
    once: bool = True
    drafts: bool = False


def get(path: str, handler: Handler, roles: frozenset[Role] | None = None, **more: Any) -> Page:
    """A page that is read."""
    return Page("GET", path, handler, roles, **more)


def post(path: str, handler: Handler, roles: frozenset[Role] | None = None, **more: Any) -> Page:
    """A form that is sent."""
    return Page("POST", path, handler, roles, **more)
