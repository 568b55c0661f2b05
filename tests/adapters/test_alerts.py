"""Alerts go out by mail and webhook: to a real mail server and a real receiver, on loopback."""

import asyncio
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from hmac import HMAC

import aiohttp
import pytest
import trustme

from phiward.adapters import alerts
from phiward.adapters.alerts import (
    SIGNATURE,
    SOMETHING,
    WHAT_HAPPENED,
    MailChannel,
    MailServer,
    WebhookChannel,
    parse_mail_server,
)
from phiward.adapters.models.client import open_session
from phiward.domain.alerts import AlertChannel
from phiward.domain.errors import ConfigurationError, UpstreamError
from phiward.domain.text import Secret
from tests.adapters.alert_sinks import KEY, an_alert, mail_sink, webhook_sink

SENDER, ORIGIN = "phiward@hospital.example", "https://phiward.hospital.example"
REFUSED = "451 4.3.0 Zora Testcase says: come again"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """As the wiring opens it."""
    async with open_session(5) as made:
        yield made


def channel(server: MailServer, tls: ssl.SSLContext | None = None) -> MailChannel:
    """To this server."""
    return MailChannel(server, SENDER, ORIGIN, tls=tls)


def certified(host: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's side of an authority of our own."""
    authority, ours, theirs = (
        trustme.CA(),
        ssl.create_default_context(),
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
    )
    authority.issue_cert(host).configure_cert(theirs)
    authority.configure_trust(ours)
    return theirs, ours


@asynccontextmanager
async def never_done() -> AsyncIterator[MailServer]:
    """A server that goes on greeting, faster than any time-out of a socket."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while not writer.is_closing():
                writer.write(b"2")
                await writer.drain()
                await asyncio.sleep(0.02)

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    try:
        yield MailServer("127.0.0.1", server.sockets[0].getsockname()[1], must_encrypt=False)
    finally:
        server.close()
        await asyncio.sleep(0.1)


async def test_a_refused_mail_is_not_delivered() -> None:
    """And what the server said is not in our words; the next try is accepted."""
    with mail_sink(answers=(REFUSED,)) as sink:
        with pytest.raises(UpstreamError) as refused:
            await channel(sink.server).send(an_alert())
        assert "Zora" not in str(refused.value)
        await channel(sink.server).send(an_alert())
        assert (sink.tries, sink.recipients) == (2, ["officer@hospital.example"])


async def test_nobody_listens() -> None:
    """The port is closed."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UpstreamError):
        await channel(MailServer("127.0.0.1", port, must_encrypt=False)).send(an_alert())


async def test_a_server_that_says_a_word_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 15 seconds in all, here a quarter of one; its thread ends too, so that it says nothing later."""
    monkeypatch.setattr(alerts, "TIMEOUT_SECONDS", 0.25)
    async with never_done() as server:
        began = time.monotonic()
        with pytest.raises(UpstreamError):
            await channel(server).send(an_alert())
        await asyncio.get_running_loop().shutdown_default_executor()
        assert time.monotonic() - began < 5


async def test_a_cancelled_try_leaves_no_thread_waiting() -> None:
    """A gateway that stops does not wait for a mail server that hangs."""
    async with never_done() as server:
        task = asyncio.create_task(channel(server).send(an_alert()))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        began = time.monotonic()
        await asyncio.get_running_loop().shutdown_default_executor()
        assert time.monotonic() - began < 5


async def test_off_loopback_nothing_is_said_without_encryption() -> None:
    """Neither password nor alert, to a server that offers no STARTTLS."""
    with mail_sink(login=True) as sink:
        server = replace(sink.server, must_encrypt=True, user="phiward", password=Secret("invented"))
        with pytest.raises(UpstreamError):
            await channel(server).send(an_alert())
        assert (sink.tries, sink.logins) == (0, [])


@pytest.mark.parametrize("host", ["mail.hospital.example", None], ids=["another's certificate", "unknown authority"])
async def test_off_loopback_the_certificate_must_hold(host: str | None) -> None:
    """Of the host that was named, by an authority that is trusted."""
    theirs, ours = certified(host or "127.0.0.1")
    with mail_sink(tls=theirs) as sink:
        with pytest.raises(UpstreamError):
            await channel(replace(sink.server, must_encrypt=True), ours if host else None).send(an_alert())
        assert sink.tries == 0


async def test_off_loopback_an_encrypted_login_sends() -> None:
    """STARTTLS, then user and password."""
    theirs, ours = certified()
    with mail_sink(tls=theirs, login=True) as sink:
        server = replace(sink.server, must_encrypt=True, user="phiward", password=Secret("invented"))
        await channel(server, ours).send(an_alert())
        assert (len(sink.came), sink.logins) == (1, [(b"phiward", b"invented")])


async def test_on_loopback_encryption_is_used_where_it_is_offered() -> None:
    """No authority certifies loopback; the sink demands it."""
    with mail_sink(tls=certified()[0]) as sink:
        await channel(sink.server).send(an_alert())
        assert len(sink.came) == 1


async def test_the_mail_says_what_happened_and_where_to_look() -> None:
    """In plain text, by opaque ids, under an id that every try has."""
    told = an_alert(facts={"grant": "00000000-0000-0000-0000-000000000007", "patients": ["a", "b"]})
    with mail_sink() as sink:
        await channel(sink.server).send(told)
        await channel(sink.server).send(replace(told, attempts=2))
        mail, again = sink.mails
    assert mail["Message-ID"] == again["Message-ID"] == f"<{told.id}@phiward>"
    assert (mail["From"], mail["To"]) == (SENDER, "officer@hospital.example")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("phiward: emergency.opened", "auto-generated")
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    for words in (
        WHAT_HAPPENED["emergency.opened"], "2026-11-26T23:04:05+00:00", "grant: 00000000-0000-0000-0000-000000000007",
        "patients: a, b", ORIGIN, str(told.id),
    ):  # fmt: skip
        assert words in text


async def test_an_unknown_kind_is_sent_all_the_same() -> None:
    """It says less."""
    assert SOMETHING in channel(MailServer("127.0.0.1")).message(an_alert(kind="what.is.new")).get_content()


@pytest.mark.parametrize(
    ("recipient", "reason"),
    [("x@hospital.example\r\nBcc: y@elsewhere.example", "another header"), ("nobody", "no host"), ("", "empty")],
)
async def test_a_recipient_that_is_no_address_is_no_other_failure(recipient: str, reason: str) -> None:
    """It waits like any other, and adds no header."""
    with mail_sink() as sink:
        with pytest.raises(UpstreamError):
            await channel(sink.server).send(an_alert(recipient=recipient))
        assert sink.tries == 0, reason


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, must_encrypt=False)),
        ("smtp://localhost:2525/", MailServer("localhost", 2525, must_encrypt=False)),
        ("smtp://[::1]:2525", MailServer("::1", 2525, must_encrypt=False)),
        ("smtp://mail.hospital.example:587", MailServer("mail.hospital.example", 587)),
        ("smtp://a%40b:p%3Aw%2F@mail.example", MailServer("mail.example", 25, "a@b", Secret("p:w/"))),
    ],
)
def test_the_setting_is_read(url: str, read: MailServer) -> None:
    """Off loopback encryption is demanded."""
    assert parse_mail_server(Secret(url)) == read


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "empty"),
        ("mail.hospital.example", "no scheme"),
        ("smtps://mail.hospital.example", "another protocol"),
        ("smtp://", "no host"),
        ("smtp://host:99999", "no port"),
        ("smtp://host:0", "no port either"),
        ("smtp://secretive@host", "a user without a password"),
        ("smtp://:secretive@host", "a password without a user"),
        ("smtp://host/path", "a path"),
        ("smtp://host?tls=no", "a query"),
    ],
)
def test_a_setting_that_cannot_be_read_is_not_repeated(url: str, reason: str) -> None:
    """It may hold a password."""
    with pytest.raises(ConfigurationError) as refused:
        parse_mail_server(Secret(url))
    assert "secretive" not in str(refused.value), reason
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("sender", ["", "phiward", "@", "a@b\r\nBcc: c@d", "two words@host"])
def test_a_sender_must_be_an_address(sender: str) -> None:
    """Found at the start, not at the first alert."""
    with pytest.raises(ConfigurationError):
        MailChannel(MailServer("127.0.0.1"), sender, ORIGIN)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 429, 500, 503])
async def test_only_success_is_delivery_by_webhook(session: aiohttp.ClientSession, status: int) -> None:
    """A redirect is not followed: the alert goes where the setting says."""
    async with webhook_sink(status) as sink:
        with pytest.raises(UpstreamError):
            await WebhookChannel(session, sink.url, Secret(KEY)).send(an_alert(AlertChannel.WEBHOOK))
        assert (len(sink.tries), sink.came, sink.elsewhere) == (1, [], 0)


async def test_the_webhook_is_not_there(session: aiohttp.ClientSession) -> None:
    """Nor does it say so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UpstreamError):
        await WebhookChannel(session, f"http://127.0.0.1:{port}/", Secret(KEY)).send(an_alert())


