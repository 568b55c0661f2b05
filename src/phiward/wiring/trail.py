"""The log for a page: policy first, then on record what is looked for, then the looking.

A patient's number is the officer's to search by: an administrator does not learn from here who is a patient.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.audit_evidence import Found, PostgresEvidence
from phiward.adapters.postgres.trail_search import TrailSearch
from phiward.audit.leaf import timestamp
from phiward.audit.merkle import leaf_hash
from phiward.audit.note import Verifier
from phiward.audit.shards import shard_of
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.administration import UnknownIdError
from phiward.domain.console import NUMBERED_WITHIN
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError, PatientNotFoundError
from phiward.domain.people import Caller
from phiward.domain.trail import Kept, Names, Opened, Place, ProofState, Search, Trail, TrailEntry
from phiward.wiring.base import utc_now
from phiward.wiring.duties import Duties
from phiward.wiring.evidence import Proved, proved

NOBODY: Final = UUID(int=0)
"""Whom an unknown login and an unknown patient stand for: they have no entries."""
NO_ROW: Final = "A column says something else than the signed entry."
MOST: Final = 1_000
"""Patients that are told of one entry that was opened."""


@dataclass(frozen=True, slots=True)
class TrailRoom:
    """Implements console.audit.Log. Every method raises NotPermittedError and StorageError."""

    duties: Duties
    search: TrailSearch
    evidence: PostgresEvidence
    anchors: PostgresAnchorBook
    verifier: Verifier

    def by_number(self, caller: Caller) -> bool:
        """Whether she may name a patient by a number of the record."""
        return self.duties.would(caller, Act.READ_ACCESS_REPORT)

    async def find(self, caller: Caller, asked: Search, login: str, patient: str) -> tuple[Trail, Names]:
        """What was found, by the login and the patient that were typed; on record before it is shown.

        Whoever is unknown is found nowhere: that he is unknown is on record, and not told.
        """
        await self.duties.demand(caller, Act.READ_AUDIT)
        person = await self._person(caller, login)
        about = await self._patient(caller, patient)
        found = await self.search.find(caller.tenant, replace(asked, person=person, patient=about))
        unknown = [name for name, one in (("person", person), ("patient", about)) if one == NOBODY]
        facts: dict[str, Any] = {
            "person": _known(person),
            "patients": [str(about)] if about not in (None, NOBODY) else [],
            "purpose": asked.purpose,
            "verdict": asked.verdict,
            "since": _at(asked.since),
            "until": _at(asked.until),
            "before": _at(asked.before.at if isinstance(asked.before, Place) else None),
            "unknown": unknown,
            "found": len(found.entries),
            "more": found.next is not None,
        }
        await self._record(caller, "audit.searched", facts)
        return found, await self.search.names(caller.tenant, found.entries)

    async def opened(self, caller: Caller, entry: UUID) -> Opened:
        """One entry with its proof. Raises UnknownIdError."""
        await self.duties.demand(caller, Act.READ_AUDIT)
        found = await self.search.one(caller.tenant, entry)
        if found is None:
            raise UnknownIdError("entry")
        patients = [str(one) for one in found.patients[:MOST]]  # an edited leaf may name more than an entry holds
        facts = {"entry": str(entry), "patients": patients, "before": None, "after": None}
        await self._record(caller, "audit.entry_read", facts)
        beside, sealed = await self.search.beside(caller.tenant, found)
        names = await self.search.names(caller.tenant, (found, *beside))
        return Opened(found, beside, sealed, await self._state(found, beside), names)

    async def proof(self, caller: Caller, entry: UUID) -> bytes:
        """The tlog-proof of an entry. Raises UnknownIdError, InvalidRequestError, AuditIntegrityError."""
        await self.duties.demand(caller, Act.READ_AUDIT)
        told = await self.search.one(caller.tenant, entry)
        if told is None:
            raise UnknownIdError("entry")
        await self._record(caller, "audit.proved", {"entry": str(entry)})
        found = await self._found(entry)
        if found is None or found.entry.index is None:
            raise InvalidRequestError("The entry has no number yet: ask again in a second.", param="entry")
        if not told.fits:
            raise AuditIntegrityError(NO_ROW)
        return (await proved(self.evidence, self.verifier, found)).proof

    async def _state(self, entry: TrailEntry, beside: Sequence[TrailEntry]) -> ProofState:
        """Of the entry, and of the outcome that the page tells with it."""
        found = await self._found(entry.id)
        if found is None:
            raise UnknownIdError("entry")
        digest = leaf_hash(found.entry.leaf).hex()
        if found.entry.index is None:
            return ProofState(digest, numbered=False, late=utc_now() - entry.at > NUMBERED_WITHIN)
        if not entry.fits:
            return ProofState(digest, numbered=True, fault=NO_ROW)
        try:
            made = await proved(self.evidence, self.verifier, found)
            for one in beside:
                if one.kind == "outcome" and one.index is not None:
                    await self._ended(one)
        except AuditIntegrityError as error:
            return ProofState(digest, numbered=True, fault=str(error))
        return self._holds(digest, made, await self._kept(made))

    async def _ended(self, outcome: TrailEntry) -> None:
        """Raises AuditIntegrityError naming it."""
        found = await self._found(outcome.id)
        if not outcome.fits or found is None:
            raise AuditIntegrityError("What became of it: a column says something else than the signed entry.")
        try:
            await proved(self.evidence, self.verifier, found)
        except AuditIntegrityError as error:
            raise AuditIntegrityError(f"What became of it: {error}") from None

    def _holds(self, digest: str, made: Proved, kept: tuple[Kept, ...]) -> ProofState:
        checked = made.checked
        return ProofState(
            digest, numbered=True, steps=made.steps, size=checked.size, root=made.root.hex(), key=checked.origin,
            kept=kept,
        )  # fmt: skip

    async def _kept(self, made: Proved) -> tuple[Kept, ...]:
        """By the book of the gateways; `phiward audit verify` asks the places themselves."""
        return tuple(
            Kept(one.name, one.kind, self._covers(one.origin, one.size, made), one.kept_at)
            for one in await self.anchors.all()
        )

    def _covers(self, origin: str | None, size: int | None, made: Proved) -> bool:
        try:
            shard = shard_of(self.verifier.name, origin or "")
        except AuditIntegrityError:
            return False
        return shard == made.checked.shard and (size or 0) > made.checked.index

    async def _found(self, entry: UUID) -> Found | None:
        found: Sequence[Found] = await self.evidence.find(entry)
        return found[0] if found and found[0].entry.id == entry else None

    async def _person(self, caller: Caller, login: str) -> UUID | None:
        return (await self.search.person(caller.tenant, login) or NOBODY) if login else None

    async def _patient(self, caller: Caller, patient: str) -> UUID | None:
        if not patient:
            return None
        try:
            return UUID(patient)
        except ValueError:
            pass  # no id of ours: a number of the record
        if not self.by_number(caller):
            return NOBODY
        try:
            registry = self.duties.access.desk(caller).registry
            return await registry.patient_by_reference(caller.tenant, patient)
        except PatientNotFoundError:
            return NOBODY

    async def _record(self, caller: Caller, action: str, facts: Mapping[str, Any]) -> None:
        async with self.duties.office(caller).change(caller.tenant, action) as change:
            change.facts.update(facts)


def _known(person: UUID | None) -> str | None:
    return None if person in (None, NOBODY) else str(person)


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else timestamp(instant)
