"""Nothing of a conversation prints its text, and nothing of it changes."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from phiward.domain.chat import ChatRequest, Message, ReasoningDelta, TextDelta, ToolCall, ToolCallDelta

CANARY = "Zelda Quagmire"
HOLDERS = [
    Message("user", CANARY),
    ToolCall("1", "book", CANARY),
    ChatRequest("m", (Message("user", CANARY),), tools=({"d": CANARY},), response_format={"d": CANARY}, patient=CANARY),
    TextDelta(0, CANARY),
    ReasoningDelta(0, CANARY),
    ToolCallDelta(0, 0, "1", "book", CANARY),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda one: type(one).__name__)
def test_nothing_that_holds_text_prints_it(holder: Any) -> None:
    """In a traceback, a log line or a debugger."""
    assert CANARY not in repr(holder)
    assert CANARY not in str(holder)


def test_a_request_is_frozen() -> None:
    """What was checked is what is sent."""
    request = ChatRequest("m", ())
    with pytest.raises(FrozenInstanceError):
        request.model = "other"  # type: ignore[misc]
