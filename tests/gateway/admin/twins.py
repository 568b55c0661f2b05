"""In-memory twins for the admin API: a door that knows one caller, and a desk that knows some ids.

They stand in for the database only where the API's own order and shapes are tested; test_with_database.py has the
real parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx2
from starlette.applications import Starlette

from phiward.domain import administration as rows
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import NotAuthenticatedError, PatientNotFoundError
from phiward.domain.people import Caller, CredentialKind, Role
from phiward.domain.text import Secret
from phiward.gateway.admin.app import Admin, admin_mount
from phiward.gateway.shell import Shell
from phiward.policy.decide import Policy
from tests.flow.fakes import NOW, caller

KNOWN = UUID(int=1)
MADE = UUID(int=2)
PATIENT = UUID(int=3)
REFERENCE = "40017723"
BEARER = {"authorization": "Bearer invented"}
POLICY = Policy.load()
KEY = SimpleNamespace(id=MADE, text=Secret("phw_shown_once"), expires_at=NOW)


def access_row(person: UUID, source: str = "CareTeam") -> rows.AccessRow:
    """A reason."""
    return rows.AccessRow(person, "p", ("nurse",), PATIENT, source, NOW, None, None, None, None, (), False, False)


CANNED: Mapping[str, Any] = {
    "people": (rows.PersonEntry(KNOWN, "p", ("nurse",), None, True, False, None),),
    "person": rows.PersonEntry(KNOWN, "p", ("nurse",), None, True, False, None),
    "keys": (rows.KeyEntry(KNOWN, "laptop", None, None, NOW, NOW, None),),
    "sessions": (rows.SessionEntry(KNOWN, "browser", None, NOW, NOW, NOW, None),),
    "set_roles": ("nurse",),
    "end_sessions": 1,
    "set_restricted": False,
    "relations": (rows.RelationEntry(KNOWN, "Practitioner/1", PATIENT, NOW, None),),
    "units": (rows.UnitEntry(KNOWN, "Ward 3", "panel"),),
    "members": (rows.MemberEntry(KNOWN, KNOWN, False, NOW, None),),
    "patients": (rows.UnitPatientEntry(KNOWN, PATIENT, NOW, None),),
    "covers": (rows.CoverEntry(KNOWN, KNOWN, MADE, NOW, NOW),),
    "grants": (rows.GrantEntry(KNOWN, "manual", KNOWN, PATIENT, (), "consult", MADE, NOW, NOW, None),),
    "consents": (rows.ConsentEntry(KNOWN, PATIENT, "hiv", "TREAT", NOW, NOW, None),),
    "services": (rows.ServiceEntry(KNOWN, "scribe", "Scribe", "application", True, None),),
    "add": (MADE, KEY),
    "issue_key": KEY,
    **{
        f"add_{one}": MADE
        for one in ("person", "unit", "member", "patient", "cover", "relation", "grant", "consent")
    },
}  # fmt: skip


@dataclass
class Part:
    """Any part of a desk: answers what is canned, refuses an id that it does not know, and remembers."""

    desk: "DeskTwin"

    def __getattr__(self, name: str) -> Any:
        async def done(tenant: UUID, *values: Any, **named: Any) -> Any:
            self.desk.done.append((name, values, named))
            if self.desk.fault:
                raise self.desk.fault
            for value in (*values, *(getattr(values[0], one, None) for one in ("person",) if values)):
                if isinstance(value, UUID) and value not in self.desk.known:
                    raise UnknownIdError("id")
            return CANNED.get(name)

        return done


class ReferencesTwin(Part):
    """Knows one reference."""

    async def patient_by_reference(self, tenant: UUID, reference: str) -> UUID:
        """One patient has one."""
        if reference != REFERENCE:
            raise PatientNotFoundError
        return PATIENT


class ReportsTwin(Part):
    """What one person sees is what the patient is seen by."""

    async def who_may_see(self, tenant: UUID, patient: UUID) -> tuple[rows.AccessRow, ...]:
        """One row."""
        return (access_row(KNOWN),)

    async def what_may_be_seen_by(self, tenant: UUID, person: UUID) -> tuple[rows.AccessRow, ...]:
        """Whom she treats, or stands for."""
        if person not in self.desk.known | {self.desk.caller.person}:
            raise UnknownIdError("person")
        return (access_row(person, self.desk.source),)


@dataclass
class DeskTwin:
    """Implements ports.Desk."""

    caller: Caller
    known: set[UUID] = field(default_factory=lambda: {KNOWN, MADE, PATIENT, UUID(int=0)})
    source: str = "self"
    fault: Exception | None = None
    done: list[tuple[str, Any, Any]] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)

    @property
    def registry(self) -> Any:
        """People and keys."""
        return ReferencesTwin(self)

    @property
    def access(self) -> Any:
        """Every part alike."""
        part = Part(self)
        return SimpleNamespace(people=part, units=part, grants=part, services=part)

    @property
    def reports(self) -> Any:
        """The report."""
        return ReportsTwin(self)

    async def refused(self, tenant: UUID, act: Any, rule: str) -> None:
        """Remember."""
        self.refusals.append((str(act), rule))


@dataclass
class DoorTwin:
    """Knows one credential."""

    holder: Caller | None

    async def caller(self, authorization: str | None) -> Caller:
        """By its exact text."""
        if self.holder is None or authorization != BEARER["authorization"]:
            raise NotAuthenticatedError("A credential in force is needed.")
        return self.holder


def logged_in(*roles: Role) -> Caller:
    """A person who has just shown who she is, in a browser."""
    return replace(
        caller(*roles), kind=CredentialKind.BROWSER, auth_time=NOW - timedelta(seconds=30), acr="urn:invented:mfa"
    )


@dataclass
class AdminHouse:
    """The API over twins and the shipped policy."""

    holder: Caller
    desk: DeskTwin = field(init=False)
    judge: Any = POLICY

    def __post_init__(self) -> None:
        self.desk = DeskTwin(self.holder)

    def client(self) -> httpx2.AsyncClient:
        """Asks the application itself; nothing goes over a socket."""
        admin = Admin(DoorTwin(self.holder), self.judge, lambda _: self.desk, POLICY.rules, lambda: NOW)
        return client_of(admin)

    async def ask(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """One request with the credential."""
        async with self.client() as client:
            return await client.request(method, path, headers=BEARER, **given)


def client_of(admin: Admin) -> httpx2.AsyncClient:
    """A client of an application that holds nothing but the admin API."""
    app = Starlette(routes=[admin_mount(admin)])
    app.router.redirect_slashes = False
    transport = httpx2.ASGITransport(app=Shell(app, uuid4))
    return httpx2.AsyncClient(transport=transport, base_url="http://phiward.test")
