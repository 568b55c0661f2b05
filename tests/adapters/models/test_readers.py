"""From bytes to events: the same for every cutting, streamed or whole, and never without end."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.models.readers import Reader, StreamReader, WholeReader, reader
from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UpstreamEvent, Usage, UsageReport
from phiward.domain.errors import UpstreamError
from tests.upstreams.stub import DONE, chunk

STREAM = (
    b": ping\n\n"
    + chunk("", role="assistant")
    + chunk(reasoning_content="hm é")
    + chunk("[DATE_2: 3 days ").replace(b"\n", b"\r\n")
    + chunk("after DATE_1] 😀").replace(b"\n", b"\r")
    + chunk(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a'}}])
    + chunk(tool_calls=[{"index": 0, "function": {"arguments": '":1}'}}])
    + chunk(finish="tool_calls")
    + b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n'
    + DONE
)
EVENTS: list[UpstreamEvent] = [
    ReasoningDelta(0, "hm é"),
    TextDelta(0, "[DATE_2: 3 days "),
    TextDelta(0, "after DATE_1] 😀"),
    ToolCallDelta(0, 0, "c", "f", '{"a'),
    ToolCallDelta(0, 0, None, None, '":1}'),
    Finished(0, "tool_calls"),
    UsageReport(Usage(0, 0, 3)),
]
WHOLE = b'{"choices": [{"index": 0, "message": {"content": "hello"}, "finish_reason": "stop"}]}'


def read(one: Reader, *pieces: bytes) -> list[UpstreamEvent]:
    """As the client reads."""
    events: list[UpstreamEvent] = []
    for piece in pieces:
        events += one.feed(piece)
        if one.done:
            break
    return [*events, *one.finish()]


BAD = [
    (b"", "nothing"),
    (DONE, "the end of nothing"),
    (chunk("a"), "no finish reason and no [DONE]: cut off"),
    (chunk("a") + DONE, "[DONE] without a finish reason"),
    (chunk("a", "stop") + chunk("b", choice=1) + DONE, "one choice of two has not finished"),
    (b'data: {"choices": [], "usage": {}}\n\n' + DONE, "usage alone"),
    (b"data: \n\n" + chunk("a", "stop"), "an empty event"),
    (chunk("a", "stop") + b'data: {"error": {"message": "x"}}\n\n', "an error after the finish"),
    (b"<html>", "no event stream"),
]


@pytest.mark.parametrize(("stream", "reason"), BAD, ids=[row[1] for row in BAD])
def test_a_stream_that_is_not_whole_is_an_error(stream: bytes, reason: str) -> None:
    """SDKs take a stream that merely stops for a complete answer; here it is an error."""
    with pytest.raises(UpstreamError):
        read(StreamReader(), stream)


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "text/plain", "application/x-ndjson", ""])
def test_other_media_types_are_refused(kind: str) -> None:
    """What cannot be read cannot be checked."""
    with pytest.raises(UpstreamError):
        reader(kind)


@pytest.mark.parametrize("made", [StreamReader, WholeReader])
def test_a_body_without_end_is_refused(made: type[StreamReader] | type[WholeReader]) -> None:
    """Before it fills the memory."""
    one = made(max_bytes=100)
    list(one.feed(b":" + b"\n" * 99))
    with pytest.raises(UpstreamError, match="larger"):
        one.feed(b"\n")


@given(st.lists(st.integers(0, len(STREAM)), max_size=10))
@settings(max_examples=150)
def test_every_cutting_gives_the_same_events(cuts: list[int]) -> None:
    """In the middle of a character, of a line end, of an event."""
    places = sorted({0, len(STREAM), *cuts})
    assert read(StreamReader(), *(STREAM[a:b] for a, b in pairwise(places))) == EVENTS


def test_done_is_optional_and_so_is_the_last_empty_line() -> None:
    """Some servers end without either."""
    assert read(StreamReader(), STREAM.removesuffix(DONE)) == EVENTS
    assert read(StreamReader(), (chunk("a") + chunk(finish="stop")).rstrip()) == [
        TextDelta(0, "a"),
        Finished(0, "stop"),
    ]


def test_nothing_after_done_is_read() -> None:
    """Neither in the same piece nor later."""
    one = StreamReader()
    assert read(one, STREAM + chunk("late", choice=1), chunk("later", choice=2)) == EVENTS
    assert one.done


def test_a_whole_answer_gives_events_only_when_it_is_whole() -> None:
    """An object that is cut off says nothing."""
    assert read(reader("application/json"), WHOLE[:20], WHOLE[20:]) == [TextDelta(0, "hello"), Finished(0, "stop")]
    cut = WholeReader()
    assert list(cut.feed(WHOLE[:-1])) == []
    with pytest.raises(UpstreamError):
        list(cut.finish())
