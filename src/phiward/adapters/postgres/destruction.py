"""Destroys a patient's keys, or a whole shard of the log: on record first, then for good, then certified.

    ORDER   one transaction: no hold stands → the entry in the log and the certificate, unfinished
    NUMBER  the entry stands in the signed tree; without that nothing goes (promise 1)
    FINISH  one transaction that shuts out new holds: holds again → keys (or entries) → rows → certificate

A process that dies in between has destroyed nothing, or the keys without the rows; running it again goes on where it
stopped. The key store is no part of the transaction: its destruction repeats without harm.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.certificates import begin, begun, certificates, complete
from phiward.adapters.postgres.database import Connection, Database
from phiward.adapters.postgres.emptying import empty_patient
from phiward.audit.destroyed import recorded
from phiward.audit.sayings import SHARD_DESTROYED
from phiward.audit.shards import rank
from phiward.domain.audit import EntryKind, StoredEntry
from phiward.domain.errors import AuditUnavailableError, NotPermittedError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.retention.destruction import RULES, Certificate, DestructionReason, refuse_early, refuse_held
from phiward.retention.due import Kept, KeptKind, Standing
from phiward.vault.classes import KeyClass
from phiward.vault.vault import Vault

KEY_DESTROYED = "key.destroyed"
CERTIFIED = "destruction.certified"
REFUSED = "destruction.refused"
_NO_NEW_HOLDS = "LOCK TABLE legal_hold IN SHARE ROW EXCLUSIVE MODE"
_MESSAGES = {
    "shard_unknown": "There is no such shard.",
    "shard_destroyed": "The shard was destroyed.",
    "shard_open": "The shard is not closed yet.",
    "shard_current": "The log is written in this shard.",
    "legal_hold": "A legal hold stands on it; nothing is destroyed until it is lifted.",
    "shard_entries": "The shard lacks entries: that is evidence, and stays. Run `phiward audit verify`.",
    "shard_tiles": "The hashes of its leaves are not stored, or differ; they must stay behind.",
    "shard_checkpoint": "Its last signed checkpoint is not there; it must stay behind.",
    "shard_unrecorded": "The log does not say so yet.",
}


@dataclass(frozen=True, slots=True)
class Destroyer:
    """`administration` on the registrar's role, `auditor` reads where an entry stands, `number` numbers what waits."""

    administration: Administration
    auditor: Database
    vault: Vault
    number: Callable[[], Awaitable[Any]]

    async def patient(self, tenant: UUID, found: Standing, reason: DestructionReason) -> Certificate:
        """Destroy every key of a patient and what stands of him in clear. Repeating it finishes it, or changes nothing.

        Raises NotPermittedError (rule legal_hold, review_open, retention_not_over), PatientNotFoundError,
        AuditUnavailableError while the entry is not in the tree, VaultError when the keys are not certainly gone.
        """
        patient = PatientRef(UUID(found.kept.name))
        async with self._on_record(tenant, KeptKind.PATIENT, patient):
            if reason is DestructionReason.RETENTION_OVER:
                refuse_early(found)
            ordered = await self._order_patient(tenant, patient, reason)
        if ordered.destroyed_at is not None:
            return ordered
        shard, index = await self._place(ordered.entry)
        async with self._on_record(tenant, KeptKind.PATIENT, patient):
            return await self._finish_patient(tenant, replace(ordered, entry_shard=shard, entry_index=index))

    async def shard(self, tenant: UUID, found: Standing) -> Certificate:
        """Destroy the entries of a shard and the texts beside them; hashes and checkpoints stay.

        Raises NotPermittedError (rule retention_not_over, legal_hold, shard_…), AuditUnavailableError.
        """
        name = found.kept.name
        async with self._on_record(tenant, KeptKind.SHARD, name):
            refuse_early(found)
            ordered = await self._order_shard(tenant, name)
        if ordered.destroyed_at is not None:
            return ordered
        shard, index = await self._place(ordered.entry)
        async with self._on_record(tenant, KeptKind.SHARD, name):
            if rank(shard) <= rank(name):
                raise _stays("shard_unrecorded")
            return await self._finish_shard(tenant, replace(ordered, entry_shard=shard, entry_index=index))

    async def reapply(self, tenant: UUID) -> int:
        """Destroy the keys of every certified patient again, and return how many there are.

        For after an old copy of the key store was put back: it brought them back, and the certificates say whose.
        """
        done = [
            one
            for one in await certificates(self.administration.database, tenant)
            if one.kind is KeptKind.PATIENT and one.destroyed_at is not None
        ]
        for one in done:
            await asyncio.to_thread(self.vault.destroy, tenant, PatientRef(UUID(one.subject)))
        return len(done)

    async def holds_on(self, tenant: UUID, kept: Kept) -> tuple[UUID, ...]:
        """The holds that stand on a patient or a shard, also through what the log says of it; of others none."""
        asked: dict[KeptKind, LiteralString] = {
            KeptKind.PATIENT: "SELECT holds_on_patient(%s::uuid)",
            KeptKind.SHARD: "SELECT holds_on_shard(%s)",
        }
        if kept.kind not in asked:
            return ()
        async with self.administration.database.as_tenant(tenant) as connection:
            rows = await (await connection.execute(asked[kept.kind], [kept.name])).fetchall()
        return tuple(row[0] for row in rows)

    async def _order_patient(self, tenant: UUID, patient: PatientRef, reason: DestructionReason) -> Certificate:
        async with self.administration.database.as_tenant(tenant) as connection:
            await connection.execute(_NO_NEW_HOLDS)
            if (certificate := await begun(connection, KeptKind.PATIENT, patient)) is not None:
                return certificate
            await _refuse_patient(connection, patient)
            query = """SELECT 1 FROM emergency e JOIN access_grant g ON g.id = e.id
                        WHERE g.patient = %s AND e.outcome IS NULL LIMIT 1"""
            if await (await connection.execute(query, [patient])).fetchone() is not None:
                raise NotPermittedError("An emergency access to this patient waits for its review.", rule="review_open")
            return await self._ordered(
                connection, tenant, KeptKind.PATIENT, str(patient), reason, KEY_DESTROYED, EntryKind.ADMINISTRATION,
                {"patients": [str(patient)], "classes": [str(one) for one in KeyClass]},
            )  # fmt: skip

    async def _order_shard(self, tenant: UUID, name: str) -> Certificate:
        async with self.administration.database.as_tenant(tenant) as connection:
            await connection.execute(_NO_NEW_HOLDS)
            if (certificate := await begun(connection, KeptKind.SHARD, name)) is not None:
                return certificate
            row = await (await connection.execute("SELECT why_shard_stays(%s)", [name])).fetchone()
            if row is None or row[0] is not None:
                raise _stays(row[0] if row else "shard_unknown")
            facts = await self._of_shard(name)
            return await self._ordered(
                connection, tenant, KeptKind.SHARD, name, DestructionReason.RETENTION_OVER, SHARD_DESTROYED,
                EntryKind.LOG, facts,
            )  # fmt: skip

    async def _of_shard(self, name: str) -> dict[str, Any]:
        """Its size, and what it records of shards that went before it: that must not be lost with it."""
        async with self.auditor.plain() as connection:
            query: LiteralString = "SELECT closed_size FROM audit_shard WHERE name = %s"
            row = await (await connection.execute(query, [name])).fetchone()
            query = """SELECT id, interaction, kind, leaf, leaf_index FROM audit_entry
                        WHERE shard = %s AND kind = 'log' ORDER BY leaf_index"""
            found = await (await connection.execute(query, [name])).fetchall()
        earlier = recorded(
            StoredEntry(entry, interaction, kind, bytes(leaf), index, shard=name)
            for entry, interaction, kind, leaf, index in found
        )
        told = [{"shard": one.destroyed, "size": one.size} for one in earlier.values()]
        return {"shard": name, "size": row[0] if row else None, "earlier": told, "patients": []}

    async def _ordered(
        self,
        connection: Connection,
        tenant: UUID,
        kind: KeptKind,
        subject: str,
        reason: DestructionReason,
        action: str,
        entry_kind: EntryKind,
        facts: dict[str, Any],
    ) -> Certificate:
        """The entry and the unfinished certificate, in one transaction."""
        made, now, rule = self.administration.new_id(), self.administration.clock(), RULES[reason]
        told = {**facts, "destruction": str(made), "reason": str(reason), "rule": rule}
        told |= {"before": {"destroyed": False}, "after": {"destroyed": True}}
        entry = await self.administration.record(connection, tenant, action, told, entry_kind)
        actor = self.administration.actor
        certificate = Certificate(made, kind, subject, reason, rule, actor, now, entry, None, None, {}, None)
        await begin(connection, tenant, certificate)
        return certificate

    async def _place(self, entry: UUID) -> tuple[str, int]:
        """Where the entry stands in the signed tree. Raises AuditUnavailableError while it does not."""
        await self.number()
        async with self.auditor.plain() as connection:
            query = "SELECT shard, leaf_index FROM audit_entry WHERE id = %s"
            row = await (await connection.execute(query, [entry])).fetchone()
        if row is None or row[1] is None:
            raise AuditUnavailableError("The log has not numbered the order yet, so nothing was destroyed.")
        return row[0], row[1]

    async def _finish_patient(self, tenant: UUID, certificate: Certificate) -> Certificate:
        patient = PatientRef(UUID(certificate.subject))
        async with self.administration.database.as_tenant(tenant) as connection:
            await connection.execute(_NO_NEW_HOLDS)
            current = await begun(connection, KeptKind.PATIENT, patient)
            if current is not None and current.destroyed_at is not None:
                return current
            await _refuse_patient(connection, patient)
            await asyncio.to_thread(self.vault.destroy, tenant, patient)
            gone = await empty_patient(connection, tenant, patient, self.administration.clock())
            return await self._certified(connection, tenant, certificate, gone)

    async def _finish_shard(self, tenant: UUID, certificate: Certificate) -> Certificate:
        async with self.administration.database.as_tenant(tenant) as connection:
            await connection.execute(_NO_NEW_HOLDS)
            current = await begun(connection, KeptKind.SHARD, certificate.subject)
            if current is not None and current.destroyed_at is not None:
                return current
            try:
                row = await (await connection.execute("SELECT destroy_shard(%s)", [certificate.subject])).fetchone()
            except psycopg.errors.RaiseException as error:
                raise _stays(error.diag.message_hint or "") from None
            return await self._certified(connection, tenant, certificate, {"audit_entry": row[0] if row else 0})

    async def _certified(
        self, connection: Connection, tenant: UUID, certificate: Certificate, gone: dict[str, int]
    ) -> Certificate:
        now = self.administration.clock()
        done = replace(certificate, gone=gone, destroyed_at=now)
        await complete(connection, done)
        is_patient = certificate.kind is KeptKind.PATIENT
        facts = {
            "destruction": str(certificate.id),
            "kind": str(certificate.kind),
            "patients": [certificate.subject] if is_patient else [],
            "shard": None if is_patient else certificate.subject,
            "entry": {"shard": certificate.entry_shard, "index": certificate.entry_index},
            "gone": gone,
        }
        await self.administration.record(connection, tenant, CERTIFIED, facts)
        return done

    @asynccontextmanager
    async def _on_record(self, tenant: UUID, kind: KeptKind, subject: UUID | str) -> AsyncIterator[None]:
        """A refusal inside has its entry too, by its rule."""
        try:
            yield
        except NotPermittedError as refusal:
            async with self.administration.change(tenant, REFUSED) as change:
                is_patient = kind is KeptKind.PATIENT
                change.facts.update(
                    kind=str(kind),
                    patients=[str(subject)] if is_patient else [],
                    shard=None if is_patient else str(subject),
                    rule=refusal.rule,
                )
            raise


async def _refuse_patient(connection: Connection, patient: PatientRef) -> None:
    """Lock the row; raise where there is none, or a hold stands."""
    query = "SELECT 1 FROM patient WHERE id = %s AND destroyed_at IS NULL FOR UPDATE"
    if await (await connection.execute(query, [patient])).fetchone() is None:
        raise PatientNotFoundError
    rows = await (await connection.execute("SELECT holds_on_patient(%s)", [patient])).fetchall()
    refuse_held(tuple(row[0] for row in rows))


def _stays(rule: str) -> NotPermittedError:
    return NotPermittedError(_MESSAGES.get(rule, "The database refused to destroy the shard."), rule=rule)
