"""What comes back is checked piece by piece, and what says complete waits."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.chat import (
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UpstreamEvent,
    Usage,
    UsageReport,
)
from phiward.domain.errors import UpstreamError
from phiward.flow import inbound
from phiward.flow.checks import Checks
from phiward.flow.inbound import Inbound
from phiward.guard.tools import CallDecision
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

ME, OTHER = patient(), patient("Zelda Quagmire", "40019999")
INDEX = index_of(ME, OTHER)
PLACEHOLDERS = {"[PATIENT_1]": "Margaret Okafor"}


def everything(name: str, arguments: str) -> CallDecision:
    """Every call is passed on, with names restored; what is decided of calls is in test_labelling.py."""
    return CallDecision(True, name, None, True, arguments)


def checked() -> Inbound:
    """The checks of one answer."""
    return Inbound(Checks(PLACEHOLDERS, INDEX, frozenset([ME.patient]), admit=everything))


def released(one: Inbound, *events: UpstreamEvent) -> list[UpstreamEvent]:
    """Everything that goes on."""
    return [out for event in events for out in one.pass_on(event)]


def text_of(events: list[UpstreamEvent], choice: int = 0) -> str:
    """The text of one choice."""
    return "".join(event.text for event in events if isinstance(event, TextDelta) and event.choice == choice)


def test_an_answer_without_end_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fill the memory and the log."""
    monkeypatch.setattr(inbound, "MAX_ANSWER_CHARACTERS", 10)
    with pytest.raises(UpstreamError):
        released(checked(), TextDelta(0, "x" * 11))


def test_reasoning_is_checked_like_the_answer() -> None:
    """A model thinks aloud about whom it remembers."""
    events = released(checked(), ReasoningDelta(0, "Zelda Quagmire? [PATIENT_1]. "), Finished(0, "stop"))
    text = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    assert "Zelda" not in text
    assert "Margaret Okafor" in text


def test_tool_arguments_are_released_whole_and_restored() -> None:
    """An escape hides nothing; a value cannot break out."""
    one = checked()
    raw = json.dumps({"who": "[PATIENT_1]", "other": "Zelda Quagmire"}).replace("Zelda", "Zel\\u0064a")
    pieces = [
        ToolCallDelta(0, 0, "call_1" if i == 0 else None, "book" if i == 0 else None, c) for i, c in enumerate(raw)
    ]
    assert released(one, *pieces) == []
    (call,) = released(one, Finished(0, "tool_calls"))
    assert isinstance(call, ToolCallDelta)
    arguments = json.loads(call.arguments)
    assert arguments["who"] == "Margaret Okafor"
    assert "Quagmire" not in arguments["other"]
    assert (call.id, call.name) == ("call_1", "book")


def test_two_choices_do_not_mix() -> None:
    """A placeholder half in one and half in the other is none."""
    one = checked()
    events = released(one, TextDelta(0, "[PATI"), TextDelta(1, "ENT_1] "), Finished(0, "stop"), Finished(1, "stop"))
    assert text_of(events, 0) == "[PATI"
    assert text_of(events, 1) == "ENT_1] "


def test_what_says_complete_is_held_back() -> None:
    """Until the outcome is on record."""
    one = checked()
    last = [Finished(0, "stop"), UsageReport(Usage(1, 2, 3))]
    assert not any(isinstance(event, Finished | UsageReport) for event in released(one, TextDelta(0, "a "), *last))
    assert one.closing() == last


@given(st.lists(st.integers(0, 80), max_size=6))
def test_any_cutting_releases_the_same_text_and_counts(cuts: list[int]) -> None:
    """DESIGN promise 5."""
    text = "So [PATIENT_1], not Zelda Quagmire (400-19-999) nor [NAME_7], is well. "
    whole = checked()
    expected = text_of(released(whole, TextDelta(0, text), Finished(0, "stop")))
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    one = checked()
    pieces = [TextDelta(0, text[a:b]) for a, b in pairwise(places)]
    assert text_of(released(one, *pieces, Finished(0, "stop"))) == expected
    assert one.counts == whole.counts
    assert whole.counts.withheld == 2
    assert whole.counts.masked == 1
    assert whole.counts.resolved == 1
