"""A mail server and a webhook's receiver on loopback, which refuse as long as they are told to."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from phiward.adapters.alerts import MailServer
from phiward.domain.alerts import Alert, AlertChannel

CREATED = datetime(2026, 11, 26, 23, 4, 5, tzinfo=UTC)
KEY = "an invented key of 28 bytes."


def an_alert(channel: AlertChannel = AlertChannel.MAIL, **other: Any) -> Alert:
    """Of an emergency."""
    return Alert(
        **{
            "id": uuid4(), "tenant": uuid4(), "kind": "emergency.opened", "channel": channel,
            "recipient": "officer@hospital.example", "facts": {"grant": str(UUID(int=7)), "reason": "threat_to_life"},
            "created_at": CREATED, "attempts": 1, **other,
        }
    )  # fmt: skip


@dataclass
class MailSink:
    """What came, and the answers to the next messages (SMTP), before everything is accepted."""

    server: MailServer
    answers: list[str] = field(default_factory=list)
    came: list[tuple[list[str], bytes]] = field(default_factory=list)
    tries: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """One message."""
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        self.came.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 OK"

    def login(self, server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
        """Everybody is let in and noted."""
        self.logins.append((data.login, data.password))
        return AuthResult(success=True)

    @property
    def mails(self) -> list[EmailMessage]:
        """As a mail program reads them."""
        return [message_from_bytes(one, policy=default) for _, one in self.came]  # type: ignore[misc]

    @property
    def recipients(self) -> list[str]:
        """To whom, in order of arrival."""
        return [one for to, _ in self.came for one in to]


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """Its parent knocks at the port that was asked for, also where that is 0: any."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()


@contextmanager
def mail_sink(
    *, tls: ssl.SSLContext | None = None, login: bool = False, answers: tuple[str, ...] = ()
) -> Iterator[MailSink]:
    """A mail server in a thread; with `tls` it offers STARTTLS, with `login` it asks who comes."""
    sink = MailSink(MailServer("127.0.0.1", must_encrypt=False), list(answers))
    controller = _Controller(
        sink, hostname="127.0.0.1", port=0, tls_context=tls, require_starttls=tls is not None,
        authenticator=sink.login, auth_required=login and tls is not None, auth_require_tls=tls is not None,
    )  # fmt: skip
    controller.start()
    try:
        sink.server = MailServer("127.0.0.1", controller.port, must_encrypt=False)
        yield sink
    finally:
        controller.stop()


@dataclass
class WebhookSink:
    """What came, and the answers to the next ones, before everything is accepted."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    elsewhere: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        """One POST."""
        body = await request.read()
        self.tries.append(request.headers["Idempotency-Key"])
        status = self.answers.pop(0) if self.answers else 204
        if 200 <= status < 300:
            self.came.append((dict(request.headers), body))
        return web.Response(status=status, headers={"location": "/elsewhere"} if 300 <= status < 400 else {})

    async def other(self, request: web.Request) -> web.Response:
        """Where a redirect leads."""
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def webhook_sink(*answers: int) -> AsyncIterator[WebhookSink]:
    """A receiver in this loop."""
    sink = WebhookSink(answers=list(answers))
    application = web.Application()
    application.router.add_post("/alerts", sink.receive)
    application.router.add_route("*", "/elsewhere", sink.other)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
        yield sink
    finally:
        await runner.cleanup()
