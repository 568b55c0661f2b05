"""Answers that wait for their reader: sealed under the patient's key, for a day, through row-level security."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from phiward.adapters.postgres.database import Database
from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.shown import ShownAnswer
from phiward.domain.text import Secret
from phiward.records.ports import Sealer

KEPT: Final = timedelta(days=1)
NAME: Final = "answer"
_FORM: Final = TypeAdapter(ShownAnswer)
_KEEP = """INSERT INTO answer (interaction, tenant, patient, person, sealed, made_at, kept_until)
           SELECT %s, s.tenant, %s, s.person, %s, %s, %s FROM session_person() s"""
_FIND = "SELECT interaction, tenant, patient, sealed FROM answer WHERE interaction = %s AND kept_until > now()"
_MINE = """SELECT interaction, tenant, patient, sealed FROM answer
            WHERE patient = %s AND kept_until > now() ORDER BY made_at DESC LIMIT %s"""


@dataclass(frozen=True, slots=True)
class PostgresAnswers:
    """Implements flow.answering.Answers. `database` is of the gateway, `warden` sweeps."""

    database: Database
    warden: Database
    sealer: Sealer
    tenant: UUID

    async def keep(self, session: Secret, made: ShownAnswer) -> None:
        """For the person of the session; row-level security refuses a patient who is not hers."""
        patient = PatientRef(made.patient)
        sealed = self.sealer.seal(self.tenant, patient, made.interaction, NAME, _FORM.dump_json(made))
        async with self.database.as_session(session, patient) as connection:
            values = [made.interaction, patient, sealed, made.asked_at, made.asked_at + KEPT]
            await connection.execute(_KEEP, values)

    async def find(self, session: Secret, interaction: UUID) -> ShownAnswer | None:
        """One of her own, about a patient in her care; None else."""
        async with self.database.as_session(session) as connection:
            row = await (await connection.execute(_FIND, [interaction])).fetchone()
        return None if row is None else self._opened(*row)

    async def mine(self, session: Secret, patient: PatientRef, most: int) -> Sequence[tuple[UUID, datetime, str]]:
        """Of one patient, the newest first: interaction, when, and the question."""
        async with self.database.as_session(session, patient) as connection:
            rows = await (await connection.execute(_MINE, [patient, most])).fetchall()
        made = [self._opened(*row) for row in rows]
        return [(one.interaction, one.asked_at, one.question) for one in made]

    async def sweep(self) -> int:
        """Delete what was kept long enough; how many."""
        async with self.warden.as_tenant(self.tenant) as connection:
            return (await connection.execute("DELETE FROM answer WHERE kept_until <= now()")).rowcount

    def _opened(self, interaction: UUID, tenant: UUID, patient: UUID, sealed: bytes) -> ShownAnswer:
        text = self.sealer.open(tenant, PatientRef(patient), interaction, NAME, bytes(sealed))
        try:
            return _FORM.validate_json(text)
        except ValidationError:
            raise VaultError("A kept answer is not of a form that this version knows.") from None
