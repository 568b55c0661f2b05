"""kill -9 of the gateway at each step of a request: no answer without its intent, and no open end."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.system.harness import Hospital
from tests.system.upstream import echo, event


@pytest.fixture(scope="module")
def mortal() -> Iterator[Hospital]:
    """A hospital whose gateway is killed by each test."""
    hospital = Hospital(patients=4)
    try:
        yield hospital
    finally:
        hospital.close()


def wait_until(condition: Any, what: str, limit: float = 20) -> None:
    """Poll until it is so."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"never happened: {what}")
        time.sleep(0.05)


def never(body: dict[str, Any]) -> Iterator[bytes]:
    """An upstream that takes the question and does not answer."""
    time.sleep(30)
    yield b""


def half(body: dict[str, Any]) -> Iterator[bytes]:
    """An upstream that stops in the middle."""
    yield event({"content": "The first half is long enough to be let go.\n"})
    time.sleep(30)
    yield b""


class Asking(threading.Thread):
    """A request in the background that remembers what it was given."""

    def __init__(self, hospital: Hospital, *, stream: bool) -> None:
        super().__init__(daemon=True)
        self.hospital, self.stream, self.got = hospital, stream, b""
        self.complete = False

    def run(self) -> None:
        """Ask, and collect whatever arrives before the gateway dies."""
        body = {"model": "stub", "messages": [{"role": "user", "content": "What is the dose?"}], "stream": self.stream}
        headers = {"authorization": f"Bearer {self.hospital.physician}", **self.hospital.context()}
        try:
            with httpx2.stream(
                "POST", f"{self.hospital.url}/chat/completions", json=body, headers=headers, timeout=60
            ) as answer:
                for piece in answer.iter_bytes():
                    self.got += piece
                self.complete = answer.status_code == 200
        except httpx2.HTTPError:
            self.complete = False


STEPS = [
    pytest.param("person", echo, "asked", id="while the person is looked up"),
    pytest.param("audit_entry", echo, "asked", id="while the intent waits for the log"),
    pytest.param(None, never, "reached", id="after the question left, before any answer"),
    pytest.param(None, half, "streaming", id="in the middle of the answer"),
]


@pytest.mark.parametrize(("locked", "script", "moment"), STEPS)
def test_a_killed_gateway_leaves_no_answer_without_its_intent(
    mortal: Hospital, locked: str | None, script: Any, moment: str
) -> None:
    """Then it restarts, closes what was open as unknown, and the log verifies."""
    mortal.upstream.script = script
    mortal.upstream.forget()
    mortal.start()
    before = len(mortal.entries())
    blocker = mortal.superuser()
    blocker.autocommit = False
    if locked:
        blocker.execute(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE")
    asking = Asking(mortal, stream=True)
    asking.start()
    if moment == "asked":
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with mortal.superuser() as watcher:
            wait_until(lambda: watcher.execute(waiting).fetchone() != (0,), "the gateway waits for the lock")
    elif moment == "reached":
        wait_until(mortal.upstream.reached.is_set, "the upstream is asked")
    else:
        wait_until(lambda: b"first half" in asking.got, "the first half arrives")
    mortal.kill_gateway()
    blocker.rollback()
    blocker.close()
    asking.join(10)
    mortal.upstream.script = echo
    mortal.start()
    wait_until(lambda: not open_intents(mortal), "every intent has an outcome")
    report = mortal.command("audit", "verify")
    new = mortal.entries()[before:]
    mortal.stop()
    kinds = [kind for kind, _, _ in new]
    assert not asking.complete
    assert report["holds"], report
    if mortal.upstream.received:
        assert "intent" in kinds
    if b"first half" in asking.got:
        assert kinds.count("intent") == 1
    for kind, _, facts in new:
        if kind == "outcome":
            assert facts["facts"]["outcome"] == "unknown"


def open_intents(hospital: Hospital) -> int:
    """How many intents have no outcome."""
    with hospital.superuser() as connection:
        row = connection.execute(
            "SELECT count(*) FROM audit_entry i WHERE kind = 'intent' AND NOT EXISTS"
            " (SELECT FROM audit_entry o WHERE o.interaction = i.interaction AND o.kind = 'outcome')"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_killed_at_the_outcome_the_stream_was_never_completed(mortal: Hospital) -> None:
    """The caller has no [DONE]; after the restart the outcome reads unknown."""
    release = threading.Event()

    def waits(body: dict[str, Any]) -> Iterator[bytes]:
        yield event({"content": "All of the answer is here already. "})
        release.wait(20)
        yield event({}, "stop")
        yield b"data: [DONE]\n\n"

    mortal.upstream.script = waits
    mortal.upstream.forget()
    mortal.start()
    asking = Asking(mortal, stream=True)
    asking.start()
    wait_until(lambda: b"All of the answer" in asking.got, "the answer arrives")
    blocker = mortal.superuser()
    blocker.autocommit = False
    blocker.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
    release.set()
    with mortal.superuser() as watcher:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_until(lambda: watcher.execute(waiting).fetchone() != (0,), "the outcome waits for the lock")
    mortal.kill_gateway()
    blocker.rollback()
    blocker.close()
    asking.join(10)
    assert b"[DONE]" not in asking.got
    mortal.upstream.script = echo
    mortal.start()
    wait_until(lambda: not open_intents(mortal), "the intent is closed")
    outcomes = [leaf["facts"]["outcome"] for kind, _, leaf in mortal.entries() if kind == "outcome"]
    assert outcomes[-1] in ("unknown", "client_gone", "released")
    assert mortal.command("audit", "verify")["holds"]
    mortal.stop()
