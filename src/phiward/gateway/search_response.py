"""Rendering passages in OpenAI's shape of search results; what phiward adds stands under `phiward`."""

from typing import Any

import orjson

from phiward.domain.chart import StandingCitation
from phiward.domain.passages import Passage, Retrieved
from phiward.flow.record import Interaction


def render_search(one: Interaction, question: str) -> bytes:
    """The page of results, the best first; there is no second page."""
    found = one.retrieved
    return orjson.dumps(
        {
            "object": "vector_store.search_results.page",
            "search_query": [question],
            "data": [_result(one) for one in sorted(found.passages, key=lambda one: -one.score)],
            "has_more": False,
            "next_page": None,
            "phiward": {"interaction": str(one.id), "documents": found.documents, **not_available(found)},
        }
    )


def not_available(found: Retrieved) -> dict[str, Any]:
    """What could not be looked at, in counts."""
    return {
        "documents_not_shown": found.not_shown,
        "documents_not_indexed": found.not_indexed,
        "documents_held_back": found.held_back,
        "passages_left_out": found.left_out,
        "searched_by_meaning": found.by_meaning,
    }


def render_citations(citations: list[StandingCitation]) -> bytes:
    """What an answer rested on, and whether it stands as it was."""
    return orjson.dumps(
        {
            "object": "list",
            "data": [
                {
                    "number": one.citation.number,
                    "origin": one.citation.origin,
                    "source": str(one.citation.source),
                    "version": one.citation.version,
                    "start": one.citation.start,
                    "end": one.citation.end,
                    "cited": one.citation.cited,
                    "state": one.state,
                }
                for one in citations
            ],
        }
    )


def passage_head(passage: Passage) -> dict[str, Any]:
    """Where a passage stands: opaque ids, offsets in code points, and what may be shown of its source."""
    return {
        "origin": passage.origin,
        "source": str(passage.source),
        "version": passage.version,
        "start": passage.start,
        "end": passage.end,
        "title": passage.title,
        "section": passage.section,
        "author": passage.author,
        "written_at": passage.written_at.isoformat() if passage.written_at else None,
        "corpus": passage.corpus,
        "format": passage.format,
        "trust": passage.trust,
        "facts": [str(one) for one in passage.facts],
    }


def _result(passage: Passage) -> dict[str, Any]:
    attributes = {
        name: value for name, value in passage_head(passage).items() if isinstance(value, str | int) and value != ""
    }
    return {
        "file_id": str(passage.source),
        "filename": passage.title,
        "score": round(passage.score, 6),
        "attributes": attributes,
        "content": [{"type": "text", "text": passage.text}],
    }
