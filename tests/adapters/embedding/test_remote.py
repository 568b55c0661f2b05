"""The embeddings client against servers on loopback: one that speaks OpenAI's protocol, and scripted bad ones."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import numpy as np
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from phiward.adapters.embedding import remote as module
from phiward.adapters.embedding.remote import MAX_TEXTS, RemoteEmbeddings, UncoveredEmbeddings
from phiward.adapters.models.client import open_session
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret
from phiward.domain.vendors import Destination, DestinationClass, Route
from phiward.retrieval.ports import Vectors
from tests.upstreams.stub import JSON, Reply, StubUpstream

CANARY = "Zelda Quagmire"
ECHO = CANARY.encode()


class Server:
    """Speaks the protocol as it is published: the vector of a text tells its length and its first letter."""

    def __init__(self) -> None:
        """Nobody asked yet."""
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    async def embeddings(self, request: web.Request) -> web.Response:
        """POST /v1/embeddings."""
        body = await request.json(loads=orjson.loads)
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        data = [
            {"object": "embedding", "index": place, "embedding": [float(len(text)), float(ord(text[0])), -1]}
            for place, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 5, "total_tokens": 5}
        return web.json_response({"object": "list", "data": data, "model": body["model"], "usage": usage})


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    """The server and its base URL."""
    made, app = Server(), web.Application()
    app.router.add_post("/v1/embeddings", made.embeddings)
    async with TestServer(app, host="127.0.0.1") as listening:
        yield made, str(listening.make_url("/v1"))


def route(url: str, kind: DestinationClass = DestinationClass.BAA, key: str | None = None) -> Route:
    """A route to a URL."""
    secret = Secret(key) if key else None
    destination = Destination(uuid4(), "d", "v", "s", url, "embeddings", False, (("m", "upstream-m"),), secret)
    return Route(destination, "upstream-m", kind, None, None)


def answer(*rows: Any, **more: Any) -> bytes:
    """A body with these vectors."""
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    return orjson.dumps({"object": "list", "data": data, **more})


async def ask(session: aiohttp.ClientSession, to: Route, *texts: str) -> Vectors:
    """The vectors of these texts, of two unless said otherwise."""
    return await RemoteEmbeddings(session).post(to, [DeidentifiedText(text) for text in texts or (CANARY, "b")])


def json(*pieces: bytes | float, **more: Any) -> Reply:
    """An answer that says that it is JSON."""
    return Reply(pieces, content_type=JSON, **more)


def items(*data: Any) -> Reply:
    """An answer with these items, whatever they are."""
    return json(orjson.dumps({"data": list(data)}))


GOOD = answer([3, 4], [0, 1])
ITEM = {"index": 1, "embedding": [1.0, 2.0]}
BAD = [
    (json(ECHO, status=500), "5xx", "a failure that echoes the text"),
    (json(b'{"error":{"message":"' + ECHO + b'"}}', status=400), "4xx", "a refusal that does"),
    (json(ECHO, status=404), "4xx", "a model that the server does not know"),
    (json(GOOD, status=201), "2xx", "another success is not an answer"),
    (Reply([], status=302, headers=[("location", "/v1/elsewhere")]), "3xx", "a redirect"),
    (Reply([], status=307, headers=[("location", "http://127.0.0.1:1/Zelda")]), "3xx", "a redirect elsewhere"),
    (Reply([GOOD], content_type="text/html"), "unreadable", "a page instead of JSON"),
    (Reply([GOOD], content_type=None), "unreadable", "no content type"),
    (json(ECHO), "unreadable", "not JSON"),
    (json(b""), "unreadable", "nothing"),
    (json(GOOD[:-1]), "unreadable", "a body that is whole for HTTP and not for JSON"),
    (json(b"[" * 100_000), "unreadable", "nested without end"),
    (json(b"[]"), "unreadable", "a list instead of an object"),
    (json(b'{"error":"' + ECHO + b'"}'), "unreadable", "no data"),
    (json(b'{"data":{"0":[1]}}'), "unreadable", "data that is no list"),
    (json(answer([3, 4])), "unreadable", "a vector too few"),
    (json(answer([3, 4], [0, 1], [1, 0])), "unreadable", "a vector too many"),
    (json(answer()), "unreadable", "no vector"),
    (json(answer([3, 4], [0, 1, 2])), "unreadable", "vectors of two lengths"),
    (json(answer([], [])), "unreadable", "vectors without numbers"),
    (json(answer([0.0, 0.0], [0, 1])), "unreadable", "a vector without direction"),
    (json(answer([1e308, 1e308], [0, 1])), "unreadable", "numbers too large to measure"),
    (json(GOOD.replace(b"3", b"NaN")), "unreadable", "not a number"),
    (json(GOOD.replace(b"3", b"1e999")), "unreadable", "infinity by another name"),
    (json(GOOD.replace(b"3", b"null")), "unreadable", "an empty place"),
    (json(answer([True, 4], [0, 1])), "unreadable", "a truth value for a number"),
    (json(answer(["3", 4], [0, 1])), "unreadable", "a number in quotes"),
    (json(answer([[3], [4]], [[0], [1]])), "unreadable", "a table for a vector"),
    (json(answer("AACAPwAAAEA=", "AACAPwAAAEA=")), "unreadable", "base64, which was not asked for"),
    (json(answer([1] * 16_385, [1] * 16_385)), "unreadable", "more dimensions than any model has"),
    (items({"index": 1, "embedding": [1]}, {"index": 0, "embedding": [1]}), "unreadable", "another order"),
    (items({"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}), "unreadable", "one place twice"),
    (items({"embedding": [1]}, {"embedding": [1]}), "unreadable", "no places"),
    (items({"index": False, "embedding": [1, 2]}, ITEM), "unreadable", "a truth value for a place"),
    (items({"index": "0", "embedding": [1, 2]}, ITEM), "unreadable", "a place in quotes"),
    (items([1, 2], ITEM), "unreadable", "a bare vector"),
    (items({"index": 0}, ITEM), "unreadable", "an item without a vector"),
    (json(GOOD[:20], end="cut"), "broke off", "the connection is closed in the middle"),
    (Reply([b""], raw=True), "broke off", "the connection is closed at once"),
    (Reply([ECHO + b" is no HTTP\r\n\r\n"], raw=True), "broke off", "no HTTP at all"),
    (json(GOOD[:20], end="hang"), "silent", "silence in the middle"),
    (Reply([60.0], raw=True), "silent", "silence from the beginning"),
]


@pytest.mark.parametrize(("reply", "words", "reason"), BAD, ids=[row[2] for row in BAD])
async def test_a_bad_answer_is_an_upstream_error_and_nothing_of_it_is_repeated(
    stub_upstream: StubUpstream,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
    words: str,
    reason: str,
) -> None:
    """Not in the message, not in a chained exception, not in a log line; and nobody is asked twice."""
    caplog.set_level(logging.DEBUG)
    stub_upstream.replies = [reply]
    with pytest.raises(UpstreamError, match=words) as caught:
        await ask(session, route(stub_upstream.url))
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert "Zelda" not in told
    assert [one.path for one in stub_upstream.received] == ["/v1/embeddings"]


async def test_a_body_without_end_is_given_up(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit, not when memory is full."""
    monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 100_000)
    stub_upstream.answer(b'{"data":[', *[b" " * 50_000] * 5, content_type=JSON, end="hang")
    with pytest.raises(UpstreamError, match="larger"):
        await ask(session, route(stub_upstream.url))


