"""Reports that an answer is wrong: on record, to the privacy officers, and kept with the reader's words, sealed.

One transaction: a report without its entry in the log and its alerts is not made. On the warden's role, which reads no
record: that the answer is the reader's own was decided before, through row-level security.
"""

from dataclasses import dataclass
from typing import Final

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.reports import WrongAnswer
from phiward.domain.shown import ShownAnswer
from phiward.vault.vault import Vault

WORDS_NAME: Final = "report_words"
_INSERT = """INSERT INTO answer_report (id, tenant, interaction, patient, person, reason, sealed_words, reported_at)
             VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (interaction, person) DO NOTHING RETURNING id"""


@dataclass(frozen=True, slots=True)
class AnswerReports:
    """`administration` is of the warden; `webhook` says whether alerts go there as well."""

    administration: Administration
    vault: Vault
    webhook: bool = False

    async def report(self, caller: Caller, made: ShownAnswer, reason: WrongAnswer, words: str) -> bool:
        """Report it once; False where this person has. Raises StorageError, VaultError."""
        if await self.reported(caller, made):
            return False
        office, identity = self.administration, self.administration.new_id()
        now, patient = office.clock(), PatientRef(made.patient)
        said = " ".join(words.split())
        sealed = self.vault.seal(caller.tenant, patient, identity, WORDS_NAME, said.encode()) if said else None
        async with office.change(caller.tenant, "answer.reported") as change:
            values = [
                identity, caller.tenant, made.interaction, patient, caller.person, str(reason), sealed, now,
            ]  # fmt: skip
            await change.connection.execute(_INSERT, values)
            facts = {
                "report": str(identity), "interaction": str(made.interaction), "person": str(caller.person),
                "patients": [str(patient)], "reason": str(reason), "session": str(caller.credential_id),
            }  # fmt: skip
            change.facts.update(facts, before=None, after={"open": True, "words": sealed is not None})
            await queue_alerts(
                change.connection, caller.tenant, "answer.reported", facts, now, office.new_id, webhook=self.webhook
            )
        return True

    async def reported(self, caller: Caller, made: ShownAnswer) -> bool:
        """Whether this person has reported this answer."""
        query = "SELECT 1 FROM answer_report WHERE interaction = %s AND person = %s"
        async with self.administration.database.as_tenant(caller.tenant) as connection:
            row = await (await connection.execute(query, [made.interaction, caller.person])).fetchone()
        return row is not None
