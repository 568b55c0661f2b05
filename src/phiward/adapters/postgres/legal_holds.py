"""Legal holds in the database: placed, lifted, listed. Each act has its entry in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from phiward.adapters.postgres.administration import Administration
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError
from phiward.retention.holds import Hold, HoldReason, HoldScope, LiftReason

_COLUMNS: Final = """id, scope, coalesce(patient::text, person::text, shard), reason, placed_by, placed_at, lifted_by,
 lifted_at, lift_reason"""
_LIFT: Final = f"""UPDATE legal_hold SET lifted_by = %s, lifted_at = %s, lift_reason = %s
 WHERE id = %s AND lifted_at IS NULL RETURNING {_COLUMNS}"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class LegalHolds:
    """On the registrar's role. Who places and who lifts is whoever runs the command, as the log has it."""

    administration: Administration

    async def place(self, tenant: UUID, scope: HoldScope, subject: UUID | str | None, reason: HoldReason) -> Hold:
        """Place one; `subject` by the scope: a patient's or a person's id, a shard's name, None for everything.

        It stands when this returns: a destruction that has not finished by then finds it. Raises InvalidRequestError
        where the subject is missing, superfluous or unknown.
        """
        if (subject is None) is not (scope is HoldScope.EVERYTHING):
            raise InvalidRequestError("A hold names one thing, or everything.", param="subject")
        made, now = self.administration.new_id(), self.administration.clock()
        hold = Hold(made, scope, None if subject is None else str(subject), reason, self.administration.actor, now)
        async with self.administration.change(tenant, "hold.placed") as change:
            await self._refuse_strangers(change.connection, scope, subject)
            try:
                await change.connection.execute(
                    "INSERT INTO legal_hold (id, tenant, scope, patient, person, shard, reason, placed_by, placed_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        made, tenant, str(scope),
                        *(subject if scope is one else None for one in (HoldScope.PATIENT, HoldScope.PERSON)),
                        subject if scope is HoldScope.SHARD else None,
                        str(reason), hold.placed_by, now,
                    ],
                )  # fmt: skip
            except psycopg.errors.ForeignKeyViolation:
                raise InvalidRequestError("There is no such shard of the log.", param="subject") from None
            change.facts.update(_facts(hold), before=None, after={"stands": True})
        return hold

    async def lift(self, tenant: UUID, hold: UUID, reason: LiftReason) -> Hold:
        """End one. Raises UnknownIdError for one that does not stand."""
        now = self.administration.clock()
        async with self.administration.change(tenant, "hold.lifted") as change:
            cursor = await change.connection.execute(
                _LIFT.encode(), [self.administration.actor, now, str(reason), hold]
            )
            row = await cursor.fetchone()
            if row is None:
                raise UnknownIdError("hold")
            lifted = _hold(row)
            change.facts.update(
                _facts(lifted), lift_reason=str(reason), before={"stands": True}, after={"stands": False}
            )
        return lifted

    async def holds(self, tenant: UUID, *, every: bool = False) -> tuple[Hold, ...]:
        """Those that stand, oldest first; with `every` the lifted ones as well."""
        where = "" if every else " WHERE lifted_at IS NULL"
        async with self.administration.database.as_tenant(tenant) as connection:
            query = f"SELECT {_COLUMNS} FROM legal_hold{where} ORDER BY placed_at, id"  # noqa: S608 - two constants
            cursor = await connection.execute(query.encode())
            return tuple(_hold(row) for row in await cursor.fetchall())

    async def _refuse_strangers(self, connection: Any, scope: HoldScope, subject: UUID | str | None) -> None:
        """Row-level security shows the registrar this organisation only."""
        if scope in (HoldScope.PATIENT, HoldScope.PERSON):
            cursor = await connection.execute(f"SELECT 1 FROM {scope} WHERE id = %s".encode(), [subject])  # noqa: S608
            if await cursor.fetchone() is None:
                raise UnknownIdError("subject")


def _facts(hold: Hold) -> dict[str, Any]:
    patients = [hold.subject] if hold.scope is HoldScope.PATIENT else []
    return {
        "hold": str(hold.id),
        "scope": str(hold.scope),
        "subject": hold.subject,
        "patients": patients,
        "reason": str(hold.reason),
    }


def _hold(row: tuple[Any, ...]) -> Hold:
    lifted_at: datetime | None = row[7]
    why = LiftReason(row[8]) if row[8] else None
    return Hold(row[0], HoldScope(row[1]), row[2], HoldReason(row[3]), row[4], row[5], row[6], lifted_at, why)
