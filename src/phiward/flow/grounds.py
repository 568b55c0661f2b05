"""What an answer was built on, as it is sealed beside its entry: the passages, and what was replaced by what.

With the bytes that left, it lets a person who may see the patient rebuild an interaction: which text of which version
of which document went into the prompt, and what each placeholder stands for. Canonical JSON: the same grounds give the
same bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from phiward.domain.errors import AuditUnavailableError
from phiward.domain.passages import Passage
from phiward.domain.placeholders import PATTERN
from phiward.domain.tools import RemovedTool


def grounds_of(
    passages: Sequence[Passage],
    placeholders: Mapping[str, str],
    removed: Sequence[RemovedTool] = (),
    question: str = "",
) -> bytes:
    """`placeholders` maps every accepted spelling to its original; `question` is what was searched for.

    Raises AuditUnavailableError for what is no text: nothing is half-recorded.
    """
    value = {
        "question": question,
        "retrieved": [_passage(number, one) for number, one in enumerate(passages, 1)],
        "replaced": [_replaced(spelling, original) for spelling, original in sorted(placeholders.items())],
        "tools_removed": [[one.name, one.rule] for one in removed],
    }
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):  # a lone surrogate; its text would quote the passage
        raise AuditUnavailableError("An audit entry holds what cannot be recorded.") from None


def _passage(number: int, one: Passage) -> dict[str, Any]:
    return {
        "number": number,
        "origin": str(one.origin),
        "source": str(one.source),
        "version": one.version,
        "start": one.start,
        "end": one.end,
        "title": one.title,
        "section": one.section,
        "author": one.author,
        "written_at": one.written_at.isoformat() if one.written_at else None,
        "facts": [[str(fact), version] for fact, version in zip(one.facts, one.fact_versions, strict=True)],
        "corpus": one.corpus,
        "trust": str(one.trust),
        "kinds": sorted(map(str, one.kinds)),
        "classes": sorted(map(str, one.classes)),
        "text": one.text,
    }


def _replaced(spelling: str, original: str) -> dict[str, str]:
    found = PATTERN.fullmatch(spelling)
    return {"placeholder": spelling, "original": original, "class": found[1] if found else ""}
