"""What several routes read alike: names of corpora, and moments in time."""

import re
from datetime import UTC, datetime

from phiward.domain.errors import InvalidRequestError

CORPUS = re.compile(r"[a-z][a-z0-9-]{0,39}")
MAX_CORPORA = 8


def corpora_named(text: str | None) -> tuple[str, ...]:
    """Names with commas between them, each once, in order. Raises InvalidRequestError for what is no name."""
    names = tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))
    if len(names) > MAX_CORPORA or not all(CORPUS.fullmatch(name) for name in names):
        raise InvalidRequestError(
            f"Corpora are at most {MAX_CORPORA} names of a-z, 0-9 and -, with commas between.", param="metadata.corpora"
        )
    return names


def moment(text: str | None, param: str) -> datetime | None:
    """An ISO 8601 date or time, in UTC where it names no zone. Raises InvalidRequestError."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequestError(f"`{param}` must be a date or time of ISO 8601.", param=param) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
