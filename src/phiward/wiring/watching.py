"""A watched folder or bucket: what has come to rest there is imported and indexed, what vanished may be taken back.

One look: list → compare with what was seen → fetch what is ready into a private folder → import, index → remember.
A file that is refused does not stop the others, and is looked at again when it changes. An import that is cut off is
done again: the same file twice changes nothing.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phiward.adapters.watched.state import load, save
from phiward.domain.errors import ImportFailedError
from phiward.records.account import Account
from phiward.records.filing import FILING
from phiward.records.formats import format_of
from phiward.records.importing import import_path
from phiward.records.watching import Item, Seen, WatchedPlace, compare, forgotten, taken
from phiward.wiring.charts import ChartDesk

ORIGIN = "origin"
"""The label under which a source's id is digested: the digest of a key is that of the document it became."""


@dataclass(slots=True)
class Look:
    """What one look did. `refused` says why, by the place in the look; file names stay out of it."""

    imported: int = 0
    unchanged: int = 0
    waiting: int = 0
    taken_back: int = 0
    gone: int = 0
    unreadable_names: int = 0
    refused: list[str] = field(default_factory=list)

    def counts(self) -> Mapping[str, int]:
        """For the log and for programs."""
        names = ("imported", "unchanged", "waiting", "taken_back", "gone", "unreadable_names")
        return {**{name: getattr(self, name) for name in names}, "refused": len(self.refused)}


class Watcher:
    """Looks at one place for one organisation. `state` is a 0600 file of keyed digests."""

    def __init__(
        self, desk: ChartDesk, place: WatchedPlace, state: Path, *, patient: str | None = None, mirror: bool = False
    ) -> None:
        """`patient`: whose the documents are. `mirror`: a document whose file is gone is taken back."""
        self._desk, self._place, self._state = desk, place, state
        self._patient, self._mirror = patient, mirror
        self._tenant, self._mac = desk.registrar.tenant, desk.registrar.vault

    async def look(self) -> Look:
        """Once. Raises ImportFailedError when the place cannot be read or the state not kept, StorageError."""
        listing = await self._place.list()
        items = [one for one in listing.items if format_of(Path(one.key)) is not None]
        filing = [one for one in listing.items if one.key == FILING]
        changes = compare(load(self._state), items, self._digest)
        look = Look(waiting=changes.waiting, gone=len(changes.removed), unreadable_names=listing.refused)
        seen = await self._take(changes.ready, filing, changes.seen, look)
        if self._mirror and items:  # a share that is not mounted looks empty, and takes nothing back
            seen = await self._take_back(changes.removed, seen, look)
        save(self._state, seen)
        if look.imported or look.taken_back or look.refused:
            await self._desk.indexer.run(self._tenant)
            await self._desk.indexer.compact(self._tenant)
            await self._desk.registrar.record("place.watched", dict(look.counts()))
        return look

    async def _take(self, ready: tuple[Item, ...], filing: list[Item], seen: Seen, look: Look) -> Seen:
        if not ready:
            return seen
        with tempfile.TemporaryDirectory(prefix="phiward-watched-") as folder:
            root = Path(folder)
            there = [one for one in (*ready, *filing) if await self._fetched(one, root, look)]
            fetched = [one for one in there if one.key != FILING]
            if fetched:
                await self._import(root, fetched, look)
            for one in fetched:
                seen = taken(seen, one, self._digest)
        return seen

    async def _fetched(self, item: Item, root: Path, look: Look) -> bool:
        """Gone or changed meanwhile is no fault: the next look finds it as it is then."""
        to = root / item.key
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            await self._place.fetch(item, to)
        except ImportFailedError:
            look.waiting += 1
            return False
        return True

    async def _import(self, root: Path, items: list[Item], look: Look) -> None:
        """All together, since files refer to each other; one by one where one of them is refused."""
        try:
            _add(look, await self._import_path(root))
        except ImportFailedError:
            for one in items:
                try:
                    _add(look, await self._import_path(root, only=one.key))
                except ImportFailedError as error:
                    look.refused.append(str(error))

    async def _import_path(self, root: Path, only: str | None = None) -> Account:
        registrar = self._desk.registrar
        return await import_path(
            *(registrar.writer, self._tenant, root), patient=self._patient, only=only, extractor=self._desk.extractor
        )

    async def _take_back(self, removed: tuple[str, ...], seen: Seen, look: Look) -> Seen:
        if removed:
            origins = [bytes.fromhex(one) for one in removed]
            look.taken_back = await self._desk.registrar.writer.take_back(self._tenant, origins)
        for one in removed:
            seen = forgotten(seen, one)
        return seen

    def _digest(self, text: str) -> str:
        return self._mac.digest(self._tenant, ORIGIN, f"File/{text}").hex()


def _add(look: Look, account: Account) -> None:
    look.imported += account.imported
    look.unchanged += account.total - account.imported
