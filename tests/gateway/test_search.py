"""The routes of retrieval, asked by the SDK that an application would use; the real chart is in tests/system."""

from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from phiward.domain.chart import Citation
from phiward.domain.passages import Origin
from phiward.gateway.app import Gateway, create_app
from phiward.gateway.metrics import Metrics
from phiward.gateway.search import search_routes
from tests.flow.charts import document
from tests.flow.test_journey import MARGARET, House
from tests.flow.test_looking import looking
from tests.gateway.test_app import HEADERS


def client(house: House) -> TestClient:
    """The application with the routes of retrieval."""

    async def ready() -> dict[str, bool]:
        return {}

    gateway = Gateway(house.flow(), Metrics(), ready, 10_000, lambda: house.now, uuid4)
    return TestClient(create_app(gateway, more=search_routes(looking(house), 10_000)))


def test_a_search_without_a_key_is_refused() -> None:
    """Before its body is read."""
    assert client(House()).post("/v1/vector_stores/chart/search", content=b"{").status_code == 401


def test_a_search_without_a_purpose_is_refused_in_openais_shape() -> None:
    """And not tried again by a client library."""
    headers = {name: value for name, value in HEADERS.items() if name != "x-phiward-purpose"}
    answer = client(House()).post("/v1/vector_stores/chart/search", json={"query": "dose"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "purpose")
    assert answer.headers["x-should-retry"] == "false"


def test_a_chart_is_searched_as_a_vector_store() -> None:
    """The interaction's id is in the header and in the body."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "Takes lisinopril 10 mg.")]
    answer = client(house).post("/v1/vector_stores/chart/search", json={"query": "lisinopril"}, headers=HEADERS)
    (found,) = answer.json()["data"]
    assert found["content"][0]["text"] == "Takes lisinopril 10 mg."
    assert answer.headers["x-request-id"] == answer.json()["phiward"]["interaction"]


@pytest.mark.parametrize("path", ["/v1/interactions/x/citations", "/v1/interactions/1/citations"])
def test_an_id_that_is_none_is_refused(path: str) -> None:
    """By name."""
    answer = client(House()).get(path, headers=HEADERS)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "interaction")


def test_the_citations_of_an_answer_can_be_asked_later() -> None:
    """By its interaction's id."""
    house, interaction = House(), uuid4()
    house.chart.cited[interaction] = [Citation(1, Origin.CHART, UUID(int=7), 1, 0, 4, True)]
    answer = client(house).get(f"/v1/interactions/{interaction}/citations", headers=HEADERS)
    assert [one["state"] for one in answer.json()["data"]] == ["current"]
