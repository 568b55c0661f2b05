"""Parsing `POST /v1/vector_stores/{name}/search` once: the question, how many, and what narrows it.

The shape is OpenAI's, so that its client libraries search a chart as they search a vector store. The store `chart` is
the chart of the patient in context; any other name is a corpus. Filters are comparisons of `written_at` (gte, gt, lte,
lt) and of `section` (eq), alone or joined by `and`; what is not named here is refused by name.
Source: the OpenAI API reference, vector stores, search.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from phiward.domain.errors import InvalidRequestError
from phiward.domain.passages import RetrievalAsk
from phiward.gateway.asked import CORPUS, moment
from phiward.gateway.chat_request import refusal

CHART = "chart"
MAX_RESULTS = 50
DEFAULT_RESULTS = 10
_INSTANT = timedelta(microseconds=1)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Comparison(_Strict):
    type: Literal["eq", "gt", "gte", "lt", "lte"]
    key: Literal["written_at", "section"]
    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _And(_Strict):
    type: Literal["and"]
    filters: Annotated[list[_Comparison], Field(min_length=1, max_length=8)]


Question = Annotated[str, StringConstraints(min_length=1, max_length=8_192)]


class _Search(_Strict):
    query: Question | Annotated[list[Question], Field(min_length=1, max_length=1)]
    max_num_results: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = DEFAULT_RESULTS
    filters: _Comparison | _And | None = None
    rewrite_query: Literal[False] | None = None
    ranking_options: None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for, and where."""

    question: str = field(repr=False)
    ask: RetrievalAsk


def parse_search(store: str, body: bytes) -> SearchRequest:
    """Parse a body. Raises InvalidRequestError naming the place."""
    if CORPUS.fullmatch(store) is None:
        raise InvalidRequestError("A store is `chart` or the name of a corpus.", param="vector_store_id")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError("The body is not JSON.") from error
    try:
        asked = _Search.model_validate(value)
    except ValidationError as error:
        raise refusal(error) from None
    question = asked.query if isinstance(asked.query, str) else asked.query[0]
    chart = store == CHART
    ask = RetrievalAsk(chart, () if chart else (store,), limit=asked.max_num_results)
    return SearchRequest(question, _narrowed(ask, asked.filters))


def _narrowed(ask: RetrievalAsk, filters: _Comparison | _And | None) -> RetrievalAsk:
    comparisons = () if filters is None else [filters] if isinstance(filters, _Comparison) else filters.filters
    if comparisons and not ask.chart:
        raise InvalidRequestError("Filters narrow a chart only.", param="filters")
    for one in comparisons:
        ask = replace(ask, **_bound(one))
    return ask


def _bound(one: _Comparison) -> dict[str, Any]:
    if one.key == "section":
        if one.type != "eq":
            raise InvalidRequestError("A section is compared by `eq`.", param="filters")
        return {"section": one.value}
    at = moment(one.value, "filters")
    if at is None or one.type == "eq":
        raise InvalidRequestError("A date is compared by gt, gte, lt or lte.", param="filters")
    return {
        "gte": {"since": at},
        "gt": {"since": at + _INSTANT},
        "lt": {"until": at},
        "lte": {"until": at + _INSTANT},
    }[one.type]
