"""Emergency grants in the database: opened, extended once, ended, each with its entry in the log and its alerts.

Everything of one act is one transaction: without its record nothing is opened, and with it the alerts cannot be lost.
On the warden's role, which reads no record: the patient is confirmed by a keyed digest of the date of birth.
Source: 45 CFR 164.312(a)(2)(ii).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration, Change
from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.adapters.postgres.database import Connection
from phiward.adapters.postgres.patient_handles import one_patient
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.policy.emergency import LIFETIME, OFFLINE_ACR, OPENED
from phiward.policy.working_days import WorkingDays
from phiward.records.confirmation import confirmation_digest
from phiward.records.handles import handle_text
from phiward.vault.vault import Vault

REASON_NAME = "emergency_reason"
_NOBODY = UUID(int=0)
_OPEN = """
SELECT e.id, g.person, g.patient, g.starts_at, g.ends_at, e.extended_at IS NOT NULL, e.review_due
  FROM emergency e JOIN access_grant g ON g.id = e.id
 WHERE g.person = %s AND g.revoked_at IS NULL AND g.ends_at > %s
"""


@dataclass(frozen=True, slots=True)
class Emergencies:
    """`administration` is of the warden; `webhook` says whether alerts go there as well."""

    administration: Administration
    vault: Vault
    calendar: WorkingDays
    webhook: bool = False

    async def confirm(self, tenant: UUID, ask: EmergencyAsk) -> PatientRef:
        """The patient whom the reference and its confirmation both name.

        An unknown patient, another organisation's and a wrong confirmation cost the same work and raise the same
        PatientNotFoundError.
        """
        async with self.administration.database.as_tenant(tenant) as connection:
            found = await one_patient(connection, self.vault, ask.patient)
            if ask.identifier is not None:
                other = await one_patient(connection, self.vault, ask.identifier)
                same = handle_text(ask.identifier) == handle_text(ask.patient)
                confirmed = found is not None and found == other and not same
            else:
                query = "SELECT confirmation FROM patient WHERE id = %s"
                row = await (await connection.execute(query, [found or _NOBODY])).fetchone()
                wanted = confirmation_digest(self.vault, tenant, found or _NOBODY, ask.birth_date or "")
                confirmed = row is not None and row[0] is not None and bytes(row[0]) == wanted
        if found is None or not confirmed:
            raise PatientNotFoundError
        return PatientRef(found)

    async def open(self, caller: Caller, patient: PatientRef, ask: EmergencyAsk) -> EmergencyGrant:
        """Open the record for an hour. Raises InvalidRequestError where she has it open, AuditUnavailableError."""
        now, made = self.administration.clock(), self.administration.new_id()
        if caller.auth_time is None or caller.acr is None:
            raise InvalidRequestError("A fresh login is needed.")
        due, ends_at = self.calendar.due(now), now + LIFETIME
        async with self.administration.change(caller.tenant, "emergency.opened") as change:
            if await self._open_grant(change.connection, caller, patient, now) is not None:
                raise InvalidRequestError("This record is open to you already; extend it instead.", param="patient")
            await change.connection.execute(
                "INSERT INTO access_grant (id, tenant, kind, person, patient, classes, basis, sealed_reason, starts_at,"
                " ends_at) VALUES (%s, %s, 'emergency', %s, %s, %s, %s, %s, %s, %s)",
                [
                    made, caller.tenant, caller.person, patient, sorted(map(str, OPENED)), str(ask.reason),
                    self._sealed(caller.tenant, patient, made, ask.text), now, ends_at,
                ],
            )  # fmt: skip
            await change.connection.execute(
                "INSERT INTO emergency (id, tenant, session, reason, offline, auth_time, acr, review_due)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    made, caller.tenant, caller.credential_id, str(ask.reason), caller.acr == OFFLINE_ACR,
                    caller.auth_time, caller.acr, due,
                ],
            )  # fmt: skip
            await self._tell(change, caller, made, patient, now, before=None, ends_at=ends_at, reason=str(ask.reason))
        return EmergencyGrant(made, caller.person, patient, now, ends_at, False, due)

    async def extend(self, caller: Caller, grant: UUID, ask: EmergencyAsk) -> EmergencyGrant:
        """One more hour, once. Raises InvalidRequestError for a second time, a grant that is over or not hers."""
        now = self.administration.clock()
        async with self.administration.change(caller.tenant, "emergency.extended") as change:
            found = await self._mine(change.connection, caller, grant, now)
            if found.extended:
                raise InvalidRequestError("It was extended once; ask for emergency access anew.", param="grant")
            ends_at = found.ends_at + LIFETIME
            await change.connection.execute("UPDATE access_grant SET ends_at = %s WHERE id = %s", [ends_at, grant])
            await change.connection.execute("UPDATE emergency SET extended_at = %s WHERE id = %s", [now, grant])
            before = found.ends_at.isoformat()
            await self._tell(
                change, caller, grant, found.patient, now, before=before, ends_at=ends_at, reason=str(ask.reason)
            )
        return EmergencyGrant(grant, caller.person, found.patient, found.starts_at, ends_at, True, found.review_due)

    async def patient_of(self, caller: Caller, grant: UUID) -> UUID:
        """Whose record it is. Raises InvalidRequestError for a grant that is not hers or over."""
        async with self.administration.database.as_tenant(caller.tenant) as connection:
            return (await self._mine(connection, caller, grant, self.administration.clock())).patient

    async def end(self, caller: Caller, grant: UUID) -> None:
        """Close the record before its time. Raises InvalidRequestError for a grant that is not hers or over."""
        now = self.administration.clock()
        async with self.administration.change(caller.tenant, "emergency.ended") as change:
            found = await self._mine(change.connection, caller, grant, now)
            await change.connection.execute("UPDATE access_grant SET revoked_at = %s WHERE id = %s", [now, grant])
            await change.connection.execute("UPDATE emergency SET ended_at = %s WHERE id = %s", [now, grant])
            change.facts.update(
                grant=str(grant), person=str(caller.person), patients=[str(found.patient)],
                before={"ends_at": found.ends_at.isoformat()}, after={"ends_at": now.isoformat()},
            )  # fmt: skip

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open to this person now."""
        async with self.administration.database.as_tenant(caller.tenant) as connection:
            values = [caller.person, self.administration.clock()]
            cursor = await connection.execute(_OPEN + " ORDER BY g.ends_at", values)
            return tuple(EmergencyGrant(*row) for row in await cursor.fetchall())

    async def _open_grant(self, connection: Connection, caller: Caller, patient: UUID, now: datetime) -> Any:
        pair = f"{caller.person} {patient}"
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [pair])
        return await (await connection.execute(_OPEN + " AND g.patient = %s", [caller.person, now, patient])).fetchone()

    async def _mine(self, connection: Connection, caller: Caller, grant: UUID, now: datetime) -> EmergencyGrant:
        query = _OPEN + " AND e.id = %s FOR UPDATE OF e"
        row = await (await connection.execute(query, [caller.person, now, grant])).fetchone()
        if row is None:
            raise InvalidRequestError("There is no emergency access of yours by that id in force.", param="grant")
        return EmergencyGrant(*row)

    def _sealed(self, tenant: UUID, patient: PatientRef, grant: UUID, text: str) -> bytes | None:
        words = " ".join(text.split())
        return self.vault.seal(tenant, patient, grant, REASON_NAME, words.encode()) if words else None

    async def _tell(
        self, change: Change, caller: Caller, grant: UUID, patient: UUID, now: datetime, *, before: Any,
        ends_at: datetime, reason: str,
    ) -> None:  # fmt: skip
        """Into the log, and to the privacy officers: opaque ids and codes."""
        facts = {
            "grant": str(grant), "person": str(caller.person), "patients": [str(patient)], "reason": reason,
            "session": str(caller.credential_id), "offline": caller.acr == OFFLINE_ACR,
            "ends_at": ends_at.isoformat(),
        }  # fmt: skip
        change.facts.update(facts, before=None if before is None else {"ends_at": before}, after={"open": True})
        kind = "emergency.extended" if before else "emergency.opened"
        await queue_alerts(
            change.connection, caller.tenant, kind, facts, now, self.administration.new_id, webhook=self.webhook
        )
