"""Reviews of emergency access: the queue, the decision, and what is done when one is late.

The reviewer is never the person reviewed. Every decision has its entry in the log; one that finds the access
inappropriate opens an incident in the same transaction. On the warden's or the registrar's role.
Source: 45 CFR 164.308(a)(1)(ii)(D), 164.308(a)(6)(ii).
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.adapters.postgres.database import row_dict
from phiward.adapters.postgres.emergency import REASON_NAME
from phiward.domain.administration import UnknownIdError
from phiward.domain.emergency import ReviewEntry, ReviewOutcome
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Role
from phiward.policy.emergency import FREQUENT_WITHIN, is_frequent
from phiward.policy.working_days import WorkingDays
from phiward.vault.vault import Vault

NOTE_NAME: Final = "review_note"
LEAST_NOTE: Final = 3
MOST_NOTE: Final = 4_000

_ENTRIES = """
SELECT e.id, g.person, p.login, g.patient, e.reason, g.starts_at, g.ends_at, e.extended_at IS NOT NULL AS extended,
       e.offline, e.review_due, e.review_due < %(now)s AND e.outcome IS NULL AS overdue, e.outcome, e.reviewer,
       coalesce(e.ended_at, g.revoked_at) AS ended_at, e.extended_at, e.reviewed_at,
       (SELECT count(*) FROM access_grant o WHERE o.kind = 'emergency' AND o.person = g.person
           AND o.starts_at > g.starts_at - %(within)s AND o.starts_at <= g.starts_at) AS frequent
  FROM emergency e JOIN access_grant g ON g.id = e.id JOIN person p ON p.id = g.person
