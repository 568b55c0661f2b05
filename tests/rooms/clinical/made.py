"""Passages of an invented patient, and what the tests do with them."""

from datetime import UTC, datetime
from uuid import UUID

from phiward.clinical.evidence import Evidence, SentenceEvidence
from phiward.clinical.gate import EvidenceGate, UnsupportedPolicy
from phiward.domain.passages import Origin, Passage

WRITTEN = datetime(2021, 3, 5, 23, 30, tzinfo=UTC)


def passage(
    text: str, *, start: int = 0, title: str = "Progress note", written_at: datetime | None = WRITTEN
) -> Passage:
    """A piece of a chart note that begins at `start` of its document."""
    return Passage(
        Origin.CHART,
        UUID(int=1),
        1,
        start,
        start + len(text),
        text,
        title,
        author="Dr. Ada Testov",
        written_at=written_at,
    )


def checked(sentence: str, *texts: str) -> SentenceEvidence:
    """One sentence against passages of these texts."""
    return Evidence([passage(text) for text in texts]).check(sentence)


def released(
    pieces: list[str], *texts: str, policy: UnsupportedPolicy = UnsupportedPolicy.MARK
) -> tuple[str, list[SentenceEvidence]]:
    """What a gate lets out of an answer that comes in these pieces, and its evidence."""
    gate = EvidenceGate([passage(text) for text in texts], policy)
    out = "".join([gate.feed(piece) for piece in pieces])
    return out + gate.finish(), gate.sentences
