"""Twins of the officer's rooms: what they are asked is remembered, what they tell a test says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from phiward.console.sign_in import SignInPages
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.administration import AccessRow, GrantEntry, PersonEntry, RelationEntry, SessionEntry
from phiward.domain.emergency import ReviewEntry, ReviewOutcome, Seen, SeenText
from phiward.domain.errors import NotPermittedError
from phiward.domain.office import (
    AnchorReach,
    LogCheck,
    Looked,
    ReportedAnswer,
    Waiting,
    Watched,
)
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse, Role
from phiward.domain.verdict import Deny
from phiward.policy.explain import Explanation
from tests.console.twins import NOW, ORIGIN, PAGES, SessionsTwin, SignInTwin

GRANT, REPORT, SHE, OTHER = UUID(int=70), UUID(int=71), UUID(int=9), UUID(int=10)
ME = UUID(int=1)
"""Whose session the twins know (tests.console.twins.signed)."""
PATIENT = PatientRef(UUID(int=7))
ENTRY = ReviewEntry(
    GRANT, SHE, "alice", PATIENT, "threat_to_life", NOW - timedelta(hours=20), NOW - timedelta(hours=19), False, False,
    NOW + timedelta(hours=4), False, False, None, None,
)  # fmt: skip
SEEN = (
    Seen(UUID(int=81), "intent", NOW - timedelta(hours=20), ("d1", "d2"), "self_hosted"),
    Seen(UUID(int=82), "intent", NOW - timedelta(hours=20), ("d2",), "no_baa", None, 1),
    Seen(UUID(int=83), "refusal", NOW - timedelta(hours=20), (), None, "psychotherapy_closed"),
)
REPORTED = ReportedAnswer(
    REPORT, UUID(int=90), SHE, "alice", PATIENT, "wrong_patient", True, NOW - timedelta(days=1)
)  # fmt: skip
HOLDS = LogCheck(NOW - timedelta(hours=1), True, 1_000, (), 0)
KEEPS_UP = AnchorReach("folder", "folder", 60.0, 10, NOW, None, 0)
QUIET = Watched(
    NOW, NOW + timedelta(minutes=1), HOLDS, (KEEPS_UP,), (), 0, NOW - timedelta(days=7), (), (), (), 0, None
)
NOTHING = Waiting()
PERSON = PersonEntry(SHE, "alice", ("physician",), "Practitioner/1", True, True, None)
STEP_UP = NotPermittedError("Confirm that it is you.", rule="act_needs_step_up")


def door() -> SignInPages:
    """To the provider."""
    return SignInPages(SignInTwin(), SessionsTwin(), PAGES, ORIGIN)


@dataclass
class OfficeTwin:
    """Queue, reviews, reports, people and reports of access in one. `refusal` is raised by every act."""

    entry_: ReviewEntry = ENTRY
    refusal: Exception | None = None
    waiting_: Waiting = NOTHING
    watched_: Watched = QUIET
    report_: ReportedAnswer = REPORTED
    acts: frozenset[Act] = frozenset(Act)
    everyone: tuple[PersonEntry, ...] = (PERSON, replace(PERSON, id=OTHER, login="zoe", roles=("nurse",), active=False))
    grants_: tuple[GrantEntry, ...] = ()
    explained: Explanation = field(
        default_factory=lambda: Explanation(Deny("default_deny", "No rule permits this."), (), {"in_care": False})
    )
    looked_: Looked = field(default_factory=lambda: Looked(NOW, NOW, (), (), (), 0, cut=False))
    asked: list[Any] = field(default_factory=list)

    def _act(self, *what: Any) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append(what)

    async def reviews(self, caller: Caller) -> Sequence[ReviewEntry]:
        """One."""
        return (self.entry_,)

    async def waiting(self, caller: Caller) -> Waiting:
        """As a test says."""
        return self.waiting_

    async def watched(self, caller: Caller) -> Watched:
        """As a test says."""
        return self.watched_

    async def entry(self, caller: Caller, emergency: UUID) -> ReviewEntry:
        """The one."""
        return self.entry_

    async def seen(self, caller: Caller, emergency: UUID) -> Sequence[Seen]:
        """Three."""
        return SEEN

    async def read(self, caller: Caller, entry: ReviewEntry) -> tuple[str | None, str | None, Sequence[SeenText]]:
        """Sealed words."""
        self._act("read", entry.id)
        return "found <b>alone</b>", None, (SeenText(UUID(int=81), "sent", "As it left [PATIENT_1]"),)

    async def decide(self, caller: Caller, emergency: UUID, outcome: ReviewOutcome, note: str) -> UUID | None:
        """Remembered."""
        self._act("decide", emergency, outcome, note)
        return None

    async def report(self, caller: Caller, report: UUID) -> ReportedAnswer:
        """The one."""
        return self.report_

    async def report_words(self, caller: Caller, report: UUID) -> str:
        """Sealed words."""
        self._act("report_words", report)
        return "It is <i>wrong</i>"

    async def close_report(self, caller: Caller, report: UUID) -> None:
        """Remembered."""
        self._act("close_report", report)

    def may(self, caller: Caller, act: Act) -> bool:
        """As a test says."""
        return act in self.acts

    async def people(self, caller: Caller) -> Sequence[PersonEntry]:
        """Two."""
        return self.everyone

    async def person(self, caller: Caller, person: UUID) -> PersonEntry:
        """One."""
        return replace(PERSON, id=person)

    async def set_roles(self, caller: Caller, person: UUID, roles: Collection[Role]) -> None:
        """Remembered."""
        self._act("set_roles", person, tuple(roles))

    async def sessions(self, caller: Caller, person: UUID) -> Sequence[SessionEntry]:
        """One."""
        return (SessionEntry(UUID(int=5), "browser", None, NOW, NOW, NOW + timedelta(hours=8), None),)

    async def end_sessions(self, caller: Caller, person: UUID) -> int:
        """Remembered."""
        self._act("end_sessions", person)
        return 1

    async def sees(self, caller: Caller, person: UUID) -> Sequence[AccessRow]:
        """One."""
        return (AccessRow(person, "alice", ("physician",), PATIENT, "CareTeam", NOW, None, None, None, None, (), False,
                          False),)  # fmt: skip

    async def grants(self, caller: Caller, person: UUID) -> Sequence[GrantEntry]:
        """As a test says."""
        return self.grants_

    async def reason(self, caller: Caller, grant: UUID) -> str:
        """Sealed words."""
        self._act("reason", grant)
        return "asked to <u>consult</u>"

    async def revoke(self, caller: Caller, grant: UUID) -> None:
        """Remembered."""
        self._act("revoke", grant)

    async def relations(self, caller: Caller, practitioner: str) -> Sequence[RelationEntry]:
        """One."""
        return (RelationEntry(UUID(int=6), practitioner, PATIENT, NOW, None),)

    async def end_relation(self, caller: Caller, relation: UUID) -> None:
        """Remembered."""
        self._act("end_relation", relation)

    async def patient(self, caller: Caller, reference: str) -> PatientRef:
        """Always the same."""
        self._act("patient", reference)
        return PATIENT

    async def who_may_see(self, caller: Caller, patient: UUID) -> Sequence[AccessRow]:
        """One."""
        return await self.sees(caller, SHE)

    async def who_looked(self, caller: Caller, patient: UUID, since: datetime, until: datetime) -> Looked:
        """As a test says."""
        self.asked.append(("looked", since, until))
        return replace(self.looked_, since=since, until=until)

    async def why(self, caller: Caller, person: UUID, patient: UUID, purpose: PurposeOfUse) -> Explanation:
        """As a test says."""
        self.asked.append(("why", person, purpose))
        return self.explained

    def reason_of(self, rule: str) -> str:
        """Words."""
        return f"Because of {rule}."
