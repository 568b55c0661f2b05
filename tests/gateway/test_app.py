"""The routes over a flow with in-memory twins; the real parts are in tests/system."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from phiward.domain.chat import Finished, TextDelta
from phiward.domain.errors import UpstreamError
from phiward.gateway.app import Gateway, create_app
from phiward.gateway.metrics import Metrics
from phiward.identity.keys import issue
from tests.flow.fakes import NOW
from tests.flow.test_journey import House, no_patient

KEY = issue(NOW, timedelta(days=1)).text.value
HEADERS = {"authorization": f"Bearer {KEY}", "x-phiward-patient": "40017723", "x-phiward-purpose": "TREAT"}


def client(house: House) -> TestClient:
    """The application over a house."""

    async def ready() -> dict[str, bool]:
        return {"database": house.people.opened is not None}

    gateway = Gateway(house.flow(), Metrics(), ready, 10_000, lambda: house.now, uuid4)
    return TestClient(create_app(gateway))


def body(**more: Any) -> dict[str, Any]:
    """A question."""
    return {"model": "m", "messages": [{"role": "user", "content": "dose?"}], **more}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v1/chat/completions", 405, id="a route by another method"),
        pytest.param("GET", "/docs", 404, id="no documentation page in production"),
        pytest.param("GET", "/openapi.json", 404, id="nor a schema"),
        pytest.param("GET", "//v1/models", 404, id="a doubled slash is another path"),
        pytest.param("GET", "/v1/models/", 404, id="so is a trailing one"),
    ],
)
def test_what_is_no_route_answers_in_our_own_shape(method: str, path: str, status: int) -> None:
    """Never the framework's default."""
    answer = client(House()).request(method, f"http://testserver{path}")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == "no_such_route"


def test_a_request_without_a_key_is_refused_before_its_body_is_read() -> None:
    """Also if the body is nonsense."""
    answer = client(House()).post("/v1/chat/completions", content=b"{")
    assert answer.status_code == 401


def test_a_header_that_comes_twice_is_refused() -> None:
    """Two patients in one request."""
    answer = client(House()).post(
        "/v1/chat/completions", json=body(), headers=[*HEADERS.items(), ("x-phiward-patient", "other")]
    )
    assert answer.status_code == 400


def test_a_refusal_is_counted_by_its_code() -> None:
    """For whoever watches the metrics."""
    house = House()
    no_patient(house)
    application = client(house)
    assert application.post("/v1/chat/completions", json=body(), headers=HEADERS).status_code == 404
    assert 'phiward_refusals_total{code="patient_not_found"} 1.0' in application.get("/metrics").text


def test_an_upstream_that_fails_before_its_first_piece_has_a_status_of_its_own() -> None:
    """A stream that has not begun can still say 502."""
    house = House()
    house.client.answer = (UpstreamError("down"),)
    answer = client(house).post("/v1/chat/completions", json=body(stream=True), headers=HEADERS)
    assert answer.status_code == 502


def test_an_answer_is_the_same_streamed_and_whole() -> None:
    """One path."""
    house = House()
    house.client.answer = (TextDelta(0, "five "), TextDelta(0, "mg"), Finished(0, "stop"))
    application = client(house)
    whole = application.post("/v1/chat/completions", json=body(), headers=HEADERS).json()
    page = application.post("/v1/chat/completions", json=body(stream=True), headers=HEADERS).text
    events = [json.loads(line[6:]) for line in page.split("\n\n") if line.startswith("data: {")]
    streamed = "".join(one["choices"][0]["delta"].get("content", "") for one in events)
    assert whole["choices"][0]["message"]["content"] == streamed == "five mg"
    assert whole["phiward"]["transformation"] == "Safe Harbor transformation applied"
    assert events[-1]["phiward"]["not_detected"]
    assert page.endswith("data: [DONE]\n\n")


def test_models_health_and_readiness() -> None:
    """What a balancer and an SDK look at."""
    house = House()
    application = client(house)
    assert [one["id"] for one in application.get("/v1/models", headers=HEADERS).json()["data"]] == ["m"]
    assert application.get("/healthz").status_code == 200
    assert application.get("/readyz").status_code == 200
    house.people.opened = None
    assert application.get("/readyz").status_code == 503
