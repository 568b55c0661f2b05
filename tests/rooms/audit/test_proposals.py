"""A signer that remembers is asked the same again after a crash, whatever arrived meanwhile."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from phiward.audit.guarded import GuardedSigner, RefusedToSignError, Signed
from phiward.audit.note import Verifier
from phiward.audit.ports import Growth
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.audit.verify import verify
from phiward.domain.errors import SignerUnavailableError

from .made import SIGNER, START, MemoryStore, entry, stored


@dataclass
class Remembering:
    """The guarded signer, asked as a gateway asks it; it may be away, or answer too late."""

    head: Signed | None = None
    away: bool = False
    late: int = 0
    remembers: bool = True
    name: str = SIGNER.name
    asked: list[tuple[bytes, ...]] = field(default_factory=list)

    def last_head(self) -> Signed | None:
        """Its memory."""
        return self.head

    @property
    def verifier(self) -> Verifier:
        """The log's."""
        return SIGNER.verifier

    def guarded(self) -> GuardedSigner:
        """With this as its memory."""

        class Memory:
            def last(memory) -> Signed | None:
                return self.head

            def keep(memory, head: Signed) -> None:
                self.head = head

        return GuardedSigner(SIGNER, Memory())

    async def sign(self, growth: Growth) -> bytes:
        """Remembers also what it could not tell any more."""
        if self.away:
            raise SignerUnavailableError("away")
        self.asked.append(growth.hashes)
        note = self.guarded().sign(growth)
        if self.late:
            self.late -= 1
            raise SignerUnavailableError("late")
        return note

    async def last(self) -> bytes | None:
        """What it signed last."""
        return self.guarded().last()


def sequencer(store: MemoryStore, signer: Remembering, anchors: list[bytes] | None = None, **more: Any) -> Sequencer:
    """With shards by year."""
    kept = [] if anchors is None else anchors
    return Sequencer(store, signer, kept.append, list(kept), period=ShardPeriod.YEAR, **more)


async def whole(store: MemoryStore, signer: Remembering, anchors: list[bytes]) -> None:
    """Number everything, and verify."""
    last = sequencer(store, signer, anchors)
    while await last.once():
        pass
    report = await verify(store, SIGNER.verifier, anchors)
    assert report.holds, report.findings
    assert report.waiting == 0


@pytest.mark.parametrize("batches_before", [0, 1, 2], ids=["at the opening", "in the first batch", "in a later batch"])
async def test_a_signature_without_a_commit_is_asked_for_again(batches_before: int) -> None:
    """The process died between; an entry that came meanwhile would stand before the others, and waits instead."""
    store, signer, anchors = MemoryStore(), Remembering(), list[bytes]()
    store.queue = [stored(entry(at)) for at in range(4, 10)]
    for _ in range(batches_before):
        await sequencer(store, signer, anchors).once(3)
    signer.late = 1
    with pytest.raises(SignerUnavailableError):
        await sequencer(store, signer, anchors).once(3)
    store.queue = [stored(entry(0)), stored(entry(1)), *store.queue]  # of a process whose clock is behind

    await sequencer(store, signer, anchors).once(100)

    assert signer.asked[-1] == signer.asked[-2]
    await whole(store, signer, anchors)


async def test_without_its_proposal_the_signer_would_refuse_for_good() -> None:
    """Why it is stored: another batch of the same size is a fork."""
    store, signer = MemoryStore(queue=[stored(entry(at)) for at in range(4, 8)]), Remembering()
    await sequencer(store, signer).once()
    signer.late = 1
    with pytest.raises(SignerUnavailableError):
        await sequencer(store, signer).once()
    store.proposal, store.queue = None, [stored(entry(0)), *store.queue]
    with pytest.raises(RefusedToSignError):
        await sequencer(store, signer).once()


async def test_a_signer_that_is_away_leaves_everything_waiting_and_nothing_lost() -> None:
    """Entries are durable; they get their numbers when it is back."""
    store, signer, anchors = MemoryStore(queue=[stored(entry(at)) for at in range(4)]), Remembering(away=True), []
    for _ in range(3):
        with pytest.raises(SignerUnavailableError):
            await sequencer(store, signer, anchors).once()
    assert (store.rows, store.notes) == ([], [])
    signer.away = False
    await whole(store, signer, anchors)


async def test_a_restore_that_was_cut_short_is_done_again_as_it_was() -> None:
    """Signed, not committed: the second try opens the same shard with the same entry."""
    store, signer, anchors = MemoryStore(queue=[stored(entry(0))]), Remembering(), list[bytes]()
    for _ in range(2):
        await sequencer(store, signer, anchors).once()
    backup = replace(store, rows=list(store.rows), notes=list(store.notes), known=dict(store.known), queue=[])
    store.queue = [stored(entry(2))]
    await sequencer(store, signer, anchors).once()
    signer.late = 1
    with pytest.raises(SignerUnavailableError):
        await sequencer(backup, signer, anchors).restore("disk_lost")
    assert await sequencer(backup, signer, anchors).restore("disk_lost") == f"{START.year}.2"
    await whole(backup, signer, anchors)


async def test_what_the_signer_remembers_is_lost_too_where_no_anchor_has_it() -> None:
    """A restore names the newest that was ever signed, not the newest that was kept."""
    store, signer, anchors = MemoryStore(queue=[stored(entry(0))]), Remembering(), list[bytes]()
    for _ in range(2):
        await sequencer(store, signer, anchors).once()
    backup = replace(store, rows=list(store.rows), notes=list(store.notes), known=dict(store.known), queue=[])
    store.queue = [stored(entry(2))]
    await sequencer(store, signer).once()  # kept nowhere
    assert await sequencer(backup, signer, anchors).restore("disk_lost") == f"{START.year}.2"
    await whole(backup, signer, anchors)
