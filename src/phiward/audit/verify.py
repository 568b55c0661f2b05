"""The verifier: recomputes everything from the entries, and reports instead of raising.

It believes nothing that the database says about itself: indices must be dense, every signed
checkpoint must fit the recomputed tree at its size, each shard must begin with the last checkpoint of the one before,
the head must be the recomputed one, and the checkpoints that were kept outside the database must be prefixes. That
last check is what sees a log that was cut, rewound or rewritten together with its own checkpoints.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from phiward.audit.compare import compare, forks, largest, signed
from phiward.audit.findings import Finding, FindingKind, Notice, NoticeKind, Report, ShardReport
from phiward.audit.leaf import timestamp
from phiward.audit.note import Verifier
from phiward.audit.opened import Opened
from phiward.audit.shards import rank, shard_of
from phiward.audit.succession import Loss, losses_of
from phiward.audit.threads import Threads
from phiward.audit.walk import Found, Walk
from phiward.domain.audit import Shard
from phiward.domain.errors import AuditIntegrityError
from phiward.domain.ports import AuditStore, AuditView

__all__ = ["Finding", "FindingKind", "Report", "verify"]
CLOCK_TOLERANCE = timedelta(minutes=5)
PROGRESS_ENTRIES = 1_000
Progress = Callable[[int], None]
"""Hears how many entries were read so far, once in PROGRESS_ENTRIES."""


async def verify(
    store: AuditStore,
    verifier: Verifier,
    anchors: Sequence[bytes],
    progress: Progress = lambda entries: None,
    bounds: Mapping[bytes, datetime] | None = None,
) -> Report:
    """Check the whole log at one instant. `anchors` are signed checkpoints kept outside the database.

    `bounds`: by such a checkpoint, an instant at which a time stamp authority says that it existed.

    Read the anchors before calling: a gateway that runs meanwhile then cannot be ahead of the log.
    Raises StorageError only when the store cannot be read at all.
    """
    async with store.snapshot() as view:
        return await _Verification(view, verifier, anchors, progress, bounds or {}).report()


class _Verification:
    def __init__(
        self,
        view: AuditView,
        verifier: Verifier,
        anchors: Sequence[bytes],
        progress: Progress,
        bounds: Mapping[bytes, datetime],
    ) -> None:
        self._bounds = bounds
        self._view, self._verifier, self._progress = view, verifier, progress
        self._found, self._threads = Found(), Threads()
        self._outside = Opened(anchors, verifier)
        self._inside: dict[str, Opened] = {}
        self._walks: dict[str, Walk] = {}
        self._read = 0

    async def report(self) -> Report:
        self._broken(FindingKind.ANCHOR_INVALID, self._outside, "")
        shards = await self._view.shards()
        for name in self._ordered({*shards, *self._outside.shards()}):
            await self._walk(name, shards.get(name))
        losses = losses_of(list(self._walks.values()), self._verifier)
        reports = tuple(self._compared(walk, losses) for walk in self._walks.values())
        await self._head()
        waiting = await self._view.unsequenced()
        self._threads.finish(self._found, {str(worker): count for worker, count in waiting.items()})
        return Report(
            holds=not self._found.findings,
            entries=self._read,
            waiting=sum(waiting.values()),
            open_intents=tuple(sorted(self._threads.open)),
            findings=tuple(self._found.findings),
            notices=(*self._threads.notices, *(one.notice() for one in losses), *self._noticed(reports), *self._late()),
            shards=tuple(one for one in reports if one.size or one.name) or reports,
            more=self._found.more,
        )

    def _ordered(self, names: set[str]) -> list[str]:
        """In the order of succession; a name that is none of ours is a finding."""
        known = []
        for name in names:
            try:
                rank(name)
            except AuditIntegrityError:
                self._found.find(FindingKind.SUCCESSION, None, "entries stand in a shard that this log never named")
            else:
                known.append(name)
        return sorted(known, key=rank)

    async def _walk(self, name: str, shard: Shard | None) -> None:
        inside = Opened(await self._view.checkpoints(name), self._verifier, self._outside.valid)
        self._broken(FindingKind.CHECKPOINT_INVALID, inside, name)
        wanted = (one.size for one in (*inside.of(name), *self._outside.of(name)))
        walk = self._walks[name] = Walk(name, wanted, self._found, self._threads)
        self._inside[name] = inside
        async for entry in self._view.entries(name):
            walk.entry(entry)
            self._read += 1
            if not self._read % PROGRESS_ENTRIES:
                self._progress(self._read)
        if shard is not None and shard.destroyed_at is not None and walk.frontier.size == 0:
            async for hashed in self._view.kept_hashes(name):
                walk.kept(hashed)
            self._threads.blind()
        if shard is not None and shard.closed_size not in (None, walk.next_index):
            walk.find(FindingKind.ROW, None, "the shard was closed with another number of entries")

    def _compared(self, walk: Walk, losses: Sequence[Loss]) -> ShardReport:
        inside, outside = self._inside[walk.shard].of(walk.shard), self._outside.of(walk.shard)
        compare(walk, inside, FindingKind.CHECKPOINT_DIFFERS, "checkpoint in the database", ())
        compare(walk, outside, FindingKind.ANCHOR_DIFFERS, "checkpoint kept outside", losses)
        forks(walk, (*inside, *outside))
        signed(walk, inside)
        if walk.destroyed and self._threads.destroyed.get(walk.shard) != walk.frontier.size:
            walk.find(
                FindingKind.DESTROYED, 0, "its entries are gone, and no entry of the log says that so many may be"
            )
        return ShardReport(
            walk.shard,
            walk.frontier.size,
            walk.frontier.root().hex(),
            len(inside),
            len(outside),
            largest([one for one in outside if one.size <= walk.next_index]),
            walk.destroyed,
        )

    async def _head(self) -> None:
        head, walk = await self._view.head(), list(self._walks.values())[-1]
        if (head.shard, head.size, tuple(head.frontier)) != (walk.shard, walk.frontier.size, walk.frontier.subtrees):
            index = max(0, min(head.size, walk.frontier.size))
            walk.find(FindingKind.HEAD, index, "the stored tree head is not the recomputed one")

    def _late(self) -> list[Notice]:
        """Entries that claim a later time than a time stamp that covers them: the clock that wrote them was ahead."""
        late = []
        for note, bound in self._bounds.items():
            checkpoint = self._outside.valid.get(note)
            shard = shard_of(self._verifier.name, checkpoint.origin) if checkpoint else None
            if checkpoint is None or shard not in self._walks:
                continue
            claimed = self._walks[shard].times.get(checkpoint.size, "")
            if claimed > timestamp(bound + CLOCK_TOLERANCE):
                detail = "an entry before it claims a later time than the time stamp that covers it"
                late.append(Notice(NoticeKind.CLOCK, checkpoint.size - 1, detail, shard))
        return late

    def _broken(self, kind: FindingKind, opened: Opened, shard: str) -> None:
        for detail in opened.broken:
            self._found.find(kind, None, detail, shard)

    def _noticed(self, reports: Sequence[ShardReport]) -> list[Notice]:
        destroyed = [
            Notice(NoticeKind.DESTROYED, None, "its entries were destroyed on record; their hashes stand", one.name)
            for one in reports
            if one.destroyed
        ]
        newest = reports[-1]
        if newest.size and not newest.anchored_size:
            detail = "no checkpoint outside the database is of this shard: all of it could be cut without a trace"
            return [*destroyed, Notice(NoticeKind.UNANCHORED, None, detail, newest.name)]
        return destroyed
