"""Answers are rendered anew from checked events, in the shapes that client libraries read."""

import json

from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, Usage, UsageReport
from phiward.gateway.chat_response import DONE, Chunks, Completion

NOTE = {"interaction": "x"}
CALL = ToolCallDelta(0, 0, "call_1", "book", '{"who":"M"}')


def chunks_of(rendered: bytes) -> list[dict[str, object]]:
    """The JSON of each event but [DONE]."""
    lines = [line[6:] for line in rendered.decode().split("\n\n") if line.startswith("data: {")]
    return [json.loads(line) for line in lines]


def test_a_completion_holds_text_calls_reasoning_reason_usage_and_our_note() -> None:
    """And nothing else."""
    completion = Completion("chatcmpl-1", 5, "m")
    for event in (
        ReasoningDelta(0, "hm"),
        TextDelta(0, "a"),
        TextDelta(0, "b"),
        CALL,
        Finished(0, "tool_calls"),
        UsageReport(Usage(1, 2, 3)),
    ):
        completion.add(event)
    made = json.loads(completion.render(NOTE))
    message = made["choices"][0]["message"]
    assert message["content"] == "ab"
    assert message["reasoning_content"] == "hm"
    assert message["tool_calls"][0]["function"] == {"name": "book", "arguments": '{"who":"M"}'}
    assert made["choices"][0]["finish_reason"] == "tool_calls"
    assert made["usage"]["total_tokens"] == 3
    assert made["phiward"] == NOTE
    assert set(made) == {"id", "object", "created", "model", "choices", "usage", "phiward"}


def test_a_call_without_text_has_no_content() -> None:
    """null, as the SDK expects it."""
    completion = Completion("chatcmpl-1", 5, "m")
    completion.add(CALL)
    completion.add(Finished(0, "tool_calls"))
    assert json.loads(completion.render({}))["choices"][0]["message"]["content"] is None


def test_the_role_comes_once_for_each_choice() -> None:
    """With its first piece."""
    chunks = Chunks("chatcmpl-1", 5, "m", include_usage=False)
    first = chunks_of(chunks.render(TextDelta(0, "a")) + chunks.render(TextDelta(0, "b")))
    assert first[0]["choices"] == [{"index": 0, "delta": {"role": "assistant", "content": "a"}, "finish_reason": None}]
    assert first[1]["choices"] == [{"index": 0, "delta": {"content": "b"}, "finish_reason": None}]


def test_our_note_comes_once_with_the_first_finish_and_done_is_last() -> None:
    """Extra keys are tolerated by client libraries; extra events are not."""
    chunks = Chunks("chatcmpl-1", 5, "m", include_usage=True)
    events = [Finished(0, "stop"), Finished(1, "length"), UsageReport(Usage(1, 2, 3))]
    rendered = chunks.closing(events, NOTE)
    made = chunks_of(rendered)
    assert rendered.endswith(DONE)
    assert [one.get("phiward") for one in made] == [NOTE, None, None]
    assert made[2]["choices"] == []
    assert made[2]["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}


def test_usage_is_streamed_only_where_it_was_asked_for() -> None:
    """Some clients stumble over an empty choices list."""
    chunks = Chunks("chatcmpl-1", 5, "m", include_usage=False)
    assert chunks.render(UsageReport(Usage(1, 2, 3))) == b""
    assert "usage" not in chunks.closing([Finished(0, "stop")], {}).decode()
