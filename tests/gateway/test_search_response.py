"""Results in OpenAI's shape; their routes are tested in test_search.py."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from phiward.domain.chart import Citation, CitationState, StandingCitation
from phiward.domain.documents import SourceFormat
from phiward.domain.passages import Origin, Passage, Retrieved
from phiward.flow.record import Interaction
from phiward.gateway.search_response import render_citations, render_search
from tests.flow.fakes import caller

PASSAGE = Passage(
    *(Origin.CHART, UUID(int=7), 2, 5, 14, "Invented."),
    title="Clinic note",
    section="Plan",
    written_at=datetime(2024, 5, 1, tzinfo=UTC),
    score=0.03,
    format=SourceFormat.SCAN,
)


def test_the_nearest_comes_first_with_its_place_in_the_source() -> None:
    """In a prompt passages stand by time; a page of results by rank."""
    near = Passage(Origin.CHART, UUID(int=8), 1, 0, 5, "Near.", "Note", score=0.9)
    one = Interaction(uuid4(), caller(), retrieved=Retrieved((PASSAGE, near), documents=4, held_back=1))
    page = json.loads(render_search(one, "plan?"))
    assert [result["score"] for result in page["data"]] == [0.9, 0.03]
    result = page["data"][1]
    assert (result["file_id"], result["filename"]) == (str(UUID(int=7)), "Clinic note")
    assert result["content"] == [{"type": "text", "text": "Invented."}]
    attributes = result["attributes"]
    assert (attributes["start"], attributes["end"], attributes["version"]) == (5, 14, 2)
    assert (attributes["section"], attributes["format"]) == ("Plan", "scan")
    assert page["phiward"]["documents_held_back"] == 1
    assert page["has_more"] is False


def test_a_citation_says_what_became_of_its_source() -> None:
    """Opaque ids and offsets, no text."""
    citation = Citation(1, Origin.CHART, UUID(int=7), 2, 5, 14, True)
    (told,) = json.loads(render_citations([StandingCitation(citation, CitationState.WITHDRAWN)]))["data"]
    assert told["state"] == "withdrawn"
    assert (told["source"], told["start"], told["end"], told["cited"]) == (str(UUID(int=7)), 5, 14, True)
