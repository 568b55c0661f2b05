"""Every address that is served stands in one table with what a stranger gets there; a missing one fails the build.

What each role gets stands in tables beside it: administration in tests/gateway/admin/decisions.py, questions in
tests/system/test_who_may_ask.py, documents and acts in src/phiward/policy/golden.json.
"""

from typing import Any, cast

from starlette.routing import Mount, Route

from phiward.cli.routes import access_routes
from phiward.cli.serve import pages_of
from phiward.gateway.admin.routes import PREFIX, ROUTES
from phiward.gateway.app import Gateway, create_app
from phiward.gateway.metrics import Metrics
from phiward.policy.decide import Policy
from phiward.settings import Settings
from phiward.wiring.base import utc_now

TABLE = {
    # method, path: what whoever shows nothing gets, and why
    ("POST", "/v1/chat/completions"): ("401", "questions need a person"),
    ("GET", "/v1/models"): ("401", "models are those of an organisation"),
    ("GET", "/v1/emergency-access"): ("401", "one's own grants"),
    ("POST", "/v1/emergency-access"): ("401", "for people who signed in"),
    ("POST", "/v1/emergency-access/{grant}/extension"): ("401", "for whom it was opened"),
    ("DELETE", "/v1/emergency-access/{grant}"): ("401", "for whom it was opened"),
    ("GET", "/healthz"): ("200", "says that the process runs"),
    ("GET", "/readyz"): ("200", "says what is up, by name of the part"),
    ("GET", "/metrics"): ("200", "counts, without a name"),
    ("POST", "/oauth/token"): ("400", "a token must be shown"),
    ("GET", "/"): ("303", "to the door"),
    ("GET", "/account"): ("303", "to the door"),
    ("GET", "/patients"): ("303", "to the door"),
    ("POST", "/patients"): ("403", "a form of our own alone"),
    ("GET", "/ask/{patient}"): ("303", "to the door"),
    ("POST", "/ask/{patient}"): ("403", "a form of our own alone"),
    ("GET", "/answers/{answer}"): ("303", "to the door"),
    ("GET", "/answers/{answer}/sources/{number}"): ("303", "to the door"),
    ("GET", "/answers/{answer}/report"): ("303", "to the door"),
    ("POST", "/answers/{answer}/report"): ("403", "a form of our own alone"),
    ("GET", "/emergency"): ("303", "to the door"),
    ("POST", "/emergency"): ("403", "a form of our own alone"),
    ("POST", "/emergency/{grant}/close"): ("403", "a form of our own alone"),
    ("POST", "/session/stay"): ("403", "a form of our own alone"),
    ("POST", "/draft"): ("403", "a form of our own alone"),
    ("GET", "/queue"): ("303", "to the door"),
    ("GET", "/queue/{emergency}"): ("303", "to the door"),
    ("POST", "/queue/{emergency}"): ("403", "a form of our own alone"),
    ("POST", "/queue/{emergency}/words"): ("403", "a form of our own alone"),
    ("GET", "/reports/{report}"): ("303", "to the door"),
    ("POST", "/reports/{report}"): ("403", "a form of our own alone"),
    ("POST", "/reports/{report}/words"): ("403", "a form of our own alone"),
    ("GET", "/access"): ("303", "to the door"),
    ("POST", "/access"): ("403", "a form of our own alone"),
    ("POST", "/access/why"): ("403", "a form of our own alone"),
    ("GET", "/audit"): ("303", "to the door"),
    ("POST", "/audit"): ("403", "a form of our own alone"),
    ("GET", "/audit/{entry}"): ("303", "to the door"),
    ("GET", "/audit/{entry}/proof"): ("303", "to the door"),
    ("GET", "/vendors"): ("303", "to the door"),
    ("GET", "/health"): ("303", "to the door"),
    ("GET", "/people"): ("303", "to the door"),
    ("POST", "/people"): ("403", "a form of our own alone"),
    ("GET", "/people/{person}"): ("303", "to the door"),
    ("POST", "/people/{person}/roles"): ("403", "a form of our own alone"),
    ("POST", "/people/{person}/sessions"): ("403", "a form of our own alone"),
    ("POST", "/people/{person}/grants/{grant}/words"): ("403", "a form of our own alone"),
    ("POST", "/people/{person}/grants/{grant}/revoke"): ("403", "a form of our own alone"),
    ("POST", "/people/{person}/relations/{relation}/end"): ("403", "a form of our own alone"),
    ("GET", "/login"): ("200", "the door"),
    ("POST", "/login"): ("403", "a form of our own alone"),
    ("GET", "/login/callback"): ("401", "in the browser that began"),
    ("GET", "/step-up"): ("303", "to the door"),
    ("POST", "/step-up"): ("403", "a form of our own alone"),
    ("POST", "/step-up/offline"): ("403", "a form of our own alone"),
    ("POST", "/logout"): ("403", "a form of our own alone"),
    ("GET", "/session"): ("401", "there is none"),
    ("GET", "/static/{name}"): ("200", "style sheets and scripts, by the names that pages give them"),
    ("GET", "/scim/v2/Users"): ("401", "a directory's token"),
    ("POST", "/scim/v2/Users"): ("401", "a directory's token"),
    ("GET", "/scim/v2/Users/{person}"): ("401", "a directory's token"),
    ("PUT", "/scim/v2/Users/{person}"): ("401", "a directory's token"),
    ("PATCH", "/scim/v2/Users/{person}"): ("401", "a directory's token"),
    ("DELETE", "/scim/v2/Users/{person}"): ("401", "a directory's token"),
    ("GET", "/scim/v2/ServiceProviderConfig"): ("401", "a directory's token"),
    ("GET", "/scim/v2/ResourceTypes"): ("401", "a directory's token"),
    ("GET", "/scim/v2/Schemas"): ("401", "a directory's token"),
    **{(one.method, PREFIX + one.path): ("401", "administration needs a person") for one in ROUTES},
}


class _Parts:
    """Stands for every part: the routes are listed, none is called."""

    def __getattr__(self, name: str) -> Any:
        return Policy.load() if name == "policy" else self


def served() -> set[tuple[str, str]]:
    """Method and path of every route of the application as `phiward serve` builds it."""
    parts = cast(Any, _Parts())
    settings = Settings(oidc_issuer="https://idp.example")
    more = [*access_routes(settings, parts), *pages_of(settings, parts)]
    shell = cast(Any, create_app(Gateway(parts, Metrics(), parts, 1, utc_now, parts), more=more))
    found: set[tuple[str, str]] = set()
    stack: list[tuple[str, Any]] = [("", route) for route in shell._app.routes]
    while stack:
        before, route = stack.pop()
        if isinstance(route, Mount):
            stack += [(before + route.path, one) for one in route.routes]
        else:
            assert isinstance(route, Route)
            found |= {(method, before + route.path) for method in (route.methods or ()) if method != "HEAD"}
    return found


def test_the_demonstrations_door_is_no_route_of_serve() -> None:
    """Whatever is set: it is another program's."""
    assert not any(path.startswith("/demo") for _, path in served())


def test_every_route_that_is_served_is_in_the_table_and_no_other() -> None:
    """No debug route, no documentation, nothing forgotten."""
    assert served() == set(TABLE)
