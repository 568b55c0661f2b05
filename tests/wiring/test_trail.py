"""The log for a page: policy first, on record before it is shown, and a proof that is checked here and now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from phiward.audit.anchoring import AnchorStatus
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import AuditIntegrityError, AuditUnavailableError, InvalidRequestError, NotPermittedError
from phiward.domain.people import Caller, Role
from phiward.domain.trail import Search, Trail, TrailEntry
from phiward.wiring.duties import Duties
from phiward.wiring.trail import NOBODY, TrailRoom
from tests.adapters.postgres.log_shards import VERIFIER
from tests.console.trail_twins import QUESTION, ZORA
from tests.console.twins import NOW, signed
from tests.wiring.test_duties import duties
from tests.wiring.test_evidence import ENTRY, GOOD, LEAF, Stored

OFFICER, ENGINEER = signed(Role.PRIVACY_OFFICER).caller, signed(Role.ADMINISTRATOR).caller
IN_LOG = replace(ENTRY, id=QUESTION.id)


@dataclass
class Office:
    """Records, or cannot."""

    works: bool = True
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @asynccontextmanager
    async def change(self, tenant: UUID, action: str) -> AsyncIterator[Any]:
        """An act."""
        change = SimpleNamespace(facts={})
        yield change
        if not self.works:
            raise AuditUnavailableError("The log is full.")
        self.acts.append((action, change.facts))


@dataclass
class SearchTwin:
    """Knows alice and one entry."""

    asked: list[Search] = field(default_factory=list)

    async def find(self, tenant: UUID, search: Search) -> Trail:
        """The one."""
        self.asked.append(search)
        return Trail(() if NOBODY in (search.person, search.patient) else (QUESTION,))

    async def person(self, tenant: UUID, login: str) -> UUID | None:
        """Alice."""
        return UUID(int=9) if login == "alice" else None

    async def one(self, tenant: UUID, entry: UUID) -> TrailEntry | None:
        """The one."""
        return QUESTION if entry == QUESTION.id else None

    async def beside(self, tenant: UUID, entry: TrailEntry) -> tuple[tuple[TrailEntry, ...], tuple[str, ...]]:
        """None."""
        return (), ("sent",)

    async def names(self, tenant: UUID, entries: object) -> Any:
        """None."""
        return SimpleNamespace(people={}, destinations={})


class Book:
    """Three anchors: one that covers the entry, one that does not, and one of another log."""

    async def all(self) -> list[AnchorStatus]:
        """They."""
        origin = f"{VERIFIER.name}/2026"
        return [
            AnchorStatus(name, "folder", 60.0, where, size, NOW, None, None)
            for name, where, size in (("a", origin, 1), ("b", origin, 0), ("c", "elsewhere", 9))
        ]


class DutiesTwin(Duties):
    """The shipped policies, and an office in memory."""

    def office(self, caller: Caller) -> Any:
        """The twin's."""
        return OFFICE[id(self)]


OFFICE: dict[int, Office] = {}


def room(office: Office | None = None, found: Any = IN_LOG, note: bytes = GOOD) -> tuple[TrailRoom, SearchTwin, Office]:
    """Over a log of one entry."""
    made, search = DutiesTwin(duties().access), SearchTwin()
    OFFICE[id(made)] = kept = office or Office()
    evidence = Stored([found] if found else [], {"2026": note})
    return TrailRoom(made, cast(Any, search), cast(Any, evidence), cast(Any, Book()), VERIFIER), search, kept


@pytest.mark.parametrize(
    "call",
    [
        lambda r, who: r.find(who, Search(), "", ""),
        lambda r, who: r.opened(who, QUESTION.id),
        lambda r, who: r.proof(who, QUESTION.id),
    ],
)
async def test_a_clinician_reads_nothing_of_it_and_the_refusal_is_on_record(call: Any) -> None:
    """Whatever page she forges."""
    made, search, office = room()
    with pytest.raises(NotPermittedError):
        await call(made, signed(Role.PHYSICIAN).caller)
    assert (search.asked, office.acts, len(cast(Any, made.duties.access).told)) == ([], [], 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda r: r.find(OFFICER, Search(), "", ""),
        lambda r: r.opened(OFFICER, QUESTION.id),
        lambda r: r.proof(OFFICER, QUESTION.id),
    ],
)
async def test_no_record_nothing_shown(call: Any) -> None:
    """Promise 1, for those who look into the log as for those who are in it."""
    made, _, _ = room(Office(works=False))
    with pytest.raises(AuditUnavailableError):
        await call(made)


async def test_a_search_is_on_record_by_ids_and_codes() -> None:
    """No login, and no number that was typed."""
    made, search, office = room()
    await made.find(OFFICER, Search(since=NOW), "alice", str(ZORA))
    ((action, facts),) = office.acts
    assert (action, facts["person"], facts["patients"], facts["unknown"], facts["found"]) == (
        "audit.searched", str(UUID(int=9)), [str(ZORA)], [], 1,
    )  # fmt: skip
    assert (search.asked[0].person, search.asked[0].patient) == (UUID(int=9), ZORA)


async def test_an_unknown_login_and_a_number_that_is_not_hers_find_nothing_and_say_nothing() -> None:
    """That they are unknown is on record."""
    made, search, office = room()
    trail, _ = await made.find(ENGINEER, Search(), "nobody", "MRN-1")
    assert trail.entries == ()
    assert (search.asked[0].person, search.asked[0].patient) == (NOBODY, NOBODY)
    ((_, facts),) = office.acts
    assert (facts["person"], facts["patients"], facts["unknown"]) == (None, [], ["person", "patient"])


async def test_an_entry_is_opened_with_a_proof_that_holds_and_who_covers_it() -> None:
    """By the key of the log."""
    made, _, office = room()
    opened = await made.opened(ENGINEER, QUESTION.id)
    assert (opened.proof.numbered, opened.proof.fault, opened.proof.size) == (True, None, 1)
    assert [(one.name, one.covers) for one in opened.proof.kept] == [("a", True), ("b", False), ("c", False)]
    assert office.acts[0] == (
        "audit.entry_read", {"entry": str(QUESTION.id), "patients": [str(ZORA)], "before": None, "after": None},
    )  # fmt: skip
    assert (await made.proof(ENGINEER, QUESTION.id)).startswith(b"c2sp.org/tlog-proof@v1\n")


async def test_an_edited_entry_is_shown_with_what_does_not_fit_and_gives_no_proof() -> None:
    """The page hides nothing; the file is not made."""
    made, _, _ = room(found=replace(IN_LOG, leaf=LEAF.replace(b"physician", b"physicist")))
    opened = await made.opened(OFFICER, QUESTION.id)
    assert "does not lead" in (opened.proof.fault or "")
    with pytest.raises(AuditIntegrityError):
        await made.proof(OFFICER, QUESTION.id)


async def test_what_has_no_number_yet_has_no_proof_yet() -> None:
    """Nothing is wrong with it."""
    made, _, _ = room(found=replace(IN_LOG, index=None))
    assert (await made.opened(OFFICER, QUESTION.id)).proof.numbered is False
    with pytest.raises(InvalidRequestError, match="no number yet"):
        await made.proof(OFFICER, QUESTION.id)


async def test_an_entry_of_nobody_is_not_there() -> None:
    """Nor is its proof."""
    made, _, office = room()
    for call in (made.opened, made.proof):
        with pytest.raises(UnknownIdError):
            await call(OFFICER, uuid4())
    assert office.acts == []
