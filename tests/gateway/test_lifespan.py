"""The server starts only if everything opens, and says why not without PHI or passwords."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phiward.domain.errors import ConfigurationError
from phiward.gateway.lifespan import Application
from phiward.logs import configure_logs

CANARY = "postgresql://admin:hunter2@"


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    """The application that is opened."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"served"})


async def start(application: Application) -> list[Message]:
    """What a server is told when it starts the application."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        told.append(message)

    await application({"type": "lifespan"}, receive, send)
    return told


async def test_a_refusal_to_start_says_which_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """Our own words."""
    configure_logs("INFO")

    @asynccontextmanager
    async def opening() -> AsyncIterator[ASGIApp]:
        raise ConfigurationError("The database is not migrated.")
        yield inner

    told = await start(Application(opening))
    assert told == [{"type": "lifespan.startup.failed", "message": "The database is not migrated."}]
    assert "not migrated" in capsys.readouterr().err


async def test_a_defect_at_start_is_named_by_its_type_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A driver's message may hold a connection string."""
    configure_logs("INFO")

    @asynccontextmanager
    async def opening() -> AsyncIterator[ASGIApp]:
        raise OSError(CANARY)
        yield inner

    told = await start(Application(opening))
    assert told == [{"type": "lifespan.startup.failed", "message": "OSError"}]
    assert CANARY not in capsys.readouterr().err


def test_it_opens_before_the_first_request_and_closes_after_the_last() -> None:
    """In that order."""
    order: list[str] = []

    @asynccontextmanager
    async def opening() -> AsyncIterator[ASGIApp]:
        order.append("opened")
        yield inner
        order.append("closed")

    with TestClient(Application(opening)) as client:
        order.append(client.get("/").text)
    assert order == ["opened", "served", "closed"]
