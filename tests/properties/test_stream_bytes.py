"""From the upstream's bytes to what the caller gets: however they were cut, the same as unstreamed."""

from itertools import pairwise

import orjson
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.models.answers import Answer
from phiward.adapters.models.sse import EventParser
from phiward.domain.chat import TextDelta, ToolCallDelta, UpstreamEvent
from phiward.flow.checks import Checks
from phiward.flow.inbound import Inbound
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

ME, OTHER = patient(), patient("Zelda Quagmire", "40019999")
INDEX = index_of(ME, OTHER)
PLACEHOLDERS = {"[PATIENT_1]": "José Ñúñez", "[DATE_2]": "March 7", "[DATE_2: 3 days after DATE_1]": "March 7"}
FRAGMENTS = st.sampled_from(
    [
        "[PATIENT_1]",
        "[DATE_2: 3 days after DATE_1]",
        "[DATE_2: 4 days after DATE_1]",
        "[NAME_9]",
        "Zelda Quagmire",
        "400-19-999",
        " takes 5 mg ",
        "é€😀",
        "\n\n",
        "[",
        "Zelda",
    ]
)


def events_of(data: list[bytes]) -> list[UpstreamEvent]:
    """What the client makes of a stream in these pieces."""
    parser, answer = EventParser(), Answer()
    found = [one for piece in data for one in parser.feed(piece)] + parser.finish()
    return [event for one in found if one != b"[DONE]" for event in answer.chunk(one)]


def released(events: list[UpstreamEvent]) -> tuple[str, str]:
    """The text and the tool arguments that the caller gets."""
    one = Inbound(Checks(PLACEHOLDERS, INDEX, frozenset([ME.patient])))
    out = [passed for event in events for passed in one.pass_on(event)]
    text = "".join(event.text for event in out if isinstance(event, TextDelta))
    return text, "".join(event.arguments for event in out if isinstance(event, ToolCallDelta))


def chunk(delta: dict[str, object], finish: str | None = None) -> bytes:
    """One event of the stream."""
    return b"data: " + orjson.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}) + b"\n\n"


@given(st.lists(FRAGMENTS, max_size=6), st.integers(1, 9), st.lists(st.integers(0, 3000), max_size=8))
def test_the_restored_stream_is_the_unstreamed_answer_for_every_cut(
    fragments: list[str], step: int, cuts: list[int]
) -> None:
    """Cut into deltas of any size, and the bytes of those cut anywhere; text and tool arguments alike."""
    text = " ".join(fragments)
    arguments = orjson.dumps({"who": text}).decode()
    call = {"index": 0, "id": "call_1", "function": {"name": "book", "arguments": ""}}
    stream = b"".join(
        [
            *(chunk({"content": text[i : i + step]}) for i in range(0, len(text), step)),
            chunk({"tool_calls": [call]}),
            *(
                chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments[i : i + step]}}]})
                for i in range(0, len(arguments), step)
            ),
            chunk({}, "tool_calls"),
            b"data: [DONE]\n\n",
        ]
    )
    message = {
        "content": text,
        "tool_calls": [{"id": "call_1", "function": {"name": "book", "arguments": arguments}}],
    }
    whole = orjson.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})
    expected = released(list(Answer().whole(whole)))
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    assert released(events_of([stream[a:b] for a, b in pairwise(places)])) == expected
    assert "Zelda Quagmire" not in expected[0] + expected[1]
