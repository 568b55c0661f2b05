"""The log composed: anchors that cannot be asked are named, the others count."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.ports import Consistency
from phiward.domain.errors import AnchorError
from phiward.settings import Settings
from phiward.wiring.log import anchors_of, remembered


@dataclass
class Place:
    """An anchor that remembers, or is away."""

    name: str
    notes: Sequence[bytes] | None
    kind: str = "witness"
    interval_seconds: float = 60.0

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Never called here."""
        raise AssertionError

    async def read(self) -> Sequence[bytes]:
        """What it remembers."""
        if self.notes is None:
            raise AnchorError("away")
        return self.notes


async def test_an_anchor_that_is_away_is_named_and_hides_no_other() -> None:
    """So that a verification says what it did not ask."""
    places = [Place("one", [b"1"]), Place("away", None), Place("two", [b"2", b"3"])]
    assert await remembered(places) == ([b"1", b"2", b"3"], ["away"])


def test_the_folder_is_always_among_the_anchors(tmp_path: Path) -> None:
    """The embedded default needs no setting."""
    found = anchors_of(Settings(anchor_dir=tmp_path / "anchors"), None)
    assert [one.kind for one in found] == ["folder"]
