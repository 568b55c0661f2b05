"""What leaves the log: proofs of entries and exports of shards, each on record before it is handed out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from phiward.adapters.audit_export import Extent, Staged, write_lines, write_tiles
from phiward.adapters.postgres.audit_evidence import EvidenceView, Found, PostgresEvidence
from phiward.adapters.postgres.roles import AUDITOR
from phiward.audit.note import Verifier
from phiward.audit.opened import placed
from phiward.audit.proof import CheckedProof, check_proof, make_proof
from phiward.audit.tiles import inclusion
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError
from phiward.settings import Settings
from phiward.wiring.base import open_database, signer_of
from phiward.wiring.registrar import Registrar, open_registrar

UNNAMED = "before-shards"
"""The folder of the shard without a name: what was logged before there were shards."""
Told = Callable[[int, int], None]
"""Gets how many entries are done, of how many."""


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry and the file that proves it: `steps` lead from the leaf to the signed root."""

    entry: UUID
    kind: str
    checked: CheckedProof
    proof: bytes
    steps: int
    root: bytes


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """Proves and exports."""

    registrar: Registrar
    evidence: PostgresEvidence
    verifier: Verifier

    async def prove(self, wanted: UUID) -> list[Proved]:
        """A proof of the entry of this id, or of each entry of this interaction, against the newest checkpoint.

        That it was asked for is on record first: `audit.proved` {entry}. Raises InvalidRequestError when nothing
        stands under the id or an entry has no number yet, AuditIntegrityError when the log does not bear it out.
        """
        entries = await self.evidence.find(wanted)
        if not entries:
            raise InvalidRequestError("Nothing stands on record under this id.", param="ID")
        if any(one.entry.index is None for one in entries):
            raise InvalidRequestError("An entry is recorded but has no number yet: ask again in a second.", param="ID")
        for one in entries:
            await self.registrar.record("audit.proved", {"entry": str(one.entry.id)})
        return [await proved(self.evidence, self.verifier, one) for one in entries]

    async def export_tiles(self, folder: Path, only: str | None, told: Told) -> list[Extent]:
        """Every shard in a folder of its own under `folder`, or shard `only` as `folder` itself, as tlog-tiles.

        On record first: `audit.exported` {shard, entries}. Raises InvalidRequestError for an unknown shard or a place
        that is taken, AuditIntegrityError when a shard does not give its signed root, StorageError, OSError.
        """
        staged = Staged(folder)
        async with self.evidence.snapshot() as view:
            extents = await self._extents(view, only)
            await self._record(extents)
            tell = _Told(told, sum(one.checkpoint.size for one in extents))
            for one in extents:
                name = "" if only is not None else one.shard.name or UNNAMED
                await write_tiles(view, one, staged.folder(name), tell)
        staged.publish()
        return extents

    async def export_lines(self, file: Path, only: str | None, told: Told) -> list[Extent]:
        """One leaf a line, shard after shard. On record and raises as `export_tiles`."""
        staged = Staged(file)
        async with self.evidence.snapshot() as view:
            extents = await self._extents(view, only)
            await self._record(extents)
            tell = _Told(told, sum(one.entries for one in extents))
            await write_lines(view, extents, staged.beside, tell)
        staged.publish()
        return extents

    async def _extents(self, view: EvidenceView, only: str | None) -> list[Extent]:
        """The shards that have a checkpoint, in their order."""
        extents = []
        for shard in await view.shards():
            note = await view.newest_checkpoint(shard.name)
            if note is not None and only in (None, shard.name):
                signed, checkpoint = placed(self.verifier, note)
                if signed != shard.name:
                    raise AuditIntegrityError("A checkpoint is of another shard.")
                extents.append(Extent(shard, note, checkpoint))
        if not extents:
            raise InvalidRequestError("There is no such shard, or it has no entries yet.", param="--shard")
        return extents

    async def _record(self, extents: Sequence[Extent]) -> None:
        for one in extents:
            await self.registrar.record("audit.exported", {"shard": one.shard.name, "entries": one.entries})


async def proved(evidence: PostgresEvidence, verifier: Verifier, found: Found) -> Proved:
    """The proof of an entry that has its number, checked. Raises AuditIntegrityError: the log does not bear it out."""
    entry, note = found.entry, found.note
    shard, index = entry.shard or "", entry.index or 0
    signed, checkpoint = placed(verifier, note)
    if signed != shard:
        raise AuditIntegrityError("A checkpoint is of another shard.")
    if index < 0:
        raise AuditIntegrityError("The entry stands before the first of its shard.")
    if index >= checkpoint.size:
        raise AuditIntegrityError("The newest checkpoint is older than the entry.")
    hashes = tuple(await inclusion(evidence.hashes(shard), index, checkpoint.size))
    proof = make_proof(index, hashes, note, entry.leaf)
    checked = check_proof(proof, verifier)
    return Proved(UUID(str(entry.id)), entry.kind, checked, proof, len(hashes), checkpoint.root)


class _Told:
    """Adds up."""

    def __init__(self, told: Told, total: int) -> None:
        self._told, self._done, self._total = told, 0, total

    def __call__(self, count: int) -> None:
        self._done += count
        self._told(self._done, self._total)


@asynccontextmanager
async def open_evidence(settings: Settings) -> AsyncIterator[EvidenceDesk]:
    """For commands; the database must run."""
    async with open_registrar(settings) as registrar, open_database(settings, AUDITOR) as auditor:
        yield EvidenceDesk(registrar, PostgresEvidence(auditor), signer_of(settings).verifier)
