"""The scene of the completeness suite: a served house, what acts on it from outside, and what its log says then."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from typer.testing import CliRunner

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.roles import WARDEN
from phiward.adapters.postgres.sessions import NewSession, Sessions
from phiward.audit.leaf import encode_leaf
from phiward.cli.main import program
from phiward.domain.people import CredentialKind, PersonId
from phiward.identity.sessions import SessionLimits
from phiward.settings import Settings
from phiward.wiring.base import open_database, utc_now
from tests.system.harness import Hospital, name_of, patient_of

STRONG = "urn:phiward:test:strong"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
LATER = (datetime.now(UTC) + timedelta(days=9)).isoformat()
BACKGROUND = frozenset({"log.heartbeat", "log.opened", "log.verified", "log.gateway_started", "sessions.swept"})
"""What the program writes by itself, at times of its own: no act's event, and none that an act could hide behind."""


@dataclass(frozen=True)
class Row:
    """One act from outside, what it does, and the events that it leaves: these, in this order, and no other.

    `of`: the route or the command.
    """

    of: str
    act: Callable[["Scene"], Any]
    events: tuple[str, ...]
    because: str

    @property
    def id(self) -> str:
        """For the report of the tests."""
        return f"{self.of} ({self.because})"


@dataclass
class Scene:
    """A served hospital, and the ids that earlier rows made."""

    hospital: Hospital
    made: dict[str, Any] = field(default_factory=dict)

    def settings(self) -> Settings:
        """Those of the house."""
        with environment(self.hospital):
            return Settings()

    def command(self, *words: str, code: int = 0) -> Any:
        """A command, as an operator gives it; in this process, because starting Python eighty times is no test."""
        with environment(self.hospital):
            ran = CliRunner().invoke(program(), [*words, "--json"])
        assert ran.exit_code == code, (words, ran.output, ran.exception)
        start = min((at for at in (ran.stdout.find("{"), ran.stdout.find("[")) if at >= 0), default=None)
        return None if start is None or code else json.loads(ran.stdout[start:])

    def ask(self, method: str, path: str, *, key: str | None = None, status: int, **more: Any) -> Any:
        """A request; `status` is what it must answer."""
        headers = {"authorization": f"Bearer {key or self.hospital.physician}", **more.pop("headers", {})}
        url = self.hospital.url.removesuffix("/v1") + path
        answer = httpx2.request(method, url, headers=headers, timeout=60, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content.startswith(b"{") else None

    def chat(self, text: str = "What is the dose?", *, status: int = 200, key: str | None = None, **more: Any) -> Any:
        """A question about her patient."""
        headers = {**self.hospital.context(more.pop("patient", None)), **more.pop("headers", {})}
        kept = {name: value for name, value in headers.items() if value}
        body = {"model": "stub", "messages": [{"role": "user", "content": text}], **more}
        answer = self.ask("POST", "/v1/chat/completions", key=key, status=status, json=body, headers=kept)
        self.made["interaction"] = answer["phiward"]["interaction"] if answer and "phiward" in answer else None
        return answer

    def admin(self, method: str, path: str, body: Any = None, *, who: str = "officer", status: int = 200) -> Any:
        """A request to the admin API, by somebody who signed in a moment ago."""
        more = {} if body is None else {"json": body}
        return self.ask(method, f"/admin/v1{path}", key=self.made[f"token {who}"], status=status, **more)

    def sign_in(self, login: str) -> None:
        """A session of hers, as the sign-in makes it (tests/system/test_sign_in.py does it with a browser)."""
        settings, person = self.settings(), self.person(login)

        async def begin() -> str:
            async with open_database(settings, WARDEN) as warden:
                sessions = Sessions(Administration(warden, encode_leaf, utc_now, "gateway"))
                limits = SessionLimits()
                new = NewSession(PersonId(person), CredentialKind.BROWSER, limits, auth_time=utc_now(), acr=STRONG)
                return (await sessions.begin(self.tenant(), new)).text.value

        with environment(self.hospital):
            self.made[f"token {login}"] = asyncio.run(begin())

    def person(self, login: str) -> UUID:
        """Her id."""
        with self.hospital.superuser() as connection:
            row = connection.execute("SELECT id FROM person WHERE login = %s", [login]).fetchone()
        assert row is not None
        return UUID(str(row[0]))

    def tenant(self) -> UUID:
        """The organisation."""
        with self.hospital.superuser() as connection:
            row = connection.execute("SELECT tenant FROM person LIMIT 1").fetchone()
        assert row is not None
        return UUID(str(row[0]))

    def file(self, name: str, text: str) -> str:
        """A file of this text."""
        path = self.hospital.folder / f"{uuid4().hex}-{name}"
        path.write_text(text)
        return str(path)

    def folder(self, name: str, text: str) -> str:
        """A folder with one file of this text, at rest."""
        path = self.hospital.folder / uuid4().hex
        path.mkdir()
        (path / name).write_text(text)
        return str(path)

    def misfiled(self, number: int) -> str:
        """A note under her patient that is about another."""
        given, family = name_of(self.hospital.foreign_bundle)
        mrn = self.hospital.foreign_patient
        return self.file(f"note-{number}.txt", f"Visit {number}. {given} {family}, MRN {mrn}, feels better.")

    def birth_date(self) -> str:
        """Of the patient whom she does not treat."""
        return str(patient_of(self.hospital.foreign_bundle)["birthDate"])

    def log(self) -> list[tuple[str, str]]:
        """Id and type of every entry, in order of time, but what the program writes by itself."""
        with self.hospital.superuser() as connection:
            rows = connection.execute("SELECT id, kind, leaf FROM audit_entry ORDER BY recorded_at, id").fetchall()
        told = [(str(key), str(json.loads(leaf)["facts"].get("action", kind))) for key, kind, leaf in rows]
        return [(key, name) for key, name in told if name not in BACKGROUND]


@contextmanager
def environment(hospital: Hospital) -> Iterator[None]:
    """The settings of the house in this process, and as they were afterwards."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PHIWARD_")}
    for name in before:
        del os.environ[name]
    ours = {name: value for name, value in hospital.environment.items() if name.startswith("PHIWARD_")}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]
        os.environ.update(before)
