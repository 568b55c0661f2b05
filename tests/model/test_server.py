"""The built-in model server speaks to the real SDKs, and shows what it received only when asked to."""

import json
from typing import Any

from starlette.testclient import TestClient

from phiward.model.server import MODEL, create_app

NOTE = "[note 1] Visit, [DATE_1]\n[PATIENT_1] takes lisinopril 10 mg daily for blood pressure."


def asked(**more: Any) -> dict[str, Any]:
    """A question about a note."""
    messages = [{"role": "system", "content": NOTE}, {"role": "user", "content": "Which dose of lisinopril?"}]
    return {"model": MODEL, "messages": messages, **more}


def test_a_body_that_is_no_request_gets_an_openai_shaped_error() -> None:
    """Never the framework's own page."""
    answer = TestClient(create_app()).post("/v1/chat/completions", content=b"{")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


def test_what_was_received_is_not_shown_unless_the_flag_is_set() -> None:
    """Prompts are PHI wherever they lie."""
    assert TestClient(create_app()).get("/_received").status_code == 404
    client = TestClient(create_app(show_received=True))
    client.post("/v1/chat/completions", json=asked())
    assert client.get("/_received").json()[0]["model"] == MODEL


def test_it_answers_with_quotations_and_keeps_placeholders() -> None:
    """And counts words as its usage."""
    answer = TestClient(create_app()).post("/v1/chat/completions", json=asked()).json()
    content = answer["choices"][0]["message"]["content"]
    assert "[PATIENT_1] takes lisinopril 10 mg daily" in content
    assert answer["usage"]["total_tokens"] > 0


def test_the_stream_says_the_same_as_the_whole_and_ends_with_done() -> None:
    """One answer, two ways."""
    client = TestClient(create_app())
    whole = client.post("/v1/chat/completions", json=asked()).json()["choices"][0]["message"]["content"]
    page = client.post("/v1/chat/completions", json=asked(stream=True, stream_options={"include_usage": True})).text
    lines = [line[6:] for line in page.split("\n\n") if line.startswith("data: ")]
    chunks = [json.loads(line) for line in lines[:-1]]
    streamed = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
    assert streamed == whole
    assert lines[-1] == "[DONE]"
    assert chunks[-1]["usage"]["completion_tokens"] > 0


def test_a_named_tool_is_called_with_the_placeholder() -> None:
    """Enough to show that tool calls are restored end to end."""
    tool = {"type": "function", "function": {"name": "book_visit"}}
    body = {"model": MODEL, "messages": [{"role": "user", "content": "use book_visit for [PATIENT_1]"}], "tools": [tool]}
    choice = TestClient(create_app()).post("/v1/chat/completions", json=body).json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"])["about"] == "[PATIENT_1]"


def test_it_lists_its_one_model_and_its_health() -> None:
    """What a client library looks at first."""
    client = TestClient(create_app())
    assert client.get("/v1/models").json()["data"][0]["id"] == MODEL
    assert client.get("/healthz").json() == {"status": "ok"}
