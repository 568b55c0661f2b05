"""The client against a scripted upstream on loopback, and against a real inference server."""

import asyncio
import json
import logging
import socket
import traceback
import zlib
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from phiward.adapters.models import client as module
from phiward.adapters.models.client import HttpModelClient, UncoveredModelClient, open_session
from phiward.domain.chat import Finished, TextDelta, UpstreamEvent, UsageReport
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret
from phiward.domain.vendors import Destination, DestinationClass, Route
from tests.upstreams.real import RealUpstream
from tests.upstreams.stub import DONE, JSON, SSE, Reply, StubUpstream, chunk

CANARY = "Zelda Quagmire"
ECHO = CANARY.encode()
GOOD = (chunk("a"), chunk(finish="stop"), DONE)
EVENTS = [TextDelta(0, "a"), Finished(0, "stop")]
SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
BODY = '{"messages":[],"text":"é😀 \\u00e9"}'


def route(url: str, kind: DestinationClass = DestinationClass.BAA, key: str | None = None) -> Route:
    """A route to a URL."""
    secret = Secret(key) if key else None
    destination = Destination(uuid4(), "d", "v", "s", url, "chat.completions", False, (("m", "m"),), secret)
    return Route(destination, "m", kind, None, None)


async def ask(session: aiohttp.ClientSession, to: Route, body: str = BODY, *, stream: bool = True) -> list[Any]:
    """Everything that comes."""
    return [event async for event in HttpModelClient(session).send(to, DeidentifiedText(body), stream)]


def raw(head: bytes, body: bytes = b"") -> Reply:
    """An answer below HTTP's manners."""
    return Reply([head + body], raw=True)


