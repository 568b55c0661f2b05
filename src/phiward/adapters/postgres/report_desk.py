"""Answers that a reader reported as wrong: read, and closed, by a privacy officer. Both are on record.

On the warden's role. Who reported an answer does not close the report. Source: 45 CFR 164.530(d) (complaints).
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.answer_reports import WORDS_NAME
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.office import ReportedAnswer
from phiward.domain.patients import PatientRef
from phiward.domain.people import Role
from phiward.vault.vault import Vault

REPORTS: Final = """
SELECT r.id, r.interaction, r.person, p.login, r.patient, r.reason, r.sealed_words IS NOT NULL, r.reported_at,
       r.closed_at, c.login
  FROM answer_report r JOIN person p ON p.id = r.person LEFT JOIN person c ON c.id = r.closed_by"""
_CLOSE = "UPDATE answer_report SET closed_by = %s, closed_at = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """`administration` names who acts."""

    administration: Administration
    vault: Vault

    async def one(self, tenant: UUID, report: UUID) -> ReportedAnswer:
        """Raises UnknownIdError."""
        async with self.administration.database.as_tenant(tenant) as connection:
            row = await (await connection.execute(f"{REPORTS} WHERE r.id = %s".encode(), [report])).fetchone()
        if row is None:
            raise UnknownIdError("report")
        return report_of(row)

    async def words(self, tenant: UUID, report: UUID) -> str:
        """What she wrote, "" where nothing; that it was read is on record first. Raises UnknownIdError, VaultError."""
        async with self.administration.change(tenant, "answer.words_read") as change:
            query = "SELECT patient, sealed_words FROM answer_report WHERE id = %s"
            row = await (await change.connection.execute(query, [report])).fetchone()
            if row is None:
                raise UnknownIdError("report")
            change.facts.update(report=str(report), patients=[str(row[0])], before=None, after=None)
            if row[1] is None:
                return ""
            text = self.vault.open(tenant, PatientRef(row[0]), report, WORDS_NAME, bytes(row[1]))
        return text.decode()

    async def close(self, tenant: UUID, report: UUID, officer: UUID) -> None:
        """It was looked into. Raises UnknownIdError, InvalidRequestError where it is closed, NotPermittedError."""
        now = self.administration.clock()
        async with self.administration.change(tenant, "answer.report_closed") as change:
            query = "SELECT person, patient, closed_at FROM answer_report WHERE id = %s FOR UPDATE"
            row = await (await change.connection.execute(query, [report])).fetchone()
            if row is None:
                raise UnknownIdError("report")
            if row[0] == officer:
                raise NotPermittedError("Nobody closes her own report.", rule="self_review")
            query = "SELECT roles FROM person WHERE id = %s AND active"
            held = await (await change.connection.execute(query, [officer])).fetchone()
            if held is None or str(Role.PRIVACY_OFFICER) not in held[0]:
                raise NotPermittedError("Privacy officers close reports.", rule="reviewer")
            if row[2] is not None:
                raise InvalidRequestError("This report was closed.", param="report")
            await change.connection.execute(_CLOSE, [officer, now, report])
            change.facts.update(
                report=str(report), patients=[str(row[1])], person=str(row[0]), officer=str(officer),
                before={"open": True}, after={"open": False},
            )  # fmt: skip


def report_of(row: tuple[Any, ...]) -> ReportedAnswer:
    """Of a row of REPORTS."""
    return ReportedAnswer(*row)
