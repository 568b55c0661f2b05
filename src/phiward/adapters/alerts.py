"""The ways by which alerts go out: mail by SMTP, and a signed POST to another program.

Each sends one alert and returns once the other side took it over; whatever else happens is an UpstreamError, and the
outbox tries again under the same id. What the other side said is in no message of ours.
Source: RFC 5321, RFC 3207 (STARTTLS), RFC 3834 (automatic mail), RFC 2104 (HMAC).
"""

import asyncio
import json
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hmac import digest
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiohttp

from phiward.domain.alerts import Alert
from phiward.domain.errors import ConfigurationError, UpstreamError
from phiward.domain.text import Secret
from phiward.identity.provider import is_loopback_url

TIMEOUT_SECONDS: Final = 15.0
"""Of one try, whole."""
DEFAULT_PORT: Final = 25
LEAST_KEY_BYTES: Final = 16
SIGNATURE: Final = "X-Phiward-Signature"
WHAT_HAPPENED: Final[Mapping[str, str]] = {
    "answer.reported": "A clinician reported that an answer is wrong.",
    "credential.shared": "One credential was used in several places at about the same time; two people may share it.",
    "audit.anchor_again": "A place outside takes the audit log's checkpoints again.",
    "audit.anchor_failing": "A place outside has not taken the audit log's checkpoint for too long.",
    "audit.clock_regressed": "A clock went back. The order of the audit log does not depend on it; its times do.",
    "audit.does_not_hold": "The audit log does not verify. Keep everything as it is.",
    "audit.not_numbered": "Entries of the audit log get no numbers. They are durable; find out why.",
    "audit.numbering_again": "Entries of the audit log get numbers again.",
    "audit.restored": "The audit log went on from a backup. What was lost stands in it.",
    "audit.rewound": "A place outside remembers more of the audit log than the database holds.",
    "audit.verification_overridden": "The gateway serves although the audit log does not verify.",
    "emergency.opened": "Somebody opened a record by emergency access. It waits for a review.",
    "emergency.extended": "Somebody extended an emergency access.",
    "emergency.review_overdue": "The review of an emergency access is overdue.",
}
SOMETHING: Final = "Something happened that a privacy officer should know of."

_TIMEOUT = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. With `must_encrypt` nothing is said to a server that offers no STARTTLS."""

    host: str
    port: int = DEFAULT_PORT
    user: str | None = None
    password: Secret | None = None
    must_encrypt: bool = True


def parse_mail_server(url: Secret) -> MailServer:
    """Read `smtp://[user:password@]host[:port]`; user and password may be percent-encoded; port 25 unless given.

    STARTTLS is demanded unless the host is loopback. Raises ConfigurationError, which repeats nothing of it.
    """
    wrong = ConfigurationError("PHIWARD_SMTP_URL must read smtp://[user:password@]host[:port].")
    try:
        parts = urlsplit(url.value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    rest = parts.path.rstrip("/") or parts.query or parts.fragment
    if parts.scheme != "smtp" or not host or port == 0 or rest or bool(parts.username) != bool(parts.password):
        raise wrong
    user = unquote(parts.username) if parts.username else None
    password = Secret(unquote(parts.password)) if parts.password else None
    return MailServer(host, port or DEFAULT_PORT, user, password, not is_loopback_url(url.value))


class MailChannel:
    """Implements domain.alerts.Channel: one mail to one address, in plain text."""

    def __init__(self, server: MailServer, sender: str, origin: str, *, tls: ssl.SSLContext | None = None) -> None:
        """`sender` is the address mails come from; `origin` where phiward is reached, for the reader.

        `tls`: of the connection; by default certificates are verified, but on loopback, where nobody is in between.
        Raises ConfigurationError for a sender that is no address.
        """
        self._server, self._origin = server, origin
        self._tls = tls or (ssl.create_default_context() if server.must_encrypt else _unverified())
        try:
            self._sender = Address(addr_spec=sender)
        except (ValueError, MessageError, IndexError):
            raise ConfigurationError("PHIWARD_ALERT_SENDER is no e-mail address.") from None
        if not self._sender.username or not self._sender.domain:
            raise ConfigurationError("PHIWARD_ALERT_SENDER is no e-mail address.")

    async def send(self, alert: Alert) -> None:
        """Hand one mail over. Raises UpstreamError: not reached, not encrypted, refused, or slower than 15 s."""
        delivery = _Delivery(self._server, self._tls, self._sender.domain)
        try:
            message = self.message(alert)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await asyncio.to_thread(delivery.run, message)
        except (OSError, TimeoutError, ValueError, MessageError, IndexError, smtplib.SMTPException) as error:
            if not delivery.accepted:
                raise UpstreamError("The mail server did not take the alert over.") from error
        finally:
            delivery.abort()  # a thread cannot be cancelled, but its connection can be cut

    def message(self, alert: Alert) -> EmailMessage:
        """The mail. Raises ValueError where the recipient is no address."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = Address(addr_spec=alert.recipient)
        message["Subject"] = f"phiward: {alert.kind}"
        message["Date"] = alert.created_at
        message["Message-ID"] = f"<{alert.id}@phiward>"
        message["Auto-Submitted"] = "auto-generated"
        facts = "".join(f"  {name}: {_shown(value)}\n" for name, value in sorted(alert.facts.items()))
        message.set_content(
            f"{WHAT_HAPPENED.get(alert.kind, SOMETHING)}\n\n"
            f"  what: {alert.kind}\n  when: {alert.created_at.astimezone(UTC).isoformat(timespec='seconds')}\n{facts}\n"
            f"This mail names nobody. Look the ids up in phiward, in the review queue and the audit log:\n"
            f"  {self._origin}\n\nAlert {alert.id}\n"
        )
        return message


