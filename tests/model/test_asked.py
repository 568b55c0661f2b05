"""Reading a request: what is the question, and what may be quoted."""

import json
from typing import Any

import pytest

from phiward.model.asked import Asked, BadRequestError, read

CANARY = "Zelda Quagmire"
NOTES = "Follow the rules strictly.\n\n[note 1] Visit\n[PATIENT_1] takes lisinopril 10 mg daily."


def asked(*messages: tuple[str, Any], **more: Any) -> Asked:
    """A request of these roles and contents."""
    return read(json.dumps({"messages": [{"role": r, "content": c} for r, c in messages], **more}).encode())


def texts(one: Asked) -> list[str]:
    """What may be quoted."""
    return [sentence.text for sentence in one.material]


BAD = [
    (b"{", None, "not JSON"),
    (b"[]", None, "not an object"),
    (b"{}", "messages", "no messages"),
    (b'{"messages": "%s"}' % CANARY.encode(), "messages", "messages that are no list"),
    (b'{"messages": [{"role": "%s"}]}' % CANARY.encode(), "messages", "an unknown role"),
    (b'{"messages": [], "n": 2}', "n", "two answers: there is only one"),
    (b'{"messages": [], "tools": [1]}', "tools", "a tool that is no object"),
    (b'{"messages": [], "stream_options": "x"}', "stream_options", "options that are no object"),
    (b'{"messages":' + b"[" * 5000, None, "nested without end"),
    (b'{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}', "messages", "a part that is no text"),
]


@pytest.mark.parametrize(("body", "param", "reason"), BAD, ids=[row[2] for row in BAD])
def test_a_body_that_cannot_be_read_is_refused_by_place_without_repeating_it(
    body: bytes, param: str | None, reason: str
) -> None:
    """One error for all; nothing is chained that holds the body."""
    with pytest.raises(BadRequestError) as caught:
        read(body)
    assert caught.value.param == param
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


def test_numbered_notes_are_quoted_and_instructions_beside_them_are_not() -> None:
    """In any system message; without numbered notes the whole of it counts."""
    one = asked(("system", NOTES), ("system", "You are a helpful assistant."), ("user", "dose?"))
    assert texts(one) == ["[PATIENT_1] takes lisinopril 10 mg daily."]
    assert texts(asked(("system", "The sky is very blue."), ("user", "sky?"))) == ["The sky is very blue."]


def test_a_note_pasted_above_the_question_may_be_quoted_but_not_the_question() -> None:
    """People paste."""
    one = asked(("user", "Furosemide was stopped.\nWhat was stopped? Say it."))
    assert one.question == "What was stopped?"
    assert texts(one) == ["Furosemide was stopped."]


def test_without_a_question_mark_the_last_sentence_asks() -> None:
    """An order is a question too."""
    one = asked(("user", "Furosemide was stopped. Summarise the visit."))
    assert one.question == "Summarise the visit."


def test_earlier_turns_and_tools_are_material_and_earlier_questions_and_answers_are_not() -> None:
    """Quoting its own quotations would prove nothing."""
    one = asked(
        ("user", "She takes aspirin daily. Does she?"),
        ("assistant", "She takes warfarin daily."),
        ("user", "Which drug?"),
        ("tool", "The lab value is 4.1 today."),
    )
    assert texts(one) == ["She takes aspirin daily.", "The lab value is 4.1 today."]


def test_content_may_come_in_text_parts() -> None:
    """As some SDKs send it."""
    assert asked(("user", [{"type": "text", "text": "What?"}])).question == "What?"


TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}


def test_a_tool_may_be_called_until_it_has_answered() -> None:
    """Otherwise a loop of calls would never end."""
    assert asked(("user", "use look_up"), tools=[TOOL]).tools == {"look_up": {"type": "object"}}
    assert asked(("user", "use look_up"), ("tool", "Found it there."), tools=[TOOL]).tools == {}
    assert asked(("user", "use look_up"), tools=[TOOL], tool_choice="none").tools == {}


def test_a_demanded_tool_streaming_and_usage_are_read() -> None:
    """What the caller set."""
    one = asked(("user", "x y"), tools=[TOOL], tool_choice=TOOL, stream=True, stream_options={"include_usage": True})
    assert (one.forced, one.stream, one.include_usage, one.prompt_words) == ("look_up", True, True, 2)


def test_unknown_fields_are_passed_over_and_nothing_is_printed() -> None:
    """Any client's request works; a request is PHI."""
    one = asked(("user", f"Who is {CANARY}?"), temperature=0, seed=1, made_up={"x": 1})
    assert CANARY in one.question
    assert CANARY not in repr(one)
