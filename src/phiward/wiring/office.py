"""The officer's and the administrator's rooms, as the pages see them: policy first, then the adapters of every way in.

What is refused is on record; what is read of sealed words is on record before it is read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from phiward.adapters.postgres.grant_reasons import GrantReasons
from phiward.adapters.postgres.looked import WhoLooked
from phiward.adapters.postgres.office_waiting import OfficeWaiting
from phiward.adapters.postgres.office_watching import OfficeWatching
from phiward.adapters.postgres.report_desk import ReportDesk
from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.administration import AccessRow, GrantEntry, PersonEntry, RelationEntry, SessionEntry
from phiward.domain.emergency import ReviewEntry, ReviewOutcome, Seen, SeenText
from phiward.domain.errors import NotPermittedError
from phiward.domain.office import Looked, ReportedAnswer, Waiting, Watched
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse, Role
from phiward.domain.text import Secret
from phiward.policy.cases import Case
from phiward.policy.explain import Explanation, explain
from phiward.wiring.access import Access
from phiward.wiring.base import utc_now
from phiward.wiring.duties import Duties
from phiward.wiring.standing import standing_of

PAGE = 200
MOST_PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class QueueRoom:
    """Implements console.queue.Work."""

    duties: Duties
    waits: OfficeWaiting
    watch: OfficeWatching

    async def reviews(self, caller: Caller) -> Sequence[ReviewEntry]:
        """Raises NotPermittedError, StorageError; so do the others."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self.duties.access.reviews.queue(caller.tenant, every=True)

    async def waiting(self, caller: Caller) -> Waiting:
        """What else nobody decided."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self.waits.waiting(caller.tenant)

    async def watched(self, caller: Caller) -> Watched:
        """Of the last minute."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self.watch.watched(caller.tenant)


@dataclass(frozen=True, slots=True)
class ReviewRoom:
    """Implements console.review.Reviewing and console.reported.Reported."""

    duties: Duties
    under: SeenUnderGrant

    async def entry(self, caller: Caller, emergency: UUID) -> ReviewEntry:
        """Raises UnknownIdError, NotPermittedError."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self.duties.access.reviews.entry(caller.tenant, emergency)

    async def seen(self, caller: Caller, emergency: UUID) -> Sequence[Seen]:
        """Every question under it."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self.under.under(caller.tenant, emergency)

    async def read(
        self, caller: Caller, entry: ReviewEntry
    ) -> tuple[str | None, str | None, Sequence[SeenText]]:  # fmt: skip
        """Her reason, the last note, and what was asked and answered; on record first. Raises VaultError."""
        await self.duties.demand(caller, Act.REVIEW_EMERGENCY)
        if entry.person == caller.person:
            raise NotPermittedError("Nobody reviews her own access.", rule="self_review")
        async with self.duties.office(caller).change(caller.tenant, "emergency.texts_read") as change:
            change.facts.update(grant=str(entry.id), patients=[str(entry.patient)], before=None, after=None)
        access = self.duties.access
        reason, note = await access.reviews.words(caller.tenant, entry.id)
        return reason, note, await self.under.texts(caller.tenant, entry.id, entry.patient, access.vault)

    async def decide(self, caller: Caller, emergency: UUID, outcome: ReviewOutcome, note: str) -> UUID | None:
        """Raises NotPermittedError (rule self_review), InvalidRequestError, UnknownIdError."""
        await self.duties.demand(caller, Act.REVIEW_EMERGENCY)
        reviews = replace(self.duties.access.reviews, administration=self.duties.office(caller))
        return await reviews.decide(caller.tenant, emergency, caller.person, outcome, note)

    async def report(self, caller: Caller, report: UUID) -> ReportedAnswer:
        """Raises UnknownIdError, NotPermittedError."""
        await self.duties.demand_role(caller, Act.REVIEW_EMERGENCY)
        return await self._reports(caller).one(caller.tenant, report)

    async def report_words(self, caller: Caller, report: UUID) -> str:
        """On record first. Raises VaultError."""
        await self.duties.demand(caller, Act.REVIEW_EMERGENCY)
        return await self._reports(caller).words(caller.tenant, report)

    async def close_report(self, caller: Caller, report: UUID) -> None:
        """Raises NotPermittedError (rule self_review), InvalidRequestError."""
        await self.duties.demand(caller, Act.REVIEW_EMERGENCY)
        await self._reports(caller).close(caller.tenant, report, caller.person)

    def _reports(self, caller: Caller) -> ReportDesk:
        return ReportDesk(self.duties.office(caller), self.duties.access.vault)


