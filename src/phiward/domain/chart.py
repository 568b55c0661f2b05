"""What a chart holds for one search, and what an answer rested on afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from phiward.domain.documents import DocumentHead
from phiward.domain.passages import Origin


@dataclass(frozen=True, slots=True)
class PackedSegment:
    """The bytes of one segment, opened: places, words and vectors of up to 256 chunks."""

    model: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChartContents:
    """`heads` in order of id. `held_back` documents wait for a person, because they may be another patient's."""

    heads: tuple[DocumentHead, ...]
    segments: tuple[PackedSegment, ...]
    held_back: int


@dataclass(frozen=True, slots=True)
class Citation:
    """Passage `number` (from 1) of a prompt: its place in one version of its source. `cited`: by a sentence.

    A passage of facts has one citation for each fact, since each may change or go by itself.
    """

    number: int
    origin: Origin
    source: UUID
    version: int
    start: int
    end: int
    cited: bool


class CitationState(StrEnum):
    """What became of a source since it was cited."""

    CURRENT = "current"
    CHANGED = "changed"  # the source has a newer version
    WITHDRAWN = "withdrawn"  # the source is gone, or held back


@dataclass(frozen=True, slots=True)
class StandingCitation:
    """A citation as it stands now."""

    citation: Citation
    state: CitationState
