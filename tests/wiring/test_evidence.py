"""The desk for evidence over a log that is not as it should be; tests/cli/test_audit_proof.py uses the whole."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from phiward.adapters.postgres.audit_evidence import Found, PostgresEvidence
from phiward.audit.leaf import canonical_leaf
from phiward.audit.merkle import leaf_hash
from phiward.domain.audit import Shard, StoredEntry
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError
from phiward.wiring.evidence import EvidenceDesk
from phiward.wiring.registrar import Registrar
from tests.adapters.postgres.log_entries import entry
from tests.adapters.postgres.log_shards import VERIFIER, checkpoint

LEAF = canonical_leaf(entry(), uuid4())
ENTRY = StoredEntry(uuid4(), uuid4(), "intent", LEAF, 0, shard="2026")


class Recording:
    """A registrar that only records."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, dict[str, Any]]] = []

    async def record(self, action: str, facts: dict[str, Any]) -> None:
        """Keep it."""
        self.acts.append((action, facts))


class Stored:
    """Evidence from memory: one entry, one checkpoint of each shard."""

    def __init__(self, found: Sequence[StoredEntry], notes: dict[str, bytes]) -> None:
        self._found, self._notes = found, notes

    async def find(self, wanted: UUID) -> Sequence[Found]:
        """Whatever was asked for."""
        return [Found(one, self._notes["2026"]) for one in self._found]

    async def newest_checkpoint(self, shard: str) -> bytes | None:
        """As given."""
        return self._notes.get(shard)

    def hashes(self, shard: str) -> "Stored":
        """No proof of one entry needs any."""
        return self

    async def shards(self) -> Sequence[Shard]:
        """Each that has a checkpoint, and one that has none yet."""
        return [Shard(name, datetime.now(UTC)) for name in (*self._notes, "2099")]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Stored"]:
        """Itself."""
        yield self


def desk(found: Sequence[StoredEntry], notes: dict[str, bytes]) -> tuple[EvidenceDesk, Recording]:
    """Over this log."""
    recording = Recording()
    stored = cast(PostgresEvidence, Stored(found, notes))
    return EvidenceDesk(cast(Registrar, recording), stored, VERIFIER), recording


GOOD = checkpoint("2026", [leaf_hash(LEAF)])


@pytest.mark.parametrize(
    ("found", "error"),
    [
        pytest.param([], InvalidRequestError, id="nothing on record"),
        pytest.param([StoredEntry(ENTRY.id, ENTRY.interaction, "intent", LEAF, None)], InvalidRequestError, id="waits"),
    ],
)
async def test_what_cannot_be_proved_yet_is_not_on_record(found: list[StoredEntry], error: type[Exception]) -> None:
    """Nothing left."""
    made, recording = desk(found, {"2026": GOOD})
    with pytest.raises(error):
        await made.prove(ENTRY.id)
    assert recording.acts == []


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(checkpoint("2026", []), id="older than the entry"),
        pytest.param(checkpoint("2026", [leaf_hash(b"another")]), id="of another entry"),
        pytest.param(checkpoint("2026", [leaf_hash(LEAF)], name="other.example/audit"), id="of another log"),
        pytest.param(checkpoint("2027", [leaf_hash(LEAF)]), id="of another shard"),
        pytest.param(b"", id="none"),
    ],
)
async def test_no_proof_is_handed_out_that_a_stranger_would_refuse(note: bytes) -> None:
    """It is checked first; that it was asked for stays on record."""
    made, recording = desk([ENTRY], {"2026": note})
    with pytest.raises(AuditIntegrityError):
        await made.prove(ENTRY.id)
    assert recording.acts == [("audit.proved", {"entry": str(ENTRY.id)})]


async def test_a_checkpoint_that_stands_under_another_shard_is_not_exported(tmp_path: Path) -> None:
    """Our key signed it, for somewhere else."""
    made, recording = desk([], {"2027": GOOD})
    with pytest.raises(AuditIntegrityError):
        await made.export_tiles(tmp_path / "export", None, lambda done, total: None)
    assert recording.acts == []


async def test_a_proof_is_on_record_and_holds() -> None:
    """Its entry, and nothing else of it."""
    made, recording = desk([ENTRY], {"2026": GOOD})
    (proved,) = await made.prove(ENTRY.id)
    assert recording.acts == [("audit.proved", {"entry": str(ENTRY.id)})]
    assert (proved.entry, proved.checked.shard, proved.checked.size) == (ENTRY.id, "2026", 1)


async def test_an_entry_that_somebody_put_before_the_first_is_not_proved() -> None:
    """It is the log that does not hold, not the program that fails."""
    made, _ = desk([replace(ENTRY, index=-1)], {"2026": GOOD})
    with pytest.raises(AuditIntegrityError, match="before the first"):
        await made.prove(ENTRY.id)
