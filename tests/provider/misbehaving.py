"""A provider of a few lines that answers what a test tells it to, and counts how often it was asked."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(slots=True)
class Told:
    """One answer: status, body (None: never ends), headers."""

    status: int = 200
    body: bytes | None = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Misbehaving:
    """Runs on a free port of loopback. `answers` by path; `asked` counts; `drops` connections are closed."""

    issuer: str = ""
    answers: dict[str, Told] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    drops: int = 0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    forms: list[dict[str, str]] = field(default_factory=list)

    def metadata(self, **changed: object) -> Told:
        """Good metadata, with some members changed."""
        said: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return Told(body=json.dumps({**said, **changed}).encode())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Whatever was told for this path."""
        self.asked[request.path] += 1
        if self.drops and request.transport is not None:
            self.drops -= 1
            request.transport.close()
        if request.method == "POST":
            self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        told = self.answers.get(request.path, Told(404))
        if told.body is None:
            self.waiting.set()
            await asyncio.sleep(60)
        return web.Response(status=told.status, body=told.body, headers=told.headers)


@asynccontextmanager
async def misbehaving() -> AsyncIterator[Misbehaving]:
    """A running one, with good metadata until told otherwise."""
    made = Misbehaving()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", made.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        made.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
        made.answers[WELL_KNOWN] = made.metadata()
        yield made
    finally:
        await runner.cleanup()
