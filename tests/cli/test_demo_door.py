"""The demonstration's door: what does not open it, then what does, once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

import httpx2
import pytest
from starlette.applications import Starlette

from phiward.adapters.postgres.sessions import IssuedSession, NewSession, Sessions
from phiward.cli.demo_door import DemoDoor, entrances_of
from phiward.domain.people import PersonId, TenantId
from phiward.identity.sessions import LimitBook, new_token

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PERSON = PersonId(UUID(int=5))


@dataclass
class SessionsTwin:
    """Remembers what began."""

    begun: list[NewSession] = field(default_factory=list)

    async def begin(self, tenant: UUID, new: NewSession) -> IssuedSession:
        """A session."""
        self.begun.append(new)
        return IssuedSession(uuid4(), new_token().text, NOW + timedelta(hours=8))


@dataclass
class House:
    """One link."""

    sessions: SessionsTwin = field(default_factory=SessionsTwin)

    def client(self, host: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        """A browser at `host`."""
        entrances = {sha256(b"a token").hexdigest(): PERSON}
        sessions = cast(Sessions, self.sessions)
        door = DemoDoor(sessions, TenantId(UUID(int=1)), LimitBook(), "phr", lambda: NOW, entrances)
        transport: Any = httpx2.ASGITransport(app=Starlette(routes=door.routes()), client=(host, 1))
        return httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)


@pytest.mark.parametrize(
    ("host", "query", "headers", "status", "reason"),
    [
        ("127.0.0.1", "token=another", {}, 404, "no token of ours"),
        ("127.0.0.1", "", {}, 404, "none"),
        ("192.0.2.7", "token=a+token", {}, 404, "from another machine"),
        ("127.0.0.1", "token=a+token", {"sec-purpose": "prefetch;prerender"}, 503, "a browser that looks ahead"),
    ],
)
async def test_nothing_else_opens_it(host: str, query: str, headers: dict[str, str], status: int, reason: str) -> None:
    """No session begins, and the link is not used up."""
    house = House()
    async with house.client(host, **headers) as client:
        assert (await client.get(f"/demo/enter?{query}")).status_code == status, reason
    assert house.sessions.begun == []


async def test_a_link_signs_its_person_in_once() -> None:
    """With a cookie for this host alone; the second time it is none."""
    house = House()
    async with house.client() as client:
        first, second = [await client.get("/demo/enter?token=a+token") for _ in range(2)]
    assert (first.status_code, first.headers["location"], second.status_code) == (303, "/", 404)
    assert first.headers["set-cookie"].startswith("__Host-phiward=phs_")
    (new,) = house.sessions.begun
    assert (new.person, new.auth_time, new.acr) == (PERSON, NOW, "phr")


def test_what_the_demonstration_writes_is_read_or_refused() -> None:
    """Ids of people, by digest."""
    assert entrances_of({"ab": str(PERSON)}) == {"ab": PERSON}
    with pytest.raises(ValueError, match="UUID"):
        entrances_of({"ab": "nobody"})
