"""Two hundred streams, half of which hang up; a hung client; tools; and the real SDKs."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from tests.system.harness import Hospital, name_of
from tests.system.upstream import event

LONG = "tell me all of it"


def slowly(body: dict[str, Any]) -> Iterator[bytes]:
    """Twenty pieces, one each twenty milliseconds; for who asks for all of it so many that nobody waits for the end."""
    for number in range(3_000 if body["messages"][-1]["content"].endswith(LONG) else 20):
        yield event({"content": f"piece {number} of the answer. "})
        time.sleep(0.02)
    yield event({}, "stop")
    yield b"data: [DONE]\n\n"


async def one_stream(client: httpx2.AsyncClient, hospital: Hospital, hang_up: bool) -> str:
    """Ask; leave after the first piece, or read to the end."""
    question = LONG if hang_up else "dose?"
    body = {"model": "stub", "messages": [{"role": "user", "content": question}], "stream": True}
    headers = {"authorization": f"Bearer {hospital.physician}", **hospital.context()}
    got = ""
    async with client.stream("POST", f"{hospital.url}/chat/completions", json=body, headers=headers) as answer:
        async for piece in answer.aiter_text():
            got += piece
            if hang_up:
                return "left"
    return "whole" if "[DONE]" in got and "piece 19" in got else f"cut: {got[-300:]}"


async def test_two_hundred_streams_of_which_half_hang_up(hospital: Hospital) -> None:
    """Those who stay get everything; those who leave are on record; nothing is left open."""
    hospital.upstream.script = slowly
    before = len(hospital.entries())
    limits = httpx2.Limits(max_connections=200)
    async with httpx2.AsyncClient(timeout=120, limits=limits) as client:
        ended = await asyncio.gather(*(one_stream(client, hospital, number % 2 == 0) for number in range(200)))
    assert ended.count("left") == 100
    assert ended.count("whole") == 100, [end for end in ended if end.startswith("cut")][:3]
    outcomes: dict[str, int] = {}
    for _ in range(100):
        new = hospital.entries()[before:]
        outcomes = {}
        for kind, _, facts in new:
            if kind == "outcome":
                outcomes[facts["facts"]["outcome"]] = outcomes.get(facts["facts"]["outcome"], 0) + 1
        if sum(outcomes.values()) == 200:
            break
        await asyncio.sleep(0.1)
    assert sum(outcomes.values()) == 200
    assert outcomes == {"released": 100, "client_gone": 100}
    assert 1 <= outcomes["client_gone"] <= 100  # on a slow machine an answer is whole before its client leaves
    assert hospital.post("still there?").status_code == 200


def test_the_openai_sdk_streams_names_back_that_the_model_never_saw(hospital: Hospital) -> None:
    """Seven characters at a time, cut through the placeholders."""
    given, family = name_of(hospital.made.bundles[0])
    text = f"Tell me about {given} {family}, seen on 03/04/2024 and again on 03/07/2024."
    stream = hospital.client().chat.completions.create(
        model="stub",
        messages=[{"role": "user", "content": text}],
        stream=True,
        stream_options={"include_usage": True},
        extra_headers=hospital.context(),
    )
    chunks = list(stream)
    got = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert got == text
    sent = hospital.upstream.received[0].decode()
    assert family not in sent
    assert "3 days after DATE_1" in sent
    assert chunks[-1].choices == [] or chunks[-1].choices[0].finish_reason == "stop"


def test_langchain_gets_the_same_answer_streamed_and_whole(hospital: Hospital) -> None:
    """A second real client."""
    given, family = name_of(hospital.made.bundles[0])
    chat = ChatOpenAI(
        model="stub",
        base_url=hospital.url,
        api_key=SecretStr(hospital.physician),
        default_headers=hospital.context(),
        max_retries=0,
    )
    question = f"Is {given} {family} well?"
    whole = chat.invoke(question).content
    streamed = "".join(str(chunk.content) for chunk in chat.stream(question))
    assert whole == streamed == question


def test_tool_call_arguments_are_restored_whole(hospital: Hospital) -> None:
    """Cut anywhere by the upstream, one valid JSON text for the client."""
    given, family = name_of(hospital.made.bundles[0])

    def calls(body: dict[str, Any]) -> Iterator[bytes]:
        arguments = json.dumps({"who": "[PATIENT_1]", "note": "see [NAME_9]"})
        first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "book", "arguments": ""}}
        yield event({"tool_calls": [first]})
        for start in range(0, len(arguments), 3):
            piece = {"index": 0, "function": {"arguments": arguments[start : start + 3]}}
            yield event({"tool_calls": [piece]})
        yield event({}, "tool_calls")
        yield b"data: [DONE]\n\n"

    hospital.upstream.script = calls
    stream = hospital.client().chat.completions.create(
        model="stub",
        messages=[{"role": "user", "content": f"Book a visit for {given} {family}."}],
        tools=[{"type": "function", "function": {"name": "book", "parameters": {"type": "object"}}}],
        stream=True,
        extra_headers=hospital.context(),
    )
    arguments = ""
    for chunk in stream:
        for call in chunk.choices[0].delta.tool_calls or [] if chunk.choices else []:
            arguments += (call.function.arguments if call.function else "") or ""
    assert json.loads(arguments) == {"who": f"{given} {family}", "note": "see [NAME_9]"}


def test_an_upstream_that_breaks_off_gives_an_error_and_never_a_done(hospital: Hospital) -> None:
    """A cut stream is taken for a whole answer by the SDK, so the gateway must say so."""

    def cut(body: dict[str, Any]) -> Iterator[bytes]:
        yield event({"content": "Half of the answer and then "})

    hospital.upstream.script = cut
    answer = hospital.post("dose?", stream=True)
    assert b"[DONE]" not in answer.content
    assert b'"error"' in answer.content


@pytest.mark.parametrize("stream", [True, False])
def test_identifiers_of_another_patient_are_withheld_from_the_answer(hospital: Hospital, stream: bool) -> None:
    """A model that remembers somebody else."""
    given, family = name_of(hospital.foreign_bundle)

    def remembers(body: dict[str, Any]) -> Iterator[bytes]:
        for letter in f"Compare {given} {family}, MRN {hospital.foreign_patient}. Done.":
            yield event({"content": letter})
        yield event({}, "stop")

    hospital.upstream.script = remembers
    answer = hospital.post("dose?", stream=stream)
    text = answer.text
    if stream:
        text = "".join(
            json.loads(line[6:])["choices"][0]["delta"].get("content", "")
            for line in answer.text.split("\n\n")
            if line.startswith("data: {") and json.loads(line[6:]).get("choices")
        )
    assert f"{given} {family}" not in text
    assert hospital.foreign_patient not in text
    assert "withheld" in text
    assert "Done." in text
