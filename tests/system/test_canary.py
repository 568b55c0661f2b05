"""A PHI canary through every route and every error path: it appears nowhere that it should not."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.system.harness import Hospital, name_of
from tests.system.upstream import event

SECRET = "Xanthippe Quillfeather 999-41-7788 x.quill@example.org (312) 555-0177"
WORDS = ("Xanthippe", "Quillfeather", "999-41-7788", "999417788", "x.quill", "555-0177", "5550177")


def shouting(body: dict[str, Any]) -> Iterator[bytes]:
    """An upstream that fails in the middle and quotes what it was asked."""
    yield event({"content": "Well. "})
    yield b'data: {"error": {"message": "' + SECRET.encode() + b'"}}\n\n'


def broken(body: dict[str, Any]) -> Iterator[bytes]:
    """An upstream that answers PHI where JSON should be."""
    yield b"data: {" + SECRET.encode() + b"\n\n"


def raw(hospital: Hospital, path: str, *, content: bytes = b"", **headers: str) -> httpx2.Response:
    """Any request."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(hospital.url.removesuffix("/v1") + path, content=content, headers=sent, timeout=30)


def with_canary(hospital: Hospital) -> list[httpx2.Response]:
    """Every route and every error path that a caller can reach, each with the canary in it."""
    key = f"Bearer {hospital.physician}"
    chat = "/v1/chat/completions"

    def body(**more: Any) -> bytes:
        asked = {"model": "stub", "messages": [{"role": "user", "content": SECRET}], **more}
        return json.dumps(asked).encode()

    context = {"authorization": key, "x_phiward_patient": hospital.patient, "x_phiward_purpose": "TREAT"}
    latin = SECRET.encode().decode("latin-1")
    return [
        raw(hospital, chat, content=body(), **context),
        raw(hospital, chat, content=body(stream=True), **context),
        raw(hospital, chat, content=body(model=SECRET), **context),
        raw(hospital, chat, content=body(model="no-baa"), **context),
        raw(hospital, chat, content=body(notes=SECRET), **context),
        raw(hospital, chat, content=body(**{SECRET: 1}), **context),
        raw(hospital, chat, content=body(temperature=SECRET), **context),
        raw(hospital, chat, content=body(metadata={"patient": SECRET}), **context),
        raw(hospital, chat, content=body(metadata={"purpose": SECRET}), authorization=key),
        raw(hospital, chat, content=body(tools=[{"type": "function", "function": {"name": SECRET}}]), **context),
        raw(hospital, chat, content=b'{"broken": ' + SECRET.encode(), **context),
        raw(hospital, chat, content=body(), authorization=f"Bearer {latin}"),
        raw(hospital, chat, content=body(), **{**context, "x_phiward_patient": latin}),
        raw(hospital, chat, content=body(), **{**context, "x_phiward_purpose": latin}),
        raw(hospital, "/v1/models/" + "Xanthippe%20Quillfeather", authorization=key),
        raw(hospital, "/metrics?name=Xanthippe", authorization=key),
        raw(hospital, "/readyz?Quillfeather", authorization=key),
    ]


@pytest.mark.parametrize("script", [None, shouting, broken], ids=["echo", "fails aloud", "not JSON"])
def test_the_canary_appears_in_no_answer_it_should_not_and_in_no_log_or_metric(hospital: Hospital, script: Any) -> None:
    """Log lines, metrics, headers, error bodies: all are searched."""
    if script is not None:
        hospital.upstream.script = script
    answers = with_canary(hospital)
    for answer in answers:
        assert not found_in(str(answer.headers))
        if answer.status_code >= 400 or b'"error"' in answer.content:
            assert not found_in(answer.text), answer.status_code
    assert not found_in(hospital.log.read_text(errors="replace"))
    metrics = httpx2.get(hospital.url.removesuffix("/v1") + "/metrics").text
    assert not found_in(metrics)
    for leaf in hospital.entries():
        assert not found_in(json.dumps(leaf))


def test_what_has_a_form_leaves_in_no_upstream_field_or_header(hospital: Hospital) -> None:
    """SSN, e-mail and phone of a stranger; the name is a limit that the README states."""
    with_canary(hospital)
    sent = b"".join(hospital.upstream.received).decode() + json.dumps(hospital.upstream.headers)
    assert hospital.upstream.received
    for word in ("999-41-7788", "x.quill", "555-0177"):
        assert word not in sent
    assert hospital.physician not in sent
    assert hospital.patient not in sent


def test_every_known_identifier_of_the_patient_stays_here(hospital: Hospital) -> None:
    """Name, number and all, through text, tools and retrieval."""
    given, family = name_of(hospital.made.bundles[0])
    answer = hospital.post(f"What does {given} {family} (MRN {hospital.patient}) take?", metadata={"retrieve": "true"})
    assert answer.status_code == 200, answer.text
    sent = b"".join(hospital.upstream.received).decode()
    for word in (given, family, hospital.patient):
        assert word not in sent
    assert family in answer.json()["choices"][0]["message"]["content"]


def test_address_device_passages_originals_and_tool_names_stand_only_in_sealed_addenda(hospital: Hospital) -> None:
    """Every leaf and every row of the log as the superuser reads it, from a caller who puts PHI everywhere."""
    given, family = name_of(hospital.made.bundles[0])
    tool = {"type": "function", "function": {"name": "mail_Xanthippe_Quillfeather", "parameters": {}}}
    headers = {
        "authorization": f"Bearer {hospital.physician}",
        "user-agent": f"{SECRET} {given} {family}",
        "x-forwarded-for": "203.0.113.77",
        **hospital.context(),
    }
    for body in (
        {"metadata": {"retrieve": "true"}, "tools": [tool]},
        {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": "mail_Xanthippe_Quillfeather"}}},
        {"model": SECRET},
    ):
        asked = {"model": "stub", "messages": [{"role": "user", "content": f"{SECRET} {given} {family}?"}], **body}
        httpx2.post(f"{hospital.url}/chat/completions", json=asked, headers=headers, timeout=30)
    search = {"query": f"What does {given} {family} take? {SECRET}"}
    httpx2.post(f"{hospital.url}/vector_stores/chart/search", json=search, headers=headers, timeout=30)
    with hospital.superuser() as connection:
        leaves = connection.execute("SELECT convert_from(leaf, 'UTF8'), kind FROM audit_entry").fetchall()
        sealed = connection.execute("SELECT name, ciphertext FROM audit_addendum").fetchall()
    in_clear = "\n".join(leaf for leaf, _ in leaves)
    interactions = "\n".join(leaf for leaf, kind in leaves if kind != "administration")
    assert not found_in(in_clear)
    assert not found_in(b"".join(bytes(one) for _, one in sealed).decode("latin-1"))
    for word in (given, family, hospital.patient, "203.0.113.77"):
        assert word not in in_clear, word
    assert "127.0.0.1" not in interactions  # where a destination listens stands in the registry's entries
    assert {name for name, _ in sealed} == {"sent", "received", "grounds", "circumstances"}
    assert not found_in(hospital.log.read_text(errors="replace"))


def found_in(text: str) -> list[str]:
    """Which words of the canary a text holds."""
    return [word for word in WORDS if word.lower() in text.lower()]
