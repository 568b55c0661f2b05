"""What the running gateway refuses, over real HTTP, with real Postgres, and in which words."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx2
import openai
import pytest

from tests.system.harness import CANARY, Hospital


def ask(hospital: Hospital, **more: object) -> httpx2.Response:
    """A request as bytes, so that no SDK mends it."""
    headers = {
        "authorization": f"Bearer {hospital.physician}",
        "x-phiward-patient": hospital.patient,
        "x-phiward-purpose": "TREAT",
    }
    headers.update(more.pop("headers", {}))  # type: ignore[call-overload]
    body = {"model": "stub", "messages": [{"role": "user", "content": "What is the dose?"}], **more}
    kept = {name: value for name, value in headers.items() if value is not None}
    return httpx2.post(f"{hospital.url}/chat/completions", json=body, headers=kept, timeout=30)


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("FOREIGN", id="a patient of somebody else"),
        pytest.param("99999999", id="nobody's number"),
        pytest.param("Patient/../../etc", id="malformed"),
        pytest.param("' OR 1=1 --", id="an injection"),
        pytest.param("00000000-0000-0000-0000-000000000000", id="an opaque id that names nobody"),
    ],
)
def test_whoever_is_not_in_her_care_is_nobody(hospital: Hospital, reference: str) -> None:
    """Unknown, malformed and foreign patients give byte for byte the same answer."""
    named = hospital.foreign_patient if reference == "FOREIGN" else reference
    unknown = ask(hospital, headers={"x-phiward-patient": "12345678"})
    answer = ask(hospital, headers={"x-phiward-patient": named})
    assert answer.status_code == unknown.status_code == 404
    assert answer.content == unknown.content
    assert {k for k, _ in answer.headers.items()} == {k for k, _ in unknown.headers.items()}


def test_a_bearer_token_with_sql_in_it_is_only_a_wrong_key(hospital: Hospital) -> None:
    """The credential never reaches the text of a statement."""
    for token in ("' OR '1'='1", "phw_'; DROP TABLE phiward.person; --", "x" * 5000, "phw_"):
        assert ask(hospital, headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert ask(hospital).status_code == 200


def test_ten_thousand_wrong_keys_change_nothing(hospital: Hospital) -> None:
    """Each is a clear 401, and the gateway still answers."""
    wrong = hospital.well_formed_keys(40)

    def knock(client: httpx2.Client, number: int) -> int:
        key = wrong[number % 40] if number % 4 == 0 else f"phw_{number:049d}"
        return client.get(f"{hospital.url}/models", headers={"authorization": f"Bearer {key}"}).status_code

    with httpx2.Client(timeout=60) as client, ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda number: knock(client, number), range(10_000)))
    assert statuses == {401}
    assert ask(hospital).status_code == 200


def test_a_body_of_fifty_megabytes_is_refused_by_size(hospital: Hospital) -> None:
    """And not read into memory first."""
    before = hospital.resident_bytes()
    answer = httpx2.post(
        f"{hospital.url}/chat/completions",
        content=b"x" * 50_000_000,
        headers={"authorization": f"Bearer {hospital.physician}"},
        timeout=60,
    )
    assert answer.status_code == 413
    assert hospital.resident_bytes() - before < 30_000_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("api_base", "http://127.0.0.1:1", id="choosing the destination"),
        pytest.param("base_url", "http://127.0.0.1:1", id="the same by another name"),
        pytest.param("api_key", "sk-stolen", id="bringing a provider key"),
        pytest.param("clinical_note", CANARY, id="an unknown field that carries text"),
    ],
)
def test_fields_that_phiward_does_not_know_are_refused_by_name(hospital: Hospital, field: str, value: str) -> None:
    """And their values are never repeated."""
    hospital.upstream.forget()
    answer = ask(hospital, **{field: value})
    assert answer.status_code == 400
    assert field in answer.json()["error"]["message"]
    assert value not in answer.text
    assert hospital.upstream.received == []


def test_a_revoked_key_fails_on_its_next_request(hospital: Hospital) -> None:
    """Not when a cache expires."""
    key, key_id = hospital.new_key("physician-a")
    headers = {"authorization": f"Bearer {key}"}
    assert httpx2.get(f"{hospital.url}/models", headers=headers).status_code == 200
    hospital.command("user", "revoke", key_id)
    assert httpx2.get(f"{hospital.url}/models", headers=headers).status_code == 401


def test_free_text_does_not_go_where_there_is_no_agreement(hospital: Hospital) -> None:
    """Promise 2, until a named person accepts the risk on record."""
    hospital.upstream.forget()
    answer = ask(hospital, model="no-baa")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "no_baa"
    assert hospital.upstream.received == []


def test_the_openai_sdk_surfaces_the_code_and_the_request_id(hospital: Hospital) -> None:
    """And does not retry a refusal by policy."""
    client = hospital.client()
    with pytest.raises(openai.PermissionDeniedError) as caught:
        client.chat.completions.create(
            model="no-baa", messages=[{"role": "user", "content": "dose?"}], extra_headers=hospital.context()
        )
    assert caught.value.code == "no_baa"
    assert caught.value.request_id


def test_an_unknown_path_answers_in_the_openai_shape(hospital: Hospital) -> None:
    """No framework default."""
    answer = httpx2.get(f"{hospital.url}/nothing")
    assert answer.status_code == 404
    assert json.loads(answer.content)["error"]["code"] == "no_such_route"
