"""Nothing escapes the shell: every answer has its id, every defect is a bare 500."""

from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from phiward.gateway.shell import Shell
from phiward.logs import configure_logs

CANARY = "Zelda Quagmire"


async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
    """An application with a defect that quotes PHI."""
    raise ValueError(CANARY)


async def breaks_late(scope: Scope, receive: Receive, send: Send) -> None:
    """One that fails after it began to answer."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ValueError(CANARY)


async def works(scope: Scope, receive: Receive, send: Send) -> None:
    """One that says its request's id."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(scope["state"]["interaction"]).encode()})


def test_a_defect_is_a_bare_500_and_its_text_is_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the body, not in the log."""
    configure_logs("INFO")
    answer = TestClient(Shell(breaks, uuid4)).get("/")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    logged = capsys.readouterr().err
    assert CANARY not in answer.text + logged
    assert "ValueError" in logged


def test_a_defect_in_mid_answer_ends_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """And is not printed by the server."""
    configure_logs("INFO")
    answer = TestClient(Shell(breaks_late, uuid4)).get("/")
    assert answer.text == "half"
    assert CANARY not in capsys.readouterr().err


def test_every_answer_carries_its_id_and_is_never_stored() -> None:
    """The id is the one that the audit log uses."""
    made = UUID(int=7)
    answer = TestClient(Shell(works, lambda: made)).get("/")
    assert answer.headers["x-request-id"] == str(made) == answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
