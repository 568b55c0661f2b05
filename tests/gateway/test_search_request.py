"""A search in OpenAI's shape: what is known is read, what is not is refused by name."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from phiward.domain.errors import InvalidRequestError
from phiward.domain.passages import RetrievalAsk
from phiward.gateway.search_request import DEFAULT_RESULTS, parse_search

DAY = datetime(2024, 5, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def body(**more: Any) -> bytes:
    """A search for creatinine."""
    return json.dumps({"query": "creatinine", **more}).encode()


def comparison(kind: str, value: str = "2024-05-01", key: str = "written_at") -> dict[str, str]:
    """A filter."""
    return {"type": kind, "key": key, "value": value}


REFUSED = [
    ("chart", b"{", "no JSON"),
    ("chart", b"[]", "no object"),
    ("chart", body(query=""), "no question"),
    ("chart", body(query=["a", "b"]), "two questions"),
    ("chart", body(query="x" * 9_000), "a question as long as a document"),
    ("chart", body(max_num_results=0), "no results"),
    ("chart", body(max_num_results=51), "too many results"),
    ("chart", body(rewrite_query=True), "a question that somebody else rewrites"),
    ("chart", body(ranking_options={"ranker": "auto"}), "a ranking that is not ours"),
    ("chart", body(patient="40017723"), "a field that is not known"),
    ("chart", body(filters=comparison("eq")), "a date that equals"),
    ("chart", body(filters=comparison("gte", "Plan", "section")), "a section that is greater"),
    ("chart", body(filters=comparison("gte", "May")), "no date"),
    ("chart", body(filters={"type": "or", "filters": [comparison("gte")]}), "one or the other"),
    ("guidelines", body(filters=comparison("gte")), "a corpus has no dates"),
    ("../chart", body(), "no name of a store"),
]


@pytest.mark.parametrize(("store", "content", "reason"), REFUSED)
def test_what_is_not_known_is_refused(store: str, content: bytes, reason: str) -> None:
    """And no value is repeated."""
    with pytest.raises(InvalidRequestError) as caught:
        parse_search(store, content)
    assert "40017723" not in str(caught.value), reason


def test_a_question_may_stand_in_a_list_of_one() -> None:
    """As some clients send it."""
    assert parse_search("chart", body(query=["creatinine"])) == parse_search("chart", body())


@pytest.mark.parametrize(
    ("store", "more", "expected"),
    [
        ("chart", {}, RetrievalAsk(limit=DEFAULT_RESULTS)),
        ("guidelines", {"max_num_results": 3}, RetrievalAsk(False, ("guidelines",), limit=3)),
        ("chart", {"filters": comparison("gte")}, RetrievalAsk(since=DAY, limit=10)),
        ("chart", {"filters": comparison("gt")}, RetrievalAsk(since=DAY + TICK, limit=10)),
        ("chart", {"filters": comparison("lt")}, RetrievalAsk(until=DAY, limit=10)),
        ("chart", {"filters": comparison("lte")}, RetrievalAsk(until=DAY + TICK, limit=10)),
        (
            "chart",
            {"filters": {"type": "and", "filters": [comparison("gte"), comparison("eq", "Plan", "section")]}},
            RetrievalAsk(since=DAY, section="Plan", limit=10),
        ),
    ],
)
def test_store_number_and_filters_say_where_to_look(store: str, more: dict[str, Any], expected: RetrievalAsk) -> None:
    """`since` is inclusive, `until` exclusive."""
    asked = parse_search(store, body(**more))
    assert (asked.question, asked.ask) == ("creatinine", expected)