@dataclass(frozen=True, slots=True)
class PeopleRoom:
    """Implements console.people.People, console.person.Person and console.access_report.Report."""

    duties: Duties
    looked: WhoLooked

    @property
    def access(self) -> Access:
        """What everything stands on."""
        return self.duties.access

    def may(self, caller: Caller, act: Act) -> bool:
        """Whether her role may, once she confirmed."""
        return self.duties.would(caller, act)

    async def people(self, caller: Caller) -> Sequence[PersonEntry]:
        """Everyone, by login. Raises NotPermittedError, StorageError."""
        await self.duties.demand_role(caller, Act.MANAGE_PEOPLE, Act.READ_ACCESS_REPORT)
        desk, found, after = self.access.desk(caller).access.people, list[PersonEntry](), UUID(int=0)
        while len(found) < MOST_PEOPLE and (page := await desk.people(caller.tenant, after, PAGE)):
            found += page
            after = page[-1].id
        return sorted(found, key=lambda one: one.login)

    async def person(self, caller: Caller, person: UUID) -> PersonEntry:
        """Raises UnknownIdError."""
        await self.duties.demand_role(caller, Act.MANAGE_PEOPLE, Act.READ_ACCESS_REPORT)
        return await self.access.desk(caller).access.people.person(caller.tenant, person)

    async def set_roles(self, caller: Caller, person: UUID, roles: Collection[Role]) -> None:
        """Raises NotPermittedError (own_access for her own), InvalidRequestError."""
        await self.duties.demand(caller, Act.MANAGE_ROLES)
        _refuse_own(caller, person)
        await self.access.desk(caller).access.people.set_roles(caller.tenant, person, roles)

    async def sessions(self, caller: Caller, person: UUID) -> Sequence[SessionEntry]:
        """Those that were not ended."""
        await self.duties.demand(caller, Act.MANAGE_SESSIONS)
        return await self.access.desk(caller).access.people.sessions(caller.tenant, person)

    async def end_sessions(self, caller: Caller, person: UUID) -> int:
        """All of them, now."""
        await self.duties.demand(caller, Act.MANAGE_SESSIONS)
        return await self.access.desk(caller).access.people.end_sessions(caller.tenant, person)

    async def sees(self, caller: Caller, person: UUID) -> Sequence[AccessRow]:
        """Whom she may see, and why; asking is on record."""
        await self.duties.demand(caller, Act.READ_ACCESS_REPORT)
        return await self.access.desk(caller).reports.what_may_be_seen_by(caller.tenant, person)

    async def grants(self, caller: Caller, person: UUID) -> Sequence[GrantEntry]:
        """Hers, the newest first, emergencies included."""
        await self.duties.demand_role(caller, Act.MANAGE_GRANTS)
        found, after = list[GrantEntry](), UUID(int=0)
        while page := await self.access.desk(caller).access.grants.grants(caller.tenant, after, PAGE):
            found += [one for one in page if one.person == person]
            after = page[-1].id
        return sorted(found, key=lambda one: one.starts_at, reverse=True)

    async def reason(self, caller: Caller, grant: UUID) -> str:
        """On record first. Raises UnknownIdError, VaultError."""
        await self.duties.demand(caller, Act.MANAGE_GRANTS)
        return await GrantReasons(self.duties.office(caller), self.access.vault).read(caller.tenant, grant)

    async def revoke(self, caller: Caller, grant: UUID) -> None:
        """Now. Raises UnknownIdError."""
        await self.duties.demand(caller, Act.MANAGE_GRANTS)
        await self.access.desk(caller).access.grants.revoke_grant(caller.tenant, grant)

    async def relations(self, caller: Caller, practitioner: str) -> Sequence[RelationEntry]:
        """Those that were entered here."""
        await self.duties.demand_role(caller, Act.MANAGE_RELATIONS)
        found, after = list[RelationEntry](), UUID(int=0)
        while page := await self.access.desk(caller).access.grants.relations(caller.tenant, after, PAGE):
            found += [one for one in page if one.practitioner == practitioner]
            after = page[-1].id
        return found

    async def end_relation(self, caller: Caller, relation: UUID) -> None:
        """Now. Raises UnknownIdError."""
        await self.duties.demand(caller, Act.MANAGE_RELATIONS)
        await self.access.desk(caller).access.grants.end_relation(caller.tenant, relation)

    async def patient(self, caller: Caller, reference: str) -> PatientRef:
        """Whom a reference names. Raises PatientNotFoundError, NotPermittedError."""
        await self.duties.demand(caller, Act.READ_ACCESS_REPORT)
        return await self.access.desk(caller).registry.patient_by_reference(caller.tenant, reference)

    async def who_may_see(self, caller: Caller, patient: UUID) -> Sequence[AccessRow]:
        """Now, and why; asking is on record."""
        await self.duties.demand(caller, Act.READ_ACCESS_REPORT)
        return await self.access.desk(caller).reports.who_may_see(caller.tenant, patient)

    async def who_looked(self, caller: Caller, patient: UUID, since: datetime, until: datetime) -> Looked:
        """From the log."""
        await self.duties.demand(caller, Act.READ_ACCESS_REPORT)
        return await self.looked.at(caller.tenant, patient, since, until)

    def reason_of(self, rule: str) -> str:
        """A rule in plain words; the rule's name where it is none of today's policies."""
        return next((one.reason for one in self.access.policy.rules if one.id == rule), rule.replace("_", " "))

    async def why(self, caller: Caller, person: UUID, patient: UUID, purpose: PurposeOfUse) -> Explanation:
        """Why she may ask about this patient, or not, with a browser's session; asking is on record."""
        await self.duties.demand(caller, Act.READ_ACCESS_REPORT)
        desk, now = self.access.desk(caller), utc_now()
        row = await desk.access.people.person(caller.tenant, person)
        known = frozenset(map(str, Role))
        roles = frozenset(Role(name) for name in row.roles if name in known)
        asker = Caller(
            PersonId(person), caller.tenant, roles, UUID(int=0), now, Secret("none"), kind=CredentialKind.BROWSER
        )
        standing = await standing_of(desk.reports, desk.access.grants, caller.tenant, person, patient, now)
        return explain(self.access.policy, Case(asker, PatientRef(patient), standing, purpose), now)


def _refuse_own(caller: Caller, person: UUID) -> None:
    if person == caller.person:
        raise NotPermittedError("Nobody changes her own access; ask a colleague.", rule="own_access")
