"""Every place of a request that can carry text is transformed before it leaves."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.spans import Span
from phiward.domain.chat import ChatRequest, Message, ToolCall
from phiward.domain.errors import InvalidRequestError, UnsafeContentError
from phiward.domain.passages import Origin, Passage
from phiward.domain.vendors import DestinationClass, Route
from phiward.flow.outbound import CITING, transform
from tests.flow.fakes import destination, patient

WHO = patient()
TODAY = datetime(2026, 11, 24, tzinfo=UTC).date()
ROUTE = Route(destination(), "m", DestinationClass.BAA, None, None)
NAME = "Margaret Okafor"


def sent(
    *messages: Message, passages: tuple[Passage, ...] = (), deidentifier: Deidentifier | None = None, **more: Any
) -> Any:
    """What would leave, parsed."""
    asked = ChatRequest("m", messages, **more)
    return json.loads(transform(deidentifier or Deidentifier(), WHO, asked, passages, ROUTE, TODAY).body.value)


PLACES = [
    pytest.param({"messages": [Message("system", NAME)]}, id="a system message"),
    pytest.param({"messages": [Message("user", NAME)]}, id="the question"),
    pytest.param({"messages": [Message("assistant", NAME)]}, id="an earlier answer"),
    pytest.param({"messages": [Message("tool", NAME, (), "call_1")]}, id="a tool's result"),
    pytest.param(
        {"messages": [Message("assistant", None, (ToolCall("1", "book", '{"who": "Margaret Oka\\u0066or"}'),))]},
        id="arguments of a call, behind an escape",
    ),
    pytest.param(
        {"messages": [Message("assistant", None, (ToolCall("1", "book", NAME),))]}, id="arguments that are no JSON"
    ),
    pytest.param({"tools": ({"type": "function", "function": {"name": "f", "description": NAME}},)}, id="a tool"),
    pytest.param(
        {"tools": ({"type": "function", "function": {"name": "f", "parameters": {"enum": [NAME]}}},)},
        id="a tool's schema",
    ),
    pytest.param({"response_format": {"type": "json_schema", "json_schema": {"description": NAME}}}, id="a format"),
    pytest.param({"options": {"stop": [NAME]}}, id="a stop sequence"),
]


@pytest.mark.parametrize("place", PLACES)
def test_no_place_lets_the_name_through(place: dict[str, Any]) -> None:
    """Rivals leak where one place was forgotten."""
    more = {name: value for name, value in place.items() if name != "messages"}
    body = json.dumps(sent(*place.get("messages", [Message("user", "hello")]), **more))
    assert "Margaret" not in body
    assert "Okafor" not in body
    assert "PATIENT_" in body


def test_a_detector_that_fails_refuses_the_request() -> None:
    """Fail closed."""

    class Broken:
        def find(self, text: str) -> list[Span]:
            raise ValueError(text)

    with pytest.raises(UnsafeContentError):
        sent(Message("user", "hello"), deidentifier=Deidentifier([Broken()]))


def test_text_that_is_no_unicode_is_refused() -> None:
    """A lone surrogate cannot be sent, and not be checked."""
    with pytest.raises(InvalidRequestError):
        sent(Message("user", "\ud800"))


def test_the_same_history_gives_the_same_placeholders() -> None:
    """So that turns agree without anything stored."""
    history = (Message("user", f"{NAME} on 03/04/2024"), Message("assistant", "ok"), Message("user", NAME))
    assert sent(*history) == sent(*history)


def test_notes_come_first_with_the_instruction() -> None:
    """And the instruction itself names no placeholder."""
    text = f"{NAME} is well."
    passage = Passage(
        Origin.CHART, uuid4(), 1, 0, len(text), text, "visit", written_at=datetime(2024, 5, 1, tzinfo=UTC)
    )
    body = sent(Message("user", "Is she well?"), passages=(passage,))
    first = body["messages"][0]
    assert first["role"] == "system"
    assert "is well." in first["content"]
    assert "[PATIENT_1] or" not in first["content"]
    assert CITING in first["content"]


def test_a_request_without_identifiers_goes_as_it_is() -> None:
    """Nothing is added that is not needed."""
    body = sent(Message("user", "What is the usual dose of lisinopril?"), options={"temperature": 0.1})
    assert body["messages"] == [{"role": "user", "content": "What is the usual dose of lisinopril?"}]
    assert body["temperature"] == 0.1
