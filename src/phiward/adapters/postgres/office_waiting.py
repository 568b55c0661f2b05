"""What waits for a privacy officer besides reviews: held notes, reported answers, incidents; alerts that were raised.

On the warden's role, which reads that notes are held and nothing of what stands in them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.report_desk import REPORTS, report_of
from phiward.domain.office import Alarm, HeldNote, OpenIncident, Waiting

_NOTES = """SELECT id, kind, found_at, cardinality(suspects) FROM quarantined_document
             WHERE tenant = %s AND decision IS NULL ORDER BY found_at, id"""
_INCIDENTS = "SELECT id, emergency, opened_at FROM incident WHERE state = 'open' ORDER BY opened_at, id"
# An alert is a row for each who is told: those of one transaction are one alarm.
_ALARMS = """SELECT kind, count(DISTINCT created_at), max(created_at), count(*) FILTER (WHERE delivered_at IS NULL)
               FROM alert WHERE created_at > %s AND kind LIKE 'audit.%%' GROUP BY kind ORDER BY 3 DESC"""


@dataclass(frozen=True, slots=True)
class OfficeWaiting:
    """`database` is a pool of the warden. Every method raises StorageError."""

    database: Database

    async def waiting(self, tenant: UUID) -> Waiting:
        """Everything that nobody decided, the longest waiting first."""
        async with self.database.as_tenant(tenant) as connection:
            notes = await (await connection.execute(_NOTES, [tenant])).fetchall()
            reports = await (
                await connection.execute(f"{REPORTS} WHERE r.closed_at IS NULL ORDER BY r.reported_at".encode())
            ).fetchall()
            incidents = await (await connection.execute(_INCIDENTS)).fetchall()
        return Waiting(
            tuple(HeldNote(*row) for row in notes),
            tuple(report_of(row) for row in reports),
            tuple(OpenIncident(*row) for row in incidents),
        )

    async def alarms(self, tenant: UUID, since: datetime) -> tuple[Alarm, ...]:
        """Alarms of the log, the newest first."""
        async with self.database.as_tenant(tenant) as connection:
            rows = await (await connection.execute(_ALARMS, [since])).fetchall()
        return tuple(Alarm(*row) for row in rows)
