"""Pages from templates: escaped, under a policy that lets nothing in from elsewhere and no script but our files."""

import secrets
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from phiward.console import evidence_words, wording
from phiward.console.assets import Assets

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": CONTENT_POLICY,
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
    "vary": "hx-request",
}
"""On every page. Source: OWASP ASVS 5.0 V3.4.

Not `no-referrer`: browsers then say `Origin: null` with a form, and no form could be told from another site's.
"""


class Pages:
    """Renders the templates of this package for one organisation."""

    def __init__(self, organisation: str, form_action: tuple[str, ...] = ()) -> None:
        """`form_action`: origins that a form of ours is redirected to, which is the identity provider's."""
        self.assets = Assets()
        self._environment = Environment(
            loader=PackageLoader("phiward.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update({**wording.FILTERS, **evidence_words.FILTERS})
        self._environment.globals.update(organisation=organisation, asset=self.assets.address, once=_once)
        policy = CONTENT_POLICY.replace("form-action 'self'", " ".join(("form-action 'self'", *form_action)))
        self._headers = {**HEADERS, "content-security-policy": policy}

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template. Raises jinja2's UndefinedError where a value is missing."""
        values.setdefault("frame", None)
        text = self._environment.get_template(f"{name}.html").render(**values)
        return self._answer(text, status)

    def section(self, name: str, block: str, status: int = 200, **values: Any) -> Response:
        """One block of a template, for htmx to put into a page."""
        template = self._environment.get_template(f"{name}.html")
        context = template.new_context({"frame": None, **values})
        return self._answer("".join(template.blocks[block](context)), status)

    def part(self, name: str, **values: Any) -> str:
        """A template that is no page by itself, as text."""
        return self._environment.get_template(f"{name}.html").render(**values)

    def _answer(self, text: str, status: int) -> Response:
        return Response(text, status, dict(self._headers), media_type="text/html")


def _once() -> str:
    """What makes the second of two equal submissions the same as the first."""
    return secrets.token_urlsafe(16)
