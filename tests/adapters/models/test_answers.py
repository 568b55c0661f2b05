"""What an upstream says is read strictly; what it says of its errors is never repeated."""

import json
import traceback
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.models.answers import MAX_INDEX, Answer
from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, Usage, UsageReport
from phiward.domain.errors import UpstreamError

CANARY = "Zelda Quagmire"


def chunk(delta: Any = None, finish: Any = None, index: Any = 0, **more: Any) -> bytes:
    """One chunk."""
    return orjson.dumps({"choices": [{"index": index, "delta": delta or {}, "finish_reason": finish}], **more})


def call(index: Any = 0, known: Any = "c", arguments: Any = "{}", **more: Any) -> dict[str, Any]:
    """A delta with one piece of a tool call."""
    return {"tool_calls": [{"index": index, "id": known, "function": {"name": "f", "arguments": arguments}, **more}]}


NESTED = b'[{"type":"text","text":' * 400 + b'"a"' + b"}]" * 400

UNREADABLE = [
    (b"{" + CANARY.encode(), "not JSON"),
    (b"", "nothing"),
    (b"\xff\xfe{}", "not UTF-8"),
    (b'{"choices":' + b"[" * 3000, "nested without end"),
    (b'"' + CANARY.encode() + b'"', "not an object"),
    (orjson.dumps({"error": {"message": CANARY}}), "an error in mid-stream"),
    (orjson.dumps({"error": CANARY}), "an error that is a string"),
    (orjson.dumps({"error": {"message": CANARY}, "choices": []}), "an error beside choices"),
    (orjson.dumps({"object": "error", "message": CANARY}), "an error of another shape"),
    (b"{}", "no choices and no usage"),
    (orjson.dumps({"choices": None, "usage": None}), "neither, said twice"),
    (orjson.dumps({"choices": CANARY}), "choices that are no list"),
    (orjson.dumps({"choices": CANARY, "usage": {}}), "choices that are no list, with usage"),
    (orjson.dumps({"choices": [CANARY]}), "a choice that is no object"),
    (orjson.dumps({"choices": [{"delta": [CANARY]}]}), "a delta that is no object"),
    (chunk({"content": "a"}, index=CANARY), "an index that is no number"),
    (chunk({"content": "a"}, index=True), "an index that is a truth value"),
    (chunk({"content": "a"}, index=-1), "an index below nought"),
    (chunk({"content": "a"}, index=MAX_INDEX + 1), "an index that nobody asked for"),
    (chunk({"content": {"text": CANARY}}), "a content that is no text cannot be checked"),
    (chunk({"content": 7}), "a content that is a number"),
    (chunk({"content": False}), "a content that is a truth value"),
    (chunk({"content": [{"type": "image", "url": CANARY}]}), "a part that is no text"),
    (chunk({"content": [{"type": "text", "text": "a"}, {"type": "image"}]}), "one part of two is no text"),
    (chunk({"content": [{"type": "text", "text": 7}]}), "a text part without text"),
    (b'{"choices":[{"delta":{"content":' + NESTED + b"}}]}", "parts within parts, deeper than the stack"),
    (chunk({"content": [CANARY]}), "a part that is no object"),
    (chunk({"refusal": {"text": CANARY}}), "a refusal that is no text"),
    (chunk({"reasoning": [1]}), "a reasoning that is no text"),
    (chunk({"tool_calls": CANARY}), "tool calls that are no list"),
    (chunk({"tool_calls": [CANARY]}), "a tool call that is no object"),
    (chunk({"tool_calls": [{"function": [CANARY]}]}), "a function that is no object"),
    (chunk(call(arguments={"a": CANARY})), "arguments that are no text"),
    (chunk(call(index=-1)), "a tool call's index below nought"),
    (chunk(call(index="0")), "a tool call's index that is text"),
    (chunk({"tool_calls": [*call()["tool_calls"], *call(known="d")["tool_calls"]]}), "two calls under one index"),
    (b'{"choices":[{"delta":{"content":"\\ud800"}}]}', "half a character"),
]


@pytest.mark.parametrize(("data", "reason"), UNREADABLE, ids=[row[1] for row in UNREADABLE])
def test_what_cannot_be_read_is_an_error_without_its_text(data: bytes, reason: str) -> None:
    """An upstream's error may quote the prompt; a parser's error holds what it parsed."""
    with pytest.raises(UpstreamError) as caught:
        list(Answer().chunk(data))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert CANARY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)


NOT_WHOLE = [
    (b"{}", "no choices"),
    (b'{"choices": []}', "no choice"),
    (b'{"choices": [], "usage": {}}', "no choice but usage"),
    (b'{"choices": [{"index": 0, "finish_reason": "stop"}]}', "a choice without a message"),
    (b'{"choices": [{"index": 0, "message": null}]}', "a message that is null"),
    (b'{"choices": [{"index": 0, "delta": {"content": "a"}}]}', "a piece instead of the whole"),
]


@pytest.mark.parametrize(("data", "reason"), NOT_WHOLE, ids=[row[1] for row in NOT_WHOLE])
def test_a_whole_answer_needs_a_message(data: bytes, reason: str) -> None:
    """An empty answer must not look like an answer."""
    with pytest.raises(UpstreamError):
        list(Answer().whole(data))


