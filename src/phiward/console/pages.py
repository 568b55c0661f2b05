"""Pages from templates: escaped, without script, under a policy that lets nothing in from elsewhere."""

from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": CONTENT_POLICY,
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""On every page. Source: OWASP ASVS 5.0 V3.4.

Not `no-referrer`: browsers then say `Origin: null` with a form, and no form could be told from another site's.
"""

STATIC: Final = {"app.css": "text/css; charset=utf-8", "pico.min.css": "text/css; charset=utf-8"}
"""Every file that is served as it is; no other name leads anywhere."""


class Pages:
    """Renders the templates of this package for one organisation."""

    def __init__(self, organisation: str, form_action: tuple[str, ...] = ()) -> None:
        """`form_action`: origins that a form of ours is redirected to, which is the identity provider's."""
        self._environment = Environment(
            loader=PackageLoader("phiward.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._environment.globals["organisation"] = organisation
        policy = CONTENT_POLICY.replace("form-action 'self'", " ".join(("form-action 'self'", *form_action)))
        self._headers = {**HEADERS, "content-security-policy": policy}

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template. Raises jinja2's UndefinedError where a value is missing."""
        values.setdefault("session", None)
        text = self._environment.get_template(f"{name}.html").render(**values)
        return Response(text, status, dict(self._headers), media_type="text/html")


def static_file(name: str) -> Response | None:
    """A style sheet by its name; None for any other name."""
    kind = STATIC.get(name)
    if kind is None:
        return None
    content = files("phiward.console").joinpath("static", name).read_bytes()
    return Response(content, headers={"cache-control": "public, max-age=3600"}, media_type=kind)
