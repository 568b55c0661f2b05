"""People and access: who is here, with which roles; a search that stands in no address.

The administrator sees accounts, roles and sessions; the privacy officer sees whom somebody may see and by which grant.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.opaque import confirm_first, named
from phiward.console.ports import Drafts
from phiward.console.sign_in import SignInPages
from phiward.console.visits import ENGINEERS, OFFICERS, Page, Visit, get, post
from phiward.domain.access_report import SOURCE_WORDS
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.administration import AccessRow, GrantEntry, PersonEntry, RelationEntry, SessionEntry
from phiward.domain.errors import NotPermittedError
from phiward.domain.people import Caller, Role

PATH: Final = "/people"
EITHER: Final = OFFICERS | ENGINEERS
SHOWN: Final = 50
SHOWN_ROWS: Final = 100
MOST_WORDS: Final = 100


class People(Protocol):
    """Persons and what they may; wiring.office has it. Raises NotPermittedError, UnknownIdError, StorageError."""

    def may(self, caller: Caller, act: Act) -> bool:
        """Whether her role may, once she confirmed who she is."""

    async def people(self, caller: Caller) -> Sequence[PersonEntry]:
        """Everyone, by login."""

    async def person(self, caller: Caller, person: UUID) -> PersonEntry:
        """One."""

    async def set_roles(self, caller: Caller, person: UUID, roles: Collection[Role]) -> None:
        """Exactly these. Raises InvalidRequestError."""

    async def sessions(self, caller: Caller, person: UUID) -> Sequence[SessionEntry]:
        """Those that were not ended."""

    async def end_sessions(self, caller: Caller, person: UUID) -> int:
        """All of them."""

    async def sees(self, caller: Caller, person: UUID) -> Sequence[AccessRow]:
        """Whom she may see, and why; asking is on record."""

    async def grants(self, caller: Caller, person: UUID) -> Sequence[GrantEntry]:
        """Hers, past ones included."""

    async def reason(self, caller: Caller, grant: UUID) -> str:
        """On record first. Raises VaultError."""

    async def revoke(self, caller: Caller, grant: UUID) -> None:
        """Now."""

    async def relations(self, caller: Caller, practitioner: str) -> Sequence[RelationEntry]:
        """Those that were entered here."""

    async def end_relation(self, caller: Caller, relation: UUID) -> None:
        """Now."""


@dataclass(frozen=True, slots=True)
class PeoplePages:
    """`door` leads to the provider where a change needs a fresh login."""

    people: People
    drafts: Drafts
    door: SignInPages

    def declared(self) -> list[Page]:
        """The list, one person, and what is changed of her."""
        one = PATH + "/{person}"
        return [
            get(PATH, self.list, EITHER, nav="People"),
            post(PATH, self.search, EITHER, once=False),
            get(one, self.show, EITHER, drafts=True),
            post(one + "/roles", self.set_roles, ENGINEERS),
            post(one + "/sessions", self.end_sessions, ENGINEERS),
            post(one + "/grants/{grant}/words", self.read, OFFICERS, once=False),
            post(one + "/grants/{grant}/revoke", self.revoke, OFFICERS),
            post(one + "/relations/{relation}/end", self.end_relation, OFFICERS),
        ]

    async def list(self, visit: Visit) -> Response:
        """`GET /people`."""
        return await self._list(visit, "")

    async def search(self, visit: Visit) -> Response:
        """`POST /people`: by login or role."""
        return await self._list(visit, visit.form.text("words", most=MOST_WORDS))

    async def show(self, visit: Visit) -> Response:
        """`GET /people/{person}`: what the asker's role may see of her."""
        return await self._person(visit)

    async def set_roles(self, visit: Visit) -> Response:
        """`POST /people/{person}/roles`: exactly the ticked ones, from her next request on."""
        person = named(visit, "person")
        roles = [one for one in Role if visit.form.get(f"role_{one}") == "yes"]
        try:
            await self.people.set_roles(visit.caller, person, roles)
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"{PATH}/{person}")
        return visit.go(f"{PATH}/{person}")

    async def end_sessions(self, visit: Visit) -> Response:
        """`POST /people/{person}/sessions`: she is logged out everywhere; a running answer is cut."""
        person = named(visit, "person")
        await self.people.end_sessions(visit.caller, person)
        return visit.go(f"{PATH}/{person}")

    async def read(self, visit: Visit) -> Response:
        """`POST /people/{person}/grants/{grant}/words`: why it was given; reading is on record."""
        person, grant = named(visit, "person"), named(visit, "grant")
        try:
            said = await self.people.reason(visit.caller, grant)
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"{PATH}/{person}")
        return await self._person(visit, read=grant, said=said)

    async def revoke(self, visit: Visit) -> Response:
        """`POST /people/{person}/grants/{grant}/revoke`: from the next request on, and inside a running answer."""
        person = named(visit, "person")
        try:
            await self.people.revoke(visit.caller, named(visit, "grant"))
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"{PATH}/{person}")
        return visit.go(f"{PATH}/{person}")

    async def end_relation(self, visit: Visit) -> Response:
        """`POST /people/{person}/relations/{relation}/end`."""
        await self.people.end_relation(visit.caller, named(visit, "relation"))
        return visit.go(f"{PATH}/{named(visit, 'person')}")

    async def _list(self, visit: Visit, words: str) -> Response:
        every = await self.people.people(visit.caller)
        wanted = words.casefold().replace(" ", "_")
        found = [one for one in every if wanted in one.login.casefold() or wanted in one.roles]
        counts = {"all": len(every), "active": sum(one.active for one in every), "found": len(found)}
        return visit.section("people", "list", found=found[:SHOWN], counts=counts, words=words)

    async def _person(self, visit: Visit, read: UUID | None = None, said: str = "") -> Response:
        caller, may = visit.caller, self.people.may
        person = await self.people.person(caller, named(visit, "person"))
        sessions = await self.people.sessions(caller, person.id) if may(caller, Act.MANAGE_SESSIONS) else None
        rows = await self.people.sees(caller, person.id) if may(caller, Act.READ_ACCESS_REPORT) else None
        grants = await self.people.grants(caller, person.id) if may(caller, Act.MANAGE_GRANTS) else None
        entered = (
            await self.people.relations(caller, person.practitioner)
            if person.practitioner and may(caller, Act.MANAGE_RELATIONS)
            else ()
        )
        return visit.page(
            "person", person=person, own=person.id == caller.person, sessions=sessions, rows=rows, grants=grants,
            entered=[one for one in entered if one.ends_at is None or one.ends_at > visit.now],
            sources=None if rows is None else _sources(rows), shown=SHOWN_ROWS, now=visit.now, read=read, said=said,
            by=SOURCE_WORDS, roles=tuple(Role) if may(caller, Act.MANAGE_ROLES) else (),
            names={one.id: one.login for one in await self.people.people(caller)} if grants else {},
        )  # fmt: skip


def _sources(rows: Sequence[AccessRow]) -> dict[str, int]:
    """How many patients by each kind of relation; what the flag closes is apart."""
    counts: dict[str, set[UUID]] = {}
    for one in rows:
        counts.setdefault(
            "closed by the flag" if one.closed_by_flag else SOURCE_WORDS.get(one.source, one.source), set()
        ).add(one.patient)
    return {name: len(found) for name, found in sorted(counts.items(), key=lambda item: -len(item[1]))}
