"""What may come in: an allow-list, and errors that name the place but never the value."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.errors import InvalidRequestError
from phiward.domain.passages import RetrievalAsk
from phiward.gateway.chat_request import parse_chat

CANARY = "Zelda Quagmire 555-0199"


def body(**more: Any) -> bytes:
    """A minimal body with changes."""
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}], **more}).encode()


REFUSED = [
    pytest.param(body(api_base="http://x"), "api_base", id="a client must not choose where PHI goes"),
    pytest.param(body(base_url="http://x"), "base_url", id="the same under its other name"),
    pytest.param(body(api_key="sk-1"), "api_key", id="a provider key in the body is theft or a mistake"),
    pytest.param(body(notes=CANARY), "notes", id="an unknown field that carries text passes every check"),
    pytest.param(body(**{CANARY: 1}), "(a name that is not repeated)", id="a field name may itself be PHI"),
    pytest.param(body(logprobs=True), "logprobs", id="token alternatives would come back unchecked"),
    pytest.param(body(store=True), "store", id="a vendor must not keep what it received"),
    pytest.param(body(web_search_options={}), "web_search_options", id="a search would leave by another door"),
    pytest.param(body(modalities=["audio"]), "modalities", id="sound is not checked"),
    pytest.param(body(n=99), "n", id="out of range"),
    pytest.param(body(messages=[]), "messages", id="nothing was asked"),
    pytest.param(
        body(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": CANARY}}]}]),
        "messages[0].content",
        id="an image is an unknown content part",
    ),
    pytest.param(
        body(messages=[{"role": "user", "content": "x", "comment": CANARY}]),
        "messages[0].comment",
        id="an unknown field inside a message",
    ),
    pytest.param(
        body(messages=[{"role": "user", "content": "x", "name": CANARY}]),
        "messages[0].name",
        id="a participant's name that is not an identifier",
    ),
    pytest.param(
        body(tools=[{"type": "function", "function": {"name": CANARY}}]),
        "tools[0].function.name",
        id="a function name that could be a person's",
    ),
    pytest.param(body(tools=[{"type": "web_search"}]), "tools[0].type", id="a tool that the vendor runs itself"),
    pytest.param(body(metadata={"note": CANARY}), "metadata.note", id="metadata of our own only"),
    pytest.param(b"{" + CANARY.encode(), None, id="not JSON"),
    pytest.param(b"[]", None, id="not an object"),
    pytest.param(b"[" * 3000 + b"]" * 3000, None, id="nested beyond reason"),
    pytest.param(b'{"model": "\xff"}', None, id="not UTF-8"),
]


@pytest.mark.parametrize(("raw", "place"), REFUSED)
def test_what_is_not_named_is_refused_by_place_and_never_by_value(raw: bytes, place: str | None) -> None:
    """Each refusal names where, and repeats nothing of what."""
    with pytest.raises(InvalidRequestError) as caught:
        parse_chat(raw, None, None)
    told = f"{caught.value} {caught.value.param}"
    assert "Zelda" not in told
    assert "555" not in told
    if place is not None:
        assert caught.value.param is not None
        assert caught.value.param.startswith(place)


def test_a_header_and_metadata_that_name_different_patients_are_refused() -> None:
    """Two patients in one request are a mistake, whichever was meant."""
    with pytest.raises(InvalidRequestError):
        parse_chat(body(metadata={"patient": "a"}), "b", None)


def test_patient_and_purpose_come_from_headers_or_from_metadata() -> None:
    """An application that cannot set headers uses metadata."""
    by_header = parse_chat(body(), "p", "TREAT")
    by_metadata = parse_chat(body(metadata={"patient": "p", "purpose": "TREAT", "retrieve": "true"}), None, None)
    assert (by_header.patient, by_header.purpose, by_header.retrieval) == ("p", "TREAT", None)
    assert (by_metadata.patient, by_metadata.purpose, by_metadata.retrieval) == ("p", "TREAT", RetrievalAsk())


def test_what_names_the_end_user_is_accepted_and_goes_nowhere() -> None:
    """`user` and its kin identify people; the parsed request has no place for them."""
    asked = parse_chat(body(user=CANARY, safety_identifier=CANARY, prompt_cache_key=CANARY), None, None)
    assert CANARY not in str(asked.options)
    assert set(asked.options) == set()


def test_a_conversation_with_tools_keeps_every_part_that_is_known() -> None:
    """Text parts are joined, tool calls and their results keep their ids."""
    turn = {"id": "call_1", "type": "function", "function": {"name": "book", "arguments": '{"a":1}'}}
    asked = parse_chat(
        body(
            messages=[
                {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                {"role": "assistant", "content": None, "tool_calls": [turn], "refusal": None, "annotations": []},
                {"role": "tool", "tool_call_id": "call_1", "content": "done", "name": "book"},
            ],
            tools=[{"type": "function", "function": {"name": "book", "parameters": {"type": "object"}}}],
            tool_choice={"type": "function", "function": {"name": "book"}},
            stop="END",
            temperature=0.2,
            stream=True,
            stream_options={"include_usage": True},
            response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}},
        ),
        None,
        None,
    )
    assert asked.messages[0].content == "a\nb"
    assert asked.messages[1].tool_calls[0].arguments == '{"a":1}'
    assert asked.messages[2].tool_call_id == "call_1"
    assert asked.options["stop"] == ["END"]
    assert asked.options["tool_choice"] == {"type": "function", "function": {"name": "book"}}
    assert asked.response_format == {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": {"type": "object"}},
    }
    assert asked.stream
    assert asked.include_usage


def test_nothing_of_a_request_prints_its_text() -> None:
    """A frozen request in a traceback or a log line shows no PHI."""
    asked = parse_chat(body(messages=[{"role": "user", "content": CANARY}]), CANARY, None)
    assert "Zelda" not in repr(asked)


@pytest.mark.parametrize(
    ("metadata", "model", "expected", "reason"),
    [
        ({}, "m", None, "nothing is looked up that was not asked for"),
        ({"retrieve": "false"}, "m", None, "asked not to"),
        ({"retrieve": True}, "m", RetrievalAsk(), "the chart"),
        ({}, "m:chart", RetrievalAsk(), "the chart, by the model's name"),
        ({"corpora": "guidelines, formulary"}, "m", RetrievalAsk(False, ("guidelines", "formulary")), "corpora alone"),
        ({"corpora": "guidelines"}, "m:chart", RetrievalAsk(True, ("guidelines",)), "both"),
        (
            {"retrieve": "true", "since": "2024-01-01", "until": "2024-02-01T00:00:00-05:00", "section": "Plan"},
            "m",
            RetrievalAsk(True, (), datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, 5, tzinfo=UTC), "Plan"),
            "narrowed, in UTC",
        ),
        ({"retrieve": "true", "passages": "3"}, "m", RetrievalAsk(limit=3), "fewer passages"),
    ],
)
def test_what_is_looked_up_stands_in_the_metadata_or_in_the_models_name(
    metadata: dict[str, Any], model: str, expected: RetrievalAsk | None, reason: str
) -> None:
    """The model that answers is the same."""
    asked = parse_chat(body(metadata=metadata, model=model), None, None)
    assert (asked.model, asked.retrieval) == ("m", expected), reason


@pytest.mark.parametrize(
    "metadata",
    [
        {"corpora": "Guidelines!"},
        {"corpora": ",".join(f"c{n}" for n in range(9))},
        {"retrieve": "true", "since": "last year"},
        {"canary": "too-short"},
        {"canary": "heron lattice quartz!"},
        {"canary": "-" * 40},
        {"retrieve": "true", "passages": "0"},
        {"retrieve": "true", "passages": "101"},
        {"retrieve": "perhaps"},
    ],
)
def test_what_cannot_be_looked_up_so_is_refused(metadata: dict[str, Any]) -> None:
    """By the name of the place, without the value."""
    with pytest.raises(InvalidRequestError) as caught:
        parse_chat(body(metadata=metadata), None, None)
    assert "last year" not in str(caught.value)
    assert (caught.value.param or "").startswith("metadata")


def test_the_applications_own_mark_is_taken_up() -> None:
    """So that what repeats it can be withheld; it is printed nowhere."""
    asked = parse_chat(body(metadata={"canary": "heron-lattice quartz_7"}), None, None)
    assert asked.canary == "heron-lattice quartz_7"
    assert "heron" not in repr(asked)
