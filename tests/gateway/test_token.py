"""The token endpoint: what it does not grant, then what it does. Real tokens: tests/adapters/test_admission.py."""

from dataclasses import dataclass, field

import httpx2
import pytest
from starlette.applications import Starlette

from phiward.domain.errors import IdentityUnavailableError, NotAuthenticatedError, NotPermittedError
from phiward.domain.sign_in import IssuedToken
from phiward.domain.text import Secret
from phiward.gateway.token import ACCESS_TOKEN, GRANT, TokenEndpoint

FORM = {"grant_type": GRANT, "subject_token": "a.b.c", "subject_token_type": ACCESS_TOKEN}
ACTOR = {"actor_token": "d.e.f", "actor_token_type": ACCESS_TOKEN}


@dataclass
class ExchangeTwin:
    """Remembers what it was asked, or refuses."""

    refusal: Exception | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def exchange(self, subject: Secret, actor: Secret | None) -> IssuedToken:
        """As told."""
        self.asked.append((subject.value, actor.value if actor else None))
        if self.refusal:
            raise self.refusal
        return IssuedToken(Secret("phs_invented"), 300, frozenset({"user/*.rs"}))


async def post(twin: ExchangeTwin, form: dict[str, str] | bytes) -> httpx2.Response:
    """One request."""
    transport = httpx2.ASGITransport(app=Starlette(routes=[TokenEndpoint(twin).route()]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        if isinstance(form, bytes):
            return await client.post("/oauth/token", content=form)
        return await client.post("/oauth/token", data=form)


@pytest.mark.parametrize(
    ("form", "code", "reason"),
    [
        (b"", "unsupported_grant_type", "an empty body"),
        (b"\xff\xfe", "invalid_request", "no text"),
        (b"grant_type=a&grant_type=b", "invalid_request", "a parameter twice"),
        ({**FORM, "grant_type": "password"}, "unsupported_grant_type", "another grant"),
        ({**FORM, "grant_type": "client_credentials"}, "unsupported_grant_type", "a service alone"),
        ({"grant_type": GRANT}, "invalid_request", "no subject"),
        ({**FORM, "subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request", "an ID token"),
        ({**FORM, "requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request", "more"),
        ({**FORM, "actor_token": "d.e.f"}, "invalid_request", "an actor without its type"),
        ({**FORM, "subject_token": "x" * 20_000}, "invalid_request", "too long"),
    ],
)
async def test_anything_but_the_one_exchange_is_refused(form: dict[str, str] | bytes, code: str, reason: str) -> None:
    """Before anybody is asked."""
    twin = ExchangeTwin()
    answer = await post(twin, form)
    assert (answer.status_code, answer.json()["error"]) == (400, code), reason
    assert twin.asked == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NotAuthenticatedError("no"), 400, "invalid_grant"),
        (NotPermittedError("no", rule="service_alone"), 400, "access_denied"),
        (IdentityUnavailableError("down"), 503, "temporarily_unavailable"),
    ],
)
async def test_a_refusal_says_no_more_than_its_words(refusal: Exception, status: int, code: str) -> None:
    """RFC 6749 section 5.2."""
    answer = await post(ExchangeTwin(refusal), FORM)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert "a.b.c" not in answer.text


async def test_a_persons_token_and_a_services_make_a_session_token() -> None:
    """With its life in seconds."""
    twin = ExchangeTwin()
    answer = await post(twin, {**FORM, **ACTOR})
    assert answer.status_code == 200
    assert answer.json() == {
        "access_token": "phs_invented",
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.rs",
    }
    await post(twin, FORM)
    assert twin.asked == [("a.b.c", "d.e.f"), ("a.b.c", None)]