@pytest.mark.parametrize("field", ["content", "refusal", "reasoning", "reasoning_content", "tool_calls"])
def test_what_comes_after_a_choice_has_finished_is_an_error(field: str) -> None:
    """It would not be checked as part of the answer."""
    answer = Answer()
    list(answer.chunk(chunk({"content": "a"}, "stop")))
    assert list(answer.chunk(chunk({}, "stop"))) == []
    with pytest.raises(UpstreamError):
        list(answer.chunk(chunk({field: "b"})))


def test_an_answer_is_complete_when_every_choice_has_finished() -> None:
    """Not before, and not if none ever came."""
    answer = Answer()
    assert not answer.complete
    list(answer.chunk(b'{"choices": [], "usage": {"total_tokens": 1}}'))
    assert not answer.complete
    list(answer.chunk(chunk({"content": "a"})))
    list(answer.chunk(chunk({"content": "b"}, index=1)))
    list(answer.chunk(chunk({}, "stop")))
    assert not answer.complete
    list(answer.chunk(chunk({}, "stop", index=1)))
    assert answer.complete


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("content_filter", "content_filter"),
        ("function_call", "stop"),
        (CANARY, "stop"),
        ([CANARY], "stop"),
        ({"a": 1}, "stop"),
        (7, "stop"),
    ],
)
def test_only_known_reasons_are_passed_on(reason: Any, expected: str) -> None:
    """A reason is text of the upstream's too."""
    assert list(Answer().chunk(chunk({}, reason))) == [Finished(0, expected)]


def test_unknown_fields_are_dropped_and_known_ones_read() -> None:
    """Nothing passes that is not checked."""
    delta = {
        "role": CANARY,
        "content": "a",
        "refusal": "no",
        "reasoning_content": "b",
        "audio": {"data": CANARY},
        "function_call": {"arguments": CANARY},
        **call(type=CANARY),
    }
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "note": CANARY}
    events = list(Answer().chunk(chunk(delta, "made_up_reason", usage=usage, model=CANARY, system_fingerprint=CANARY)))
    assert events == [
        ReasoningDelta(0, "b"),
        TextDelta(0, "a"),
        TextDelta(0, "no"),
        ToolCallDelta(0, 0, "c", "f", "{}"),
        Finished(0, "stop"),
        UsageReport(Usage(1, 2, 3)),
    ]
    assert CANARY not in repr([getattr(event, "arguments", getattr(event, "text", "")) for event in events])


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": -1, "completion_tokens": "2", "total_tokens": True}, Usage(0, 0, 0)),
        ({}, Usage(0, 0, 0)),
        ({"total_tokens": 5, "prompt_tokens": None}, Usage(0, 0, 5)),
    ],
)
def test_counts_that_are_no_counts_are_nought(usage: Any, expected: Usage) -> None:
    """They are only reported, never relied on."""
    assert list(Answer().chunk(orjson.dumps({"usage": usage}))) == [UsageReport(expected)]


def test_parts_of_text_are_joined() -> None:
    """Some servers send a list."""
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert list(Answer().chunk(chunk({"content": parts}))) == [TextDelta(0, "ab")]


def test_a_tool_call_in_pieces_keeps_its_index_and_two_calls_stay_two() -> None:
    """The id comes once, or again and again."""
    answer = Answer()
    pieces = [call(arguments=""), call(known=None, arguments='{"a'), call(arguments='":1}'), call(index=1, known="d")]
    events = [event for piece in pieces for event in answer.chunk(chunk(piece))]
    assert [(e.index, e.id, e.arguments) for e in events if isinstance(e, ToolCallDelta)] == [
        (0, "c", ""),
        (0, None, '{"a'),
        (0, "c", '":1}'),
        (1, "d", "{}"),
    ]


def test_a_whole_answer_gives_the_same_events_as_a_stream() -> None:
    """One path for both; calls of a whole message are numbered by their place."""
    message = {"content": "hello", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}] * 1}
    answer = Answer()
    whole = list(answer.whole(orjson.dumps({"choices": [{"message": message, "finish_reason": "length"}]})))
    assert whole == list(Answer().chunk(chunk(message, "length")))
    assert whole == [TextDelta(0, "hello"), ToolCallDelta(0, 0, "c", "f", "{}"), Finished(0, "length")]
    assert answer.complete


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 200) | st.sampled_from(["", "stop", "text", CANARY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["index", "delta", "message", "content", "tool_calls", "function", "arguments", "id", "type"]
            )
            | st.sampled_from(["text", "finish_reason", "name", "refusal", "reasoning"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.fixed_dictionaries({"choices": st.lists(_JSON, max_size=3)}, optional={"usage": _JSON, "error": _JSON}))
@settings(max_examples=200)
def test_any_json_gives_events_of_text_or_an_upstream_error(value: Any) -> None:
    """Never another exception: that would be a defect of ours, and its traceback could hold the answer."""
    for read in (Answer().chunk, Answer().whole):
        with suppress(UpstreamError):
            events = list(read(json.dumps(value).encode()))
            assert all(isinstance(getattr(event, "text", ""), str) for event in events)
