"""What is answered, and its shape on the wire."""

import json
from typing import Any

import pytest

from phiward.model.asked import Asked
from phiward.model.extract import HEAD
from phiward.model.reply import completion, events, reply
from phiward.model.sentences import sentences

HEAD_OF_IT = {"id": "chatcmpl-0123456789abcdef", "created": 1, "model": "m"}
NOTE = "[note 1] Visit\n[PATIENT_1] takes lisinopril 10 mg since [DATE_2: 3 days after DATE_1]."
PATIENT_SCHEMA = {"type": "object", "properties": {"patient": {"type": "string"}, "count": {"type": "integer"}}}


def asked(question: str, tools: dict[str, Any] | None = None, **more: Any) -> Asked:
    """A question about the note."""
    given: dict[str, Any] = {"forced": None, "stream": False, "include_usage": False, "prompt_words": 3, **more}
    return Asked(question=question, material=tuple(sentences(NOTE)), tools=tools or {}, **given)


CALLS = [
    ("use look_up for [PATIENT_1]", PATIENT_SCHEMA, {"patient": "[PATIENT_1]"}, "the property's name has the category"),
    (
        "use look_up for [DATE_2: 3 days after DATE_1]",
        {"properties": {"visit_date": {"type": "string"}}},
        {"visit_date": "[DATE_2: 3 days after DATE_1]"},
        "a placeholder with its distance",
    ),
    ("use look_up for [PATIENT_1] on [DATE_1]", PATIENT_SCHEMA, {"patient": "[PATIENT_1]"}, "only those that fit"),
    ("use look_up for aspirin", PATIENT_SCHEMA, {"patient": "use look_up for aspirin"}, "nothing fits: the question"),
    (
        "use look_up for [PATIENT_1]",
        {},
        {"about": "[PATIENT_1]", "question": "use look_up for [PATIENT_1]"},
        "no schema",
    ),
    ("use look_up", {"properties": 7}, {"about": "", "question": "use look_up"}, "a schema that is none"),
]


@pytest.mark.parametrize(("question", "tools"), [("use look_up", {}), ("look_up?", {"look_up": {}}), ("", {"a": {}})])
def test_no_tool_is_called_that_is_not_offered_and_named(question: str, tools: dict[str, Any]) -> None:
    """It answers instead."""
    assert reply(asked(question, tools)).tool is None


@pytest.mark.parametrize(("question", "schema", "arguments", "reason"), CALLS, ids=[row[3] for row in CALLS])
def test_a_named_tool_is_called_with_the_placeholders_that_fit(
    question: str, schema: dict[str, Any], arguments: dict[str, str], reason: str
) -> None:
    """Verbatim: enough to show that tool calls are restored end to end."""
    made = reply(asked(question, {"look_up": schema}))
    assert (made.tool, made.reason) == ("look_up", "tool_calls")
    assert json.loads(made.arguments) == arguments


def test_a_demanded_tool_is_called_without_being_named() -> None:
    """`tool_choice` of a function; one that was not offered is not."""
    assert reply(asked("look", {"look_up": {}}, forced="look_up")).tool == "look_up"
    assert reply(asked("look", {"look_up": {}}, forced="other")).tool is None


@pytest.mark.parametrize("tools", [{}, {"look_up": {}}])
def test_the_stream_says_the_same_as_the_whole_and_ends_with_done(tools: dict[str, Any]) -> None:
    """One answer, two ways; text and tool call."""
    one = asked("use look_up for lisinopril and [PATIENT_1]", tools, include_usage=True)
    made = reply(one)
    whole = completion(HEAD_OF_IT, one, made)
    *chunks, done = [event.removeprefix(b"data: ").strip() for event in events(HEAD_OF_IT, one, made)]
    values = [json.loads(chunk) for chunk in chunks]
    deltas = [value["choices"][0]["delta"] for value in values if value["choices"]]
    message = whole["choices"][0]["message"]
    assert done == b"[DONE]"
    assert ("".join(delta.get("content") or "" for delta in deltas) or None) == message["content"]
    calls = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert "".join(call["function"]["arguments"] for call in calls) == made.arguments
    assert values[-1]["usage"] == whole["usage"]
    assert values[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"] == made.reason
    if tools:
        assert calls[0]["id"] == message["tool_calls"][0]["id"]


def test_placeholders_are_cut_over_events_and_whole_in_the_answer() -> None:
    """As models cut them: whoever restores must wait for the rest."""
    one = asked("Since when lisinopril?")
    made = reply(one)
    sent = b"".join(events(HEAD_OF_IT, one, made))
    assert "[DATE_2: 3 days after DATE_1]" in made.content
    assert b"[DATE_2: 3 days" not in sent
    assert made.content.startswith(HEAD)


def test_usage_counts_words_and_comes_in_a_stream_only_on_request() -> None:
    """It has no tokens."""
    one = asked("Since when lisinopril?")
    made = reply(one)
    usage = completion(HEAD_OF_IT, one, made)["usage"]
    assert usage == {
        "prompt_tokens": 3,
        "completion_tokens": len(made.content.split()),
        "total_tokens": 3 + len(made.content.split()),
    }
    assert b'"usage"' not in b"".join(events(HEAD_OF_IT, one, made))


def test_a_reply_prints_without_its_text() -> None:
    """It may be PHI."""
    assert "lisinopril" not in repr(reply(asked("lisinopril?")))