BAD = [
    (Reply([ECHO], status=500, content_type=JSON), "5xx", "a failure that echoes the prompt"),
    (Reply([b'{"error":{"message":"' + ECHO + b'"}}'], status=400, content_type=JSON), "4xx", "a refusal that does"),
    (Reply([ECHO], status=404), "4xx", "a model that the server does not know"),
    (Reply([*GOOD], status=201), "2xx", "another success is not an answer"),
    (Reply([], status=302, headers=[("location", "/v1/elsewhere")]), "3xx", "a redirect"),
    (Reply([], status=307, headers=[("location", "http://127.0.0.1:1/" + "Zelda")]), "3xx", "a redirect elsewhere"),
    (Reply([ECHO], content_type="text/html"), "unreadable", "a page instead of JSON"),
    (Reply([*GOOD], content_type=None), "unreadable", "no content type"),
    (Reply([ECHO], content_type=JSON), "unreadable", "not JSON"),
    (Reply([b'{"choices": []}'], content_type=JSON), "unreadable", "no choice"),
    (Reply([b"data: " + ECHO + b"\n\n"]), "unreadable", "an event that is not JSON"),
    (Reply([chunk("a"), b'data: {"error":{"message":"' + ECHO + b'"}}\n\n']), "an error", "an error in mid-stream"),
    (Reply([chunk("a")]), "broke off", "truncated: no finish reason, no [DONE]"),
    (Reply([chunk("a"), DONE]), "broke off", "[DONE] without a finish reason"),
    (Reply([]), "broke off", "an empty stream"),
    (Reply([chunk("a")], end="cut"), "broke off", "the connection is closed in the middle"),
    (Reply([chunk("a")], end="hang"), "silent", "silence in the middle"),
    (Reply([], end="hang"), "silent", "silence after the head"),
    (Reply([b"data: ", b"x" * 1_100_000]), "too large", "an event without end"),
    (raw(SSE_HEAD + b"content-encoding: gzip\r\n\r\n", ECHO), "broke off", "compressed, and is not"),
    (raw(ECHO + b" is no HTTP\r\n\r\n"), "broke off", "no HTTP at all"),
    (raw(b"HTTP/1.1 200 OK\r\n" + ECHO + b"\r\n\r\n"), "broke off", "a broken header"),
    (raw(b"HTTP/1.1 200 OK\r\nx: " + ECHO * 2000 + b"\r\n\r\n"), "broke off", "a header without end"),
    (raw(SSE_HEAD + b"transfer-encoding: chunked\r\n\r\n", ECHO + b"\r\n"), "broke off", "a broken chunk"),
    (raw(b""), "broke off", "the connection is closed at once"),
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
    assert [one.path for one in stub_upstream.received] == ["/v1/chat/completions"]


async def test_a_cookie_is_neither_kept_nor_logged(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Also one with a name that nobody can read, which a jar that reads it would log."""
    caplog.set_level(logging.DEBUG)
    cookies = [("set-cookie", f"{CANARY}=1"), ("set-cookie", "a=b; path=/"), ("set-cookie", "Zelda\x7f,=1")]
    stub_upstream.answer(*GOOD, headers=cookies)
    for _ in range(2):
        assert await ask(session, route(stub_upstream.url)) == EVENTS
    assert "cookie" not in stub_upstream.received[1].headers
    assert "Zelda" not in caplog.text
    assert len(session.cookie_jar) == 0


async def test_a_server_that_takes_nothing_is_given_up(
    stub_upstream: StubUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library does not time the sending: without a limit of ours this would wait for ever."""
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.1)
    stub_upstream.taking = False
    async with open_session(0.1) as session, asyncio.timeout(20):
        with pytest.raises(UpstreamError, match="silent"):
            await ask(session, route(stub_upstream.url), "x" * 20_000_000)


async def test_a_server_that_is_not_there_is_told_so(session: aiohttp.ClientSession) -> None:
    """Refused at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
        with pytest.raises(UpstreamError, match="reached"):
            await ask(session, route(url))


async def test_a_key_that_would_end_its_header_is_never_sent(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Nor repeated."""
    with pytest.raises(UpstreamError) as caught:
        await ask(session, route(stub_upstream.url, key="k\r\nx-evil: 1"))
    assert caught.value.__context__ is None
    assert stub_upstream.received == []


async def test_text_that_is_no_unicode_is_never_sent(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """The codec's error holds the whole text, so it ends here."""
    with pytest.raises(UpstreamError) as caught:
        await ask(session, route(stub_upstream.url), f"{CANARY} \ud800")
    assert caught.value.__context__ is None
    assert stub_upstream.received == []


@pytest.mark.parametrize("body", [IdentifiedText("{}"), "{}", None], ids=["identified", "bare text", "nothing"])
async def test_only_transformed_text_goes_through_the_uncovered_client(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, body: Any
) -> None:
    """The type checker refuses it; this is the check behind the type checker."""
    stub_upstream.answer(*GOOD)
    to = route(stub_upstream.url, DestinationClass.NO_BAA)
    with pytest.raises(NoBaaError):
        await anext(UncoveredModelClient(session).send(to, body, True))
    assert stub_upstream.received == []


async def test_a_subclass_of_transformed_text_is_not_transformed_text(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """The check is for the very type."""

    class Disguise(DeidentifiedText):
        pass

    with pytest.raises(NoBaaError):
        await anext(UncoveredModelClient(session).send(route(stub_upstream.url), Disguise("{}"), True))
    assert stub_upstream.received == []


async def test_the_covered_client_refuses_a_route_without_an_agreement(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Each client knows what it may be used for."""
    with pytest.raises(NoBaaError):
        await ask(session, route(stub_upstream.url, DestinationClass.NO_BAA))
    assert stub_upstream.received == []


async def test_each_client_sends_what_it_may(stub_upstream: StubUpstream, session: aiohttp.ClientSession) -> None:
    """Transformed text to anybody who may have it, identified text only where PHI may be."""
    stub_upstream.answer(*GOOD)
    away = route(stub_upstream.url, DestinationClass.NO_BAA)
    sent = UncoveredModelClient(session).send(away, DeidentifiedText("{1}"), True)
    assert [event async for event in sent] == EVENTS
    sent = HttpModelClient(session).send(route(stub_upstream.url), IdentifiedText("{2}"), True)
    assert [event async for event in sent] == EVENTS
    assert [one.body for one in stub_upstream.received] == [b"{1}", b"{2}"]


@pytest.mark.parametrize("stream", [True, False])
async def test_the_very_bytes_are_sent_and_nothing_that_tells_more(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, stream: bool
) -> None:
    """The tripwire read these bytes; the headers tell no version, no cookie, no page before."""
    stub_upstream.answer(*GOOD)
    await ask(session, route(stub_upstream.url, key="secret-key"), stream=stream)
    (got,) = stub_upstream.received
    assert got.body == BODY.encode()
    assert {name for name in got.headers if name != "accept-encoding"} == {
        "host",
        "user-agent",
        "accept",
        "content-type",
        "content-length",
        "authorization",
    }
    assert got.headers["authorization"] == "Bearer secret-key"
    assert got.headers["user-agent"] == "phiward"
    assert got.headers["accept"] == (SSE if stream else JSON)


async def test_a_large_body_is_sent_whole(stub_upstream: StubUpstream, session: aiohttp.ClientSession) -> None:
    """In pieces, with its length told before."""
    stub_upstream.answer(*GOOD)
    assert await ask(session, route(stub_upstream.url), "é" * 2_000_000) == EVENTS
    assert stub_upstream.received[0].body == ("é" * 2_000_000).encode()


async def test_a_destination_without_a_key_gets_none(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after another destination had one; and the environment names no proxy for us."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    stub_upstream.answer(*GOOD)
    await ask(session, route(stub_upstream.url, key="secret-key"))
    assert await ask(session, route(stub_upstream.url)) == EVENTS
    assert "authorization" not in stub_upstream.received[1].headers


@pytest.mark.parametrize("stream", [True, False])
async def test_streamed_and_whole_answers_give_the_same_events(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession, stream: bool
) -> None:
    """Whatever was asked for: what counts is what came."""
    stub_upstream.answer(*GOOD)
    assert await ask(session, route(stub_upstream.url), stream=stream) == EVENTS
    whole = b'{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}'
    stub_upstream.answer(whole[:9], 0.01, whole[9:], content_type="application/json; charset=utf-8")
    assert await ask(session, route(stub_upstream.url), stream=stream) == EVENTS


async def test_a_compressed_answer_is_read(stub_upstream: StubUpstream, session: aiohttp.ClientSession) -> None:
    """Some servers compress."""
    stub_upstream.answer(zlib.compress(b"".join(GOOD)), headers=[("content-encoding", "deflate")])
    assert await ask(session, route(stub_upstream.url)) == EVENTS


async def test_the_first_piece_comes_before_the_last_is_there(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Nothing is gathered: the server hangs after the first piece, and it is here."""
    stub_upstream.answer(chunk("a")[:30], 0.01, chunk("a")[30:], end="hang")
    events = HttpModelClient(session).send(route(stub_upstream.url), DeidentifiedText("{}"), True)
    async with aclosing(events):  # type: ignore[type-var]
        assert await anext(events) == TextDelta(0, "a")
        assert not stub_upstream.gone.is_set()


async def test_closing_the_answer_closes_the_connection(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """A caller who left must not keep a model busy. Closed when `aclose` returns, not some time later."""
    stub_upstream.answer(chunk("a"), end="hang")
    events = HttpModelClient(session).send(route(stub_upstream.url), DeidentifiedText("{}"), True)
    await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    assert not session.connector._acquired  # type: ignore[union-attr]
    await asyncio.wait_for(stub_upstream.gone.wait(), 5)


async def test_cancelling_the_request_closes_the_connection(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Also while the server says nothing."""
    stub_upstream.answer(end="hang")
    asking = asyncio.create_task(ask(session, route(stub_upstream.url)))
    while not stub_upstream.received:  # noqa: ASYNC110 - the stub has no event for it
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(stub_upstream.gone.wait(), 5)


async def test_a_finished_stream_leaves_its_connection_for_the_next(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """Servers end the body in a packet of its own after `[DONE]`; a new TLS connection costs much more."""
    stub_upstream.answer(*GOOD, 0.005)
    for _ in range(3):
        assert await ask(session, route(stub_upstream.url)) == EVENTS
    assert stub_upstream.connections == 1


async def test_a_server_that_lingers_after_done_delays_nobody(
    stub_upstream: StubUpstream, session: aiohttp.ClientSession
) -> None:
    """The answer is whole; the connection is given up, without an error."""
    stub_upstream.answer(*GOOD, end="hang")
    assert await ask(session, route(stub_upstream.url)) == EVENTS
    await asyncio.wait_for(stub_upstream.gone.wait(), 5)


@pytest.fixture
def asked_for() -> dict[str, Any]:
    """A request for the real server."""
    messages = [{"role": "user", "content": "[PATIENT_1] takes 5 mg."}]
    return {"model": "tiny", "messages": messages, "max_tokens": 24, "temperature": 0, "seed": 1}


async def answered(to: RealUpstream, body: dict[str, Any], stream: bool) -> list[UpstreamEvent]:
    """All events of the real server."""
    async with open_session(60) as session:
        return await ask(session, route(to.url), json.dumps({**body, "stream": stream}), stream=stream)


async def test_a_real_server_that_refuses_is_an_upstream_error(
    real_upstream: RealUpstream, asked_for: dict[str, Any]
) -> None:
    """Its words quote the request; ours do not."""
    body = {**asked_for, "messages": [{"role": "user", "content": CANARY}], "max_tokens": CANARY}
    with pytest.raises(UpstreamError, match=r"\dxx") as caught:
        await answered(real_upstream, body, True)
    assert CANARY not in repr(caught.value)


async def test_a_real_server_streams_through_the_client(real_upstream: RealUpstream, asked_for: dict[str, Any]) -> None:
    """Text in pieces, and one finish."""
    events = await answered(real_upstream, asked_for, True)
    assert sum(isinstance(event, TextDelta) for event in events) > 1
    assert [event for event in events if isinstance(event, Finished)] == [events[-1]]


async def test_a_real_server_answers_whole_with_usage(real_upstream: RealUpstream, asked_for: dict[str, Any]) -> None:
    """The same text as its stream, because nothing is drawn by lot; and counts."""
    streamed = await answered(real_upstream, asked_for, True)
    whole = await answered(real_upstream, asked_for, False)
    text, pieces = (
        "".join(event.text for event in events if isinstance(event, TextDelta)) for events in (whole, streamed)
    )
    assert text == pieces != ""
    (usage,) = [event.usage for event in whole if isinstance(event, UsageReport)]
    assert usage.completion_tokens > 0
    assert usage.prompt_tokens > 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


async def test_a_real_server_ends_its_stream_with_done_and_our_parser_sees_it(
    real_upstream: RealUpstream, asked_for: dict[str, Any]
) -> None:
    """Read by hand, to know what the client was given."""
    async with open_session(60) as session:
        body = json.dumps({**asked_for, "stream": True})
        url = f"{real_upstream.url}/chat/completions"
        async with session.post(url, data=body, headers={"content-type": JSON}) as response:
            assert response.content_type == SSE
            assert (await response.text()).replace("\r", "").rstrip().endswith("data: [DONE]")
