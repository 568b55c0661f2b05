"""The log for a page: policy first, on record before it is shown, and a proof that is checked here and now."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
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
from tests.wiring.offices import Office
from tests.wiring.test_duties import duties
from tests.wiring.test_evidence import ENTRY, GOOD, LEAF, Stored

OFFICER, ENGINEER = signed(Role.PRIVACY_OFFICER).caller, signed(Role.ADMINISTRATOR).caller
IN_LOG = replace(ENTRY, id=QUESTION.id)


@dataclass
class SearchTwin:
    """Knows alice and one entry."""

    asked: list[Search] = field(default_factory=list)
    others: tuple[TrailEntry, ...] = ()
    entry: TrailEntry = QUESTION

    async def find(self, tenant: UUID, search: Search) -> Trail:
        """The one."""
        self.asked.append(search)
        return Trail(() if NOBODY in (search.person, search.patient) else (QUESTION,))

    async def person(self, tenant: UUID, login: str) -> UUID | None:
        """Alice."""
        return UUID(int=9) if login == "alice" else None

    async def one(self, tenant: UUID, entry: UUID) -> TrailEntry | None:
        """The one."""
        return self.entry if entry == QUESTION.id else None

    async def beside(self, tenant: UUID, entry: TrailEntry) -> tuple[tuple[TrailEntry, ...], tuple[str, ...]]:
        """As a test says."""
        return self.others, ("sent",)

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


async def test_a_row_that_says_something_else_than_its_leaf_does_not_fit_though_the_leaf_does() -> None:
    """The proof of a leaf says nothing of the columns beside it."""
    made, search, _ = room()
    search.entry = replace(QUESTION, fits=False)
    assert "column" in ((await made.opened(OFFICER, QUESTION.id)).proof.fault or "")
    with pytest.raises(AuditIntegrityError, match="column"):
        await made.proof(OFFICER, QUESTION.id)  # it would be of another entry than the one it is named by


OUTCOME = replace(QUESTION, kind="outcome", facts={"outcome": "released"}, ended=None)


@pytest.mark.parametrize(
    ("outcome", "fault", "reason"),
    [
        (OUTCOME, None, "in order"),
        (replace(OUTCOME, index=None), None, "has no number yet"),
        (replace(OUTCOME, fits=False), "What became of it", "a column of it was edited"),
        (replace(OUTCOME, id=uuid4()), "What became of it", "its entry is gone"),
    ],
)
async def test_what_became_of_it_is_proved_with_it(outcome: TrailEntry, fault: str | None, reason: str) -> None:
    """It is told on the same page, under the same word."""
    made, search, _ = room()
    search.others = (outcome,)
    found = (await made.opened(OFFICER, QUESTION.id)).proof.fault
    assert (found is None) if fault is None else (found or "").startswith(fault), reason


async def test_an_edited_outcome_is_named_as_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question itself is in order."""
    made, search, _ = room()
    other = replace(OUTCOME, id=uuid4())
    search.others = (other,)
    good = made.evidence.find

    async def find(wanted: UUID) -> Any:
        (one,) = await good(QUESTION.id)
        if wanted == QUESTION.id:
            return [one]
        return [replace(one, entry=replace(one.entry, id=other.id, leaf=LEAF.replace(b"physician", b"physicist")))]

    monkeypatch.setattr(made.evidence, "find", find)
    assert "What became of it: The proof does not lead" in ((await made.opened(OFFICER, QUESTION.id)).proof.fault or "")


@pytest.mark.parametrize(("ago", "late"), [(timedelta(0), False), (timedelta(minutes=2), True)])
async def test_what_waits_longer_than_numbering_takes_is_late(ago: timedelta, late: bool) -> None:
    """Somebody may have taken its number away."""
    made, search, _ = room(found=replace(IN_LOG, index=None))
    search.entry = replace(QUESTION, index=None, at=datetime.now(UTC) - ago)
    assert (await made.opened(OFFICER, QUESTION.id)).proof.late is late


async def test_an_edited_entry_that_names_more_patients_than_an_entry_holds_is_opened() -> None:
    """On record with as many as fit."""
    made, search, office = room()
    search.entry = replace(QUESTION, facts={"patients": [str(UUID(int=n)) for n in range(20_000)]})
    await made.opened(OFFICER, QUESTION.id)
    assert len(office.acts[0][1]["patients"]) == 1_000
