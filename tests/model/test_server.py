"""The HTTP side of the built-in model server; it shows what it received only when started so."""

import inspect
import json
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from phiward.model import server
from phiward.model.reply import MODEL
from phiward.model.server import HOST, MAX_BODY_BYTES, create_app

NOTE = "[note 1] Visit, [DATE_1]\n[PATIENT_1] takes lisinopril 10 mg daily for blood pressure."


def asked(**more: Any) -> dict[str, Any]:
    """A question about a note."""
    messages = [{"role": "system", "content": NOTE}, {"role": "user", "content": "Which dose of lisinopril?"}]
    return {"model": MODEL, "messages": messages, **more}


REFUSED = [
    ("POST", "/v1/chat/completions", b"{", 400, "invalid_request", "a body that is no request"),
    ("POST", "/v1/chat/completions", json.dumps(asked(n=3)).encode(), 400, "invalid_request", "three answers"),
    ("POST", "/v1/chat/completions", b" " * (MAX_BODY_BYTES + 1), 413, "request_too_large", "a body without end"),
    ("POST", "/v1/embeddings", b"{}", 404, "not_found", "what it does not do"),
    ("GET", "/v1/chat/completions", b"", 405, "bad_method", "the wrong method"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "reason"), REFUSED, ids=[row[5] for row in REFUSED]
)
def test_a_refusal_has_the_openai_shape(
    method: str, path: str, body: bytes, status: int, code: str, reason: str
) -> None:
    """Never the framework's own page."""
    answer = TestClient(create_app()).request(method, path, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_what_was_received_is_not_shown_unless_the_flag_is_set() -> None:
    """Prompts are PHI wherever they lie."""
    assert TestClient(create_app()).get("/_received").status_code == 404
    client = TestClient(create_app(show_received=True))
    client.post("/v1/chat/completions", json=asked(stream=True))
    assert client.get("/_received").json() == [asked(stream=True)]


def test_it_answers_with_quotations_and_keeps_placeholders() -> None:
    """And counts words as its usage."""
    answer = TestClient(create_app()).post("/v1/chat/completions", json=asked()).json()
    assert "[PATIENT_1] takes lisinopril 10 mg daily" in answer["choices"][0]["message"]["content"]
    assert answer["usage"]["total_tokens"] > 0


def test_the_same_request_gives_the_same_answer_and_the_same_id() -> None:
    """Deterministic but for the time."""
    first, second = (TestClient(create_app()).post("/v1/chat/completions", json=asked()).json() for _ in range(2))
    assert {**first, "created": 0} == {**second, "created": 0}


def test_a_stream_is_an_event_stream() -> None:
    """As the client demands it."""
    answer = TestClient(create_app()).post("/v1/chat/completions", json=asked(stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("data: [DONE]\n\n")


def test_it_lists_its_one_model_and_its_health() -> None:
    """What a client library looks at first."""
    client = TestClient(create_app())
    assert client.get("/v1/models").json()["data"][0]["id"] == MODEL
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_can_listen_on_loopback_only() -> None:
    """It has no authentication, so there is no option for another address."""
    assert HOST == "127.0.0.1"
    assert "host" not in inspect.signature(server.serve_model).parameters


def test_the_process_tells_its_address_once_it_answers(tmp_path: Path) -> None:
    """On a free port, in the ready file; it ends when it is told to."""
    ready = tmp_path / "ready.json"
    code = "import sys, pathlib; from phiward.model.server import serve_model; "
    code += "serve_model(0, show_received=False, ready_file=pathlib.Path(sys.argv[1]))"
    with subprocess.Popen([sys.executable, "-c", code, str(ready)], stdout=subprocess.PIPE) as process:
        try:
            for _ in range(300):
                if ready.exists() or process.poll() is not None:
                    break
                time.sleep(0.05)
            url = json.loads(ready.read_text())["url"]
            connection = HTTPConnection(url.removeprefix("http://").removesuffix("/v1"), timeout=10)
            connection.request("GET", "/v1/models")
            assert json.load(connection.getresponse())["data"][0]["id"] == MODEL
            connection.close()
        finally:
            process.terminate()