async def test_the_receiver_can_tell_who_posts_and_what_comes_again(session: aiohttp.ClientSession) -> None:
    """By HMAC-SHA-256 of the very bytes, and by the alert's id."""
    told = an_alert(AlertChannel.WEBHOOK)
    async with webhook_sink(503) as sink:
        hook = WebhookChannel(session, sink.url, Secret(KEY))
        with pytest.raises(UpstreamError):
            await hook.send(told)
        await hook.send(replace(told, attempts=2))
        ((headers, body),) = sink.came
        assert sink.tries == [str(told.id)] * 2
    assert headers[SIGNATURE] == "sha256=" + HMAC(KEY.encode(), body, sha256).hexdigest()
    assert headers[SIGNATURE] != "sha256=" + HMAC(KEY.encode(), body + b" ", sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "id": str(told.id), "kind": told.kind, "created_at": "2026-11-26T23:04:05+00:00", "facts": dict(told.facts),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("http://hospital.example/alerts", KEY, "in clear over a network"),
        ("ftp://127.0.0.1/", KEY, "another protocol"),
        ("https://hospital.example/alerts", KEY[:15], "a short key"),
    ],
)
async def test_an_unsafe_webhook_is_refused(session: aiohttp.ClientSession, url: str, key: str, reason: str) -> None:
    """At the start."""
    with pytest.raises(ConfigurationError):
        WebhookChannel(session, url, Secret(key))
