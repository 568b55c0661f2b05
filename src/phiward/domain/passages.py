"""A passage: a piece of a source that goes into a prompt and may be cited by its number."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from phiward.domain.documents import SourceFormat
from phiward.domain.facts import FactId


class Origin(StrEnum):
    """Where a passage comes from."""

    CHART = "chart"  # a document of the patient
    FACTS = "facts"  # structured facts of the patient, laid out as lines
    CORPUS = "corpus"  # a guideline or other text without PHI


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is exactly the source's text from `start` to `end` (code points, end exclusive).

    For facts, `source` is the first fact's id, `facts` are all of them, line by line, and the offsets run over the
    passage itself. For a corpus, `corpus` is its name and `source` the document in it. `score` is comparable within
    one search only. Its number in a prompt, and in a citation, is its place in the list, counted from 1.
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
    corpus: str | None = None
    format: SourceFormat | None = None
