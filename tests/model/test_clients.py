"""Real SDKs, which nobody here wrote, against the built-in model server over real HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
import uvicorn
from langchain_openai import ChatOpenAI

from phiward.model.extract import HEAD
from phiward.model.reply import MODEL
from phiward.model.server import HOST, create_app

QUOTED = "[PATIENT_1] takes lisinopril 10 mg since [DATE_2: 3 days after DATE_1]."
MESSAGES: Any = [
    {"role": "system", "content": f"[note 1] Visit, [DATE_1]\n{QUOTED}\nShe plays chess on most evenings."},
    {"role": "user", "content": "Which dose of lisinopril?"},
]
PARAMETERS = {"type": "object", "properties": {"patient": {"type": "string"}}, "required": ["patient"]}
TOOL: Any = {"type": "function", "function": {"name": "book_visit", "parameters": PARAMETERS}}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The server, in a thread, on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(), host=HOST, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def client(base_url: str) -> Iterator[openai.OpenAI]:
    """The OpenAI SDK as an application makes it."""
    with openai.OpenAI(base_url=base_url, api_key="none", max_retries=0) as made:
        yield made


def test_the_sdk_raises_its_own_errors(client: openai.OpenAI) -> None:
    """So the error has the shape that it reads."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=MODEL, messages=MESSAGES, n=2)
    assert caught.value.code == "invalid_request"
    assert caught.value.param == "n"
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model=MODEL, input="x")


def test_the_sdk_lists_the_model(client: openai.OpenAI) -> None:
    """One, under its fixed name."""
    assert [one.id for one in client.models.list()] == [MODEL]


def test_the_sdk_reads_an_answer_and_its_usage(client: openai.OpenAI) -> None:
    """The quotation with its source, behind the line that says what it is."""
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert answer.choices[0].message.content == f'{HEAD}\n- "{QUOTED}" [note 1]'
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


def test_the_sdk_streams_the_same_answer(client: openai.OpenAI) -> None:
    """In pieces, with the usage at the end."""
    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert sum(map(bool, pieces)) > 5
    assert chunks[-1].usage == whole.usage


def test_the_sdk_reads_a_tool_call_streamed_and_not(client: openai.OpenAI) -> None:
    """The placeholder is the argument, whole."""
    messages: Any = [{"role": "user", "content": "Please use book_visit for [PATIENT_1]."}]
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL])
    (call,) = answer.choices[0].message.tool_calls or []
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.type == "function"
    assert json.loads(call.function.arguments) == {"patient": "[PATIENT_1]"}
    with client.chat.completions.stream(model=MODEL, messages=messages, tools=[TOOL]) as stream:
        streamed = stream.get_final_completion()
    (again,) = streamed.choices[0].message.tool_calls or []
    assert again.function.arguments == call.function.arguments


def test_a_loop_of_tool_calls_ends_with_an_answer_from_the_tool(client: openai.OpenAI) -> None:
    """As agents do it: call, run, ask again."""
    messages: Any = [{"role": "user", "content": "Please use book_visit for [PATIENT_1]."}]
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL]).choices[0].message
    (call,) = first.tool_calls or []
    done = {"role": "tool", "tool_call_id": call.id, "content": "The visit was booked on [DATE_3]."}
    messages = [*messages, first.model_dump(exclude_none=True), done]
    second = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL]).choices[0].message
    assert not second.tool_calls
    assert '"The visit was booked on [DATE_3]."' in (second.content or "")


def test_langchain_answers_streams_and_calls_tools(base_url: str) -> None:
    """The other client that people use."""
    model = ChatOpenAI(base_url=base_url, api_key="none", model=MODEL, max_retries=0)  # type: ignore[arg-type]
    pairs = [(message["role"], message["content"]) for message in MESSAGES]
    answer = model.invoke(pairs)
    assert QUOTED in str(answer.content)
    pieces = list(model.stream(pairs))
    assert "".join(str(piece.content) for piece in pieces) == answer.content
    assert len(pieces) > 5
    called = model.bind_tools([TOOL]).invoke("Please use book_visit for [PATIENT_1].")
    assert called.tool_calls[0]["args"] == {"patient": "[PATIENT_1]"}  # type: ignore[attr-defined]