async def test_a_server_that_drips_is_given_up(stub_upstream: StubUpstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never silent for long, and never done."""
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.1)
    stub_upstream.answer(*[b" ", 0.05] * 1000, content_type=JSON)
    async with open_session(0.2) as session, asyncio.timeout(20):
        with pytest.raises(UpstreamError, match="silent"):
            await ask(session, route(stub_upstream.url))


async def test_a_server_that_takes_nothing_is_given_up(
    stub_upstream: StubUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library does not time the sending."""
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.1)
    stub_upstream.taking = False
    async with open_session(0.1) as session, asyncio.timeout(20):
        with pytest.raises(UpstreamError, match="silent"):
            await ask(session, route(stub_upstream.url), "x" * 900_000, "y" * 20_000_000)


async def test_a_server_that_is_not_there_is_told_so(session: aiohttp.ClientSession) -> None:
    """Refused at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(UpstreamError, match="reached"):
            await ask(session, route(f"http://127.0.0.1:{probe.getsockname()[1]}/v1"))


@pytest.mark.parametrize(
    ("text", "key"),
    [(f"{CANARY} \ud800", None), ("a", "k\r\nx-evil: 1")],
    ids=["text that is no Unicode", "a key that would end its header"],
)
async def test_what_cannot_be_sent_is_neither_sent_nor_repeated(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, text: str, key: str | None
) -> None:
    """The codec's error would hold the whole text."""
    with pytest.raises(UpstreamError) as caught:
        await ask(session, route(stub_upstream.url, key=key), text)
    assert caught.value.__context__ is None
    assert stub_upstream.received == []


