"""A passage: a piece of a source that goes into a prompt and may be cited by its number."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.documents import SourceFormat
from phiward.domain.facts import FactId
from phiward.domain.trust import Trust


class Origin(StrEnum):
    """Where a passage comes from."""

    CHART = "chart"  # a document of the patient
    FACTS = "facts"  # structured facts of the patient, laid out as lines
    CORPUS = "corpus"  # a guideline or other text without PHI


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is exactly the source's text from `start` to `end` (code points, end exclusive).

    For facts, `source` is the first fact's id, `facts` are all of them, line by line, `fact_versions` their versions
    beside them, and the offsets run over the passage itself. For a corpus, `corpus` is its name and `source` the
    document in it. `score` is comparable within one search only. `kinds` and `classes` are those of what it is taken
    from. Its number in a prompt, and in a citation, is its place in the list, counted from 1.
    """

    origin: Origin
    source: UUID
    version: int
    start: int
    end: int
    text: str = field(repr=False)
    title: str = field(repr=False)
    section: str = field(default="", repr=False)
    author: str | None = field(default=None, repr=False)
    written_at: datetime | None = None
    score: float = 0.0
    facts: tuple[FactId, ...] = ()
    fact_versions: tuple[int, ...] = ()
    corpus: str | None = None
    format: SourceFormat | None = None
    trust: Trust = Trust.OUTSIDE
    kinds: frozenset[DocumentKind] = frozenset()
    classes: frozenset[DataClass] = frozenset()


@dataclass(frozen=True, slots=True)
class RetrievalAsk:
    """What to look in: the patient's chart, corpora by name, or both.

    `since` (inclusive) and `until` (exclusive) bound when a document was written, UTC; `section` is part of a
    section's title; `limit` bounds the passages, None leaves it to the settings. Dates and section narrow the chart
    only.
    """

    chart: bool = True
    corpora: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    section: str = field(default="", repr=False)
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for one question, and what could not be looked at.

    `not_shown` documents and facts the policies close; `not_indexed` documents are not searchable yet; `held_back`
    documents wait for a person, because they may be another patient's; `left_out` passages found no room. `by_meaning`
    is False where words alone ranked, because the segments were made with another embedding model.
    """

    passages: tuple[Passage, ...] = ()
    documents: int = 0
    not_shown: int = 0
    not_indexed: int = 0
    held_back: int = 0
    left_out: int = 0
    by_meaning: bool = True


NOTHING_RETRIEVED = Retrieved()