class WebhookChannel:
    """Implements domain.alerts.Channel: a POST of JSON. Its receiver checks the signature before it reads the body."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: Secret) -> None:
        """`session` without cookies, proxies and environment; `key` signs, of 16 bytes or more.

        Raises ConfigurationError for an address that is neither https nor loopback, and for a short key.
        """
        if urlsplit(url).scheme != "https" and not (urlsplit(url).scheme == "http" and is_loopback_url(url)):
            raise ConfigurationError("PHIWARD_ALERT_WEBHOOK must be https, or http on loopback.")
        if len(key.value.encode()) < LEAST_KEY_BYTES:
            raise ConfigurationError("The key in PHIWARD_ALERT_WEBHOOK_KEY_FILE is shorter than 16 bytes.")
        self._session, self._url, self._key = session, url, key

    async def send(self, alert: Alert) -> None:
        """Post one alert. Raises UpstreamError unless the answer is 2xx; a redirect is not followed."""
        body = body_of(alert)
        headers = {
            "content-type": "application/json",
            "Idempotency-Key": str(alert.id),
            SIGNATURE: signature(self._key, body),
        }
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UpstreamError("The webhook could not be reached.") from error
        if not 200 <= status < 300:
            raise UpstreamError("The webhook did not take the alert over.")


def body_of(alert: Alert) -> bytes:
    """What is posted: JSON with `id`, `kind`, `created_at` (UTC) and `facts`; the same bytes at every try."""
    told = {
        "id": str(alert.id),
        "kind": alert.kind,
        "created_at": alert.created_at.astimezone(UTC).isoformat(),
        "facts": dict(alert.facts),
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def signature(key: Secret, body: bytes) -> str:
    """`sha256=` and HMAC-SHA-256 of the body in hexadecimal, under the key as UTF-8."""
    return "sha256=" + digest(key.value.encode(), body, "sha256").hex()


@dataclass(slots=True)
class _Delivery:
    """One connection to the mail server, used in a thread and cut from outside."""

    server: MailServer
    tls: ssl.SSLContext
    name: str
    aborted: bool = False
    accepted: bool = False
    client: smtplib.SMTP | None = field(default=None, repr=False)

    def run(self, message: EmailMessage) -> None:
        """In a thread. Raises OSError, SMTPException, ValueError."""
        self.client = client = smtplib.SMTP(local_hostname=self.name, timeout=TIMEOUT_SECONDS)
        try:
            self._greet(client)
            if self.aborted:
                raise TimeoutError
            client.send_message(message)
            self.accepted = True  # from here on nothing may make it look undelivered
            client.quit()
        finally:
            client.close()

    def _greet(self, client: smtplib.SMTP) -> None:
        client.connect(self.server.host, self.server.port)
        client.ehlo_or_helo_if_needed()
        if self.server.must_encrypt or client.has_extn("starttls"):
            client._host = self.server.host  # type: ignore[attr-defined]  # `connect` does not say whose certificate
            client.starttls(context=self.tls)  # raises where it is not offered
        if self.server.user is not None and self.server.password is not None:
            client.login(self.server.user, self.server.password.value)

    def abort(self) -> None:
        """Let a thread that still waits for the server fail at once, and say nothing more."""
        self.aborted = True
        if self.client is not None and self.client.sock is not None:
            with suppress(OSError):
                self.client.sock.shutdown(socket.SHUT_RDWR)


def _unverified() -> ssl.SSLContext:
    """For loopback: what is encrypted there never leaves the machine, and no authority certifies it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