"""


@dataclass(frozen=True, slots=True)
class Reviews:
    """`calendar` gives a clarification its new due date."""

    administration: Administration
    vault: Vault
    calendar: WorkingDays
    webhook: bool = False

    async def queue(self, tenant: UUID, *, every: bool = False) -> tuple[ReviewEntry, ...]:
        """What waits for a decision, the most urgent first; with `every` what was decided as well."""
        where = "" if every else " WHERE e.outcome IS NULL"
        query = f"{_ENTRIES}{where} ORDER BY e.outcome IS NOT NULL, e.review_due, e.id"
        async with self.administration.database.as_tenant(tenant) as connection:
            values = {"now": self.administration.clock(), "within": FREQUENT_WITHIN}
            cursor = await connection.execute(query.encode(), values)
            return tuple(_entry(row_dict(cursor, row)) for row in await cursor.fetchall())

    async def entry(self, tenant: UUID, emergency: UUID) -> ReviewEntry:
        """One of them. Raises UnknownIdError."""
        query = f"{_ENTRIES} WHERE e.id = %(id)s"
        async with self.administration.database.as_tenant(tenant) as connection:
            values = {"now": self.administration.clock(), "within": FREQUENT_WITHIN, "id": emergency}
            cursor = await connection.execute(query.encode(), values)
            row = await cursor.fetchone()
            if row is None:
                raise UnknownIdError("emergency")
            return _entry(row_dict(cursor, row))

    async def words(self, tenant: UUID, emergency: UUID) -> tuple[str | None, str | None]:
        """Why, in the clinician's own words, and the last note of a reviewer. Raises UnknownIdError, VaultError."""
        query = """SELECT g.patient, g.sealed_reason, e.sealed_note
                     FROM emergency e JOIN access_grant g ON g.id = e.id WHERE e.id = %s"""
        async with self.administration.database.as_tenant(tenant) as connection:
            row = await (await connection.execute(query, [emergency])).fetchone()
        if row is None:
            raise UnknownIdError("emergency")
        patient = PatientRef(row[0])

        def opened(name: str, sealed: bytes | None) -> str | None:
            return None if sealed is None else self.vault.open(tenant, patient, emergency, name, bytes(sealed)).decode()

        return opened(REASON_NAME, row[1]), opened(NOTE_NAME, row[2])

    async def decide(
        self, tenant: UUID, emergency: UUID, reviewer: UUID, outcome: ReviewOutcome, note: str
    ) -> UUID | None:
        """Decide, and return the incident that an inappropriate access opens.

        Raises UnknownIdError, InvalidRequestError for a decided one or a note that is none, NotPermittedError
        (rule self_review, reviewer) for the person reviewed and for whoever is no privacy officer.
        """
        words, now = " ".join(note.split()), self.administration.clock()
        if not LEAST_NOTE <= len(words) <= MOST_NOTE:
            raise InvalidRequestError("A review needs a note of 3 to 4,000 characters.", param="note")
        async with self.administration.change(tenant, "emergency.reviewed") as change:
            connection = change.connection
            query = """SELECT g.person, g.patient, e.outcome, e.review_due, g.ends_at, g.revoked_at
                         FROM emergency e JOIN access_grant g ON g.id = e.id WHERE e.id = %s FOR UPDATE OF e"""
            row = await (await connection.execute(query, [emergency])).fetchone()
            if row is None:
                raise UnknownIdError("emergency")
            person, patient, decided, due, ends_at, revoked_at = row
            if person == reviewer:
                raise NotPermittedError("Nobody reviews her own access.", rule="self_review")
            roles = await (
                await connection.execute("SELECT roles FROM person WHERE id = %s AND active", [reviewer])
            ).fetchone()
            if roles is None or str(Role.PRIVACY_OFFICER) not in roles[0]:
                raise NotPermittedError("Privacy officers review.", rule="reviewer")
            if decided is not None:
                raise InvalidRequestError("This review was decided.", param="emergency")
            if (revoked_at or ends_at) > now and outcome is not ReviewOutcome.CLARIFY:
                raise InvalidRequestError("The access is still open; review it when it is over.", param="emergency")
            sealed = self.vault.seal(tenant, PatientRef(patient), emergency, NOTE_NAME, words.encode())
            told: dict[str, Any] = {
                "grant": str(emergency), "person": str(person), "reviewer": str(reviewer), "patients": [str(patient)],
                "before": {"outcome": None, "review_due": due.isoformat()},
            }  # fmt: skip
            incident = None
            if outcome is ReviewOutcome.CLARIFY:
                new_due = self.calendar.due(now)
                await connection.execute(
                    "UPDATE emergency SET review_due = %s, sealed_note = %s, escalated_at = NULL WHERE id = %s",
                    [new_due, sealed, emergency],
                )
                told["after"] = {"outcome": None, "asked": "clarify", "review_due": new_due.isoformat()}
            else:
                await connection.execute(
                    "UPDATE emergency SET outcome = %s, reviewer = %s, reviewed_at = %s, sealed_note = %s"
                    " WHERE id = %s",
                    [str(outcome), reviewer, now, sealed, emergency],
                )
                told["after"] = {"outcome": str(outcome)}
            if outcome is ReviewOutcome.INAPPROPRIATE:
                incident = self.administration.new_id()
                await connection.execute(
                    "INSERT INTO incident (id, tenant, emergency, kind, opened_by, opened_at)"
                    " VALUES (%s, %s, %s, 'inappropriate_emergency_access', %s, %s)",
                    [incident, tenant, emergency, reviewer, now],
                )
                told["incident"] = str(incident)
            change.facts.update(told)
        return incident

    async def escalate(self, tenant: UUID) -> int:
        """Tell privacy officers and administrators, once, of every review that is late; returns how many."""
        now, told = self.administration.clock(), 0
        async with self.administration.database.as_tenant(tenant) as connection:
            query = """UPDATE emergency SET escalated_at = %s
                        WHERE outcome IS NULL AND escalated_at IS NULL AND review_due < %s RETURNING id, review_due"""
            for emergency, due in await (await connection.execute(query, [now, now])).fetchall():
                facts = {"grant": str(emergency), "review_due": due.isoformat()}
                await queue_alerts(
                    connection, tenant, "emergency.review_overdue", facts, now, self.administration.new_id,
                    webhook=self.webhook, administrators=True,
                )  # fmt: skip
                await self.administration.record(
                    connection, tenant, "emergency.review_overdue", {**facts, "before": None, "after": {"told": True}}
                )
                told += 1
        return told


def _entry(row: dict[str, Any]) -> ReviewEntry:
    return ReviewEntry(**{**row, "frequent": is_frequent(row["frequent"])})
