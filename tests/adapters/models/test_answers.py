"""What an upstream says is read strictly; what it says of its errors is never repeated."""

from typing import Any

import orjson
import pytest

from phiward.adapters.models.answers import Answer
from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UsageReport
from phiward.domain.errors import UpstreamError

CANARY = "Zelda Quagmire"


def chunk(delta: Any = None, finish: Any = None, **more: Any) -> bytes:
    """One chunk."""
    return orjson.dumps({"choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}], **more})


UNREADABLE = [
    pytest.param(b"{" + CANARY.encode(), id="not JSON"),
    pytest.param(b'"' + CANARY.encode() + b'"', id="not an object"),
    pytest.param(orjson.dumps({"error": {"message": CANARY}}), id="an error in mid-stream"),
    pytest.param(orjson.dumps({"error": CANARY}), id="an error that is a string"),
    pytest.param(b"{}", id="no choices and no usage"),
    pytest.param(orjson.dumps({"choices": CANARY}), id="choices that are no list"),
    pytest.param(orjson.dumps({"choices": [CANARY]}), id="a choice that is no object"),
    pytest.param(chunk({"content": {"text": CANARY}}), id="a content that is no text cannot be checked"),
    pytest.param(chunk({"content": [{"type": "image", "url": CANARY}]}), id="a part that is no text"),
    pytest.param(chunk({"tool_calls": CANARY}), id="tool calls that are no list"),
    pytest.param(chunk({"tool_calls": [{"function": {"arguments": {"a": CANARY}}}]}), id="arguments that are no text"),
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_what_cannot_be_read_is_an_error_without_its_text(data: bytes) -> None:
    """An upstream's error may quote the prompt."""
    with pytest.raises(UpstreamError) as caught:
        list(Answer().chunk(data))
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_text_after_a_choice_has_finished_is_an_error() -> None:
    """What comes too late would not be checked as part of the answer."""
    answer = Answer()
    list(answer.chunk(chunk({"content": "a"}, "stop")))
    with pytest.raises(UpstreamError):
        list(answer.chunk(chunk({"content": "b"})))


def test_an_answer_is_complete_when_every_choice_has_finished() -> None:
    """Not before, and not if none ever came."""
    answer = Answer()
    assert not answer.complete
    list(answer.chunk(chunk({"content": "a"})))
    assert not answer.complete
    list(answer.chunk(chunk({}, "stop")))
    assert answer.complete


def test_unknown_fields_are_dropped_and_known_ones_read() -> None:
    """Nothing passes that is not checked."""
    delta = {
        "content": "a",
        "reasoning_content": "b",
        "audio": {"data": CANARY},
        "tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}],
    }
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    events = list(Answer().chunk(chunk(delta, "made_up_reason", usage=usage)))
    assert events[:2] == [ReasoningDelta(0, "b"), TextDelta(0, "a")]
    assert events[2] == ToolCallDelta(0, 0, "c", "f", "{}")
    assert events[3] == Finished(0, "stop")
    assert isinstance(events[4], UsageReport)
    assert CANARY not in repr(events)


def test_a_whole_answer_gives_the_same_events_as_a_stream() -> None:
    """One path for both."""
    whole = orjson.dumps({"choices": [{"index": 0, "message": {"content": "hello"}, "finish_reason": "length"}]})
    answer = Answer()
    assert list(answer.whole(whole)) == [TextDelta(0, "hello"), Finished(0, "length")]
    assert answer.complete
