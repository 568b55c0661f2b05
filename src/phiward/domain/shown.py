"""An answer as its reader sees it: sentences with their sources, what was not used, and what left the hospital."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from phiward.domain.passages import Origin
from phiward.domain.people import PurposeOfUse


@dataclass(frozen=True, slots=True)
class SaidSentence:
    """One released sentence, without its marks. `kind` is claim, none or unchecked; `sources` are numbers from 1.

    `missing` are codes of why it has no support (clinical.claims.Claim).
    """

    text: str = field(repr=False)
    kind: str
    supported: bool
    sources: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it claims something."""
        return self.kind != "none"


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A passage that was in the prompt: its number, where it stands, and its own words. `cited`: by a sentence."""

    number: int
    origin: Origin
    source: UUID
    version: int
    start: int
    end: int
    cited: bool
    text: str = field(repr=False)
    title: str = field(repr=False)
    section: str = field(repr=False, default="")
    author: str | None = field(repr=False, default=None)
    written_at: datetime | None = None
    corpus: str | None = None
    facts: tuple[UUID, ...] = ()
    fact_versions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SentPiece:
    """A piece of what left. `seen` is the same with what the placeholders stand for; "" for our own instructions."""

    what: str
    seen: str = field(repr=False)
    sent: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotUsed:
    """What the answer could not rest on, in counts; `masked` are placeholders that nobody issued."""

    not_shown: int = 0
    held_back: int = 0
    not_indexed: int = 0
    left_out: int = 0
    by_meaning: bool = True
    withheld: int = 0
    masked: int = 0
    inert: int = 0

    @property
    def nothing(self) -> bool:
        """Everything could be used."""
        return self == NotUsed()


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """All of one answer, sealed as it stands for a day. Times are UTC; `replaced` counts identifiers."""

    interaction: UUID
    patient: UUID
    question: str = field(repr=False)
    asked_at: datetime
    purpose: PurposeOfUse
    model: str
    vendor: str
    self_hosted: bool
    label: str
    sentences: tuple[SaidSentence, ...]
    sources: tuple[ShownSource, ...]
    sent: tuple[SentPiece, ...]
    replaced: int
    not_used: NotUsed
    calibrated: str = ""
    calibrated_on: date | None = None

    @property
    def claims(self) -> int:
        """Sentences that claim something."""
        return sum(one.counts for one in self.sentences)

    @property
    def supported(self) -> int:
        """Claims that a source supports."""
        return sum(one.counts and one.supported for one in self.sentences)


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source around what was cited: `before`, the cited passage, `after`. `changed`: it has another version by now.

    `gone`: it is withdrawn or closed by policy, and only what the answer already showed is here.
    """

    title: str = field(repr=False)
    author: str | None = field(repr=False)
    written_at: datetime | None
    before: str = field(repr=False)
    cited: str = field(repr=False)
    after: str = field(repr=False)
    changed: bool = False