async def test_a_later_batch_of_another_length_is_refused(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """A server that changes its model in the middle would make vectors that cannot be compared."""
    stub_upstream.replies = [json(answer(*[[1, 2]] * MAX_TEXTS)), json(answer([1, 2, 3]))]
    with pytest.raises(UpstreamError, match="unreadable"):
        await ask(session, route(stub_upstream.url), *["a"] * (MAX_TEXTS + 1))


async def test_the_covered_client_refuses_a_route_without_an_agreement(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Whatever the text."""
    with pytest.raises(NoBaaError):
        await ask(session, route(stub_upstream.url, DestinationClass.NO_BAA))
    assert stub_upstream.received == []


class Disguise(DeidentifiedText):
    """Passes `isinstance`, and nobody transformed it."""


@pytest.mark.parametrize("text", [IdentifiedText("a"), "a", None, Disguise("a")], ids=lambda one: type(one).__name__)
async def test_only_transformed_text_goes_through_the_uncovered_client(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, text: Any
) -> None:
    """Also as one of many, and before the others are sent."""
    texts = [DeidentifiedText("x")] * MAX_TEXTS + [text]
    with pytest.raises(NoBaaError):
        await UncoveredEmbeddings(session).post(route(stub_upstream.url, DestinationClass.NO_BAA), texts)
    assert stub_upstream.received == []


async def test_no_texts_are_not_asked_about(stub_upstream: StubUpstream, session: aiohttp.ClientSession) -> None:
    """Servers answer an empty list with an error."""
    assert len(await RemoteEmbeddings(session).post(route(stub_upstream.url), [])) == 0
    assert stub_upstream.received == []


async def test_each_client_gets_vectors_of_length_one_in_order(
    server: tuple[Server, str], session: aiohttp.ClientSession
) -> None:
    """Identified text where PHI may be, transformed text to anybody who may have it."""
    texts = ["abc", "z", "é😀"]
    rows = np.array([[len(text), ord(text[0]), -1] for text in texts], np.float64)
    expected = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    covered = await RemoteEmbeddings(session).post(route(server[1]), [IdentifiedText(text) for text in texts])
    away = route(server[1], DestinationClass.NO_BAA)
    uncovered = await UncoveredEmbeddings(session).post(away, [DeidentifiedText(text) for text in texts])
    assert covered.dtype == uncovered.dtype == np.float32
    assert covered == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(covered, uncovered)


async def test_many_texts_go_in_batches_and_come_back_in_order(
    server: tuple[Server, str], session: aiohttp.ClientSession
) -> None:
    """Never more than 64 in a request."""
    texts = ["x" * (1 + place) for place in range(2 * MAX_TEXTS + 1)]
    made = await ask(session, route(server[1]), *texts)
    assert [len(body["input"]) for body in server[0].bodies] == [MAX_TEXTS, MAX_TEXTS, 1]
    assert [text for body in server[0].bodies for text in body["input"]] == texts
    assert (made[:, 0] / -made[:, 2]).round().tolist() == [len(text) for text in texts]


async def test_the_request_says_what_is_needed_and_no_more(
    server: tuple[Server, str], session: aiohttp.ClientSession
) -> None:
    """The model by the server's name for it; no user, no version, no cookie; the key to its own endpoint only."""
    await ask(session, route(server[1], key="secret-key"), "a")
    await ask(session, route(server[1]), "a")
    assert server[0].bodies[0] == {"model": "upstream-m", "input": ["a"], "encoding_format": "float"}
    first, second = server[0].headers
    assert first["authorization"] == "Bearer secret-key"
    assert "authorization" not in second
    assert second.keys() - {"accept-encoding"} == {"host", "user-agent", "accept", "content-type", "content-length"}
    assert second["user-agent"] == "phiward"
