"""The signer, a witness, a clock or the log fails: what is stated happens, and nothing is released unrecorded.

The signer and the witness are processes of their own, as an operator would run them.
"""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.system.harness import Hospital

WITNESS = "witness.example.org"


class Aside:
    """A phiward process beside the gateway: the signer, or the witness."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool]) -> None:
        """Until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "phiward", *self.words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(ready, f"{self.words[0]} starts")

    def send(self, number: signal.Signals) -> None:
        """A signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """At once."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)


def until(holds: Callable[[], Any], what: str, limit: float = 60) -> None:
    """Poll until it is so."""
    end = time.monotonic() + limit
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}")
        time.sleep(0.1)


def answers(path: Path | int) -> bool:
    """Whether something listens on a Unix socket or a port of loopback."""
    family = socket.AF_UNIX if isinstance(path, Path) else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex(str(path) if isinstance(path, Path) else ("127.0.0.1", path)) == 0


def printed(*words: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    done = subprocess.run([sys.executable, "-m", "phiward", *words, "--json"], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def free_port() -> int:
    """One that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """A hospital whose log is signed and witnessed by others."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="phiward-aside-", dir="/tmp"))
        state, path, port = self.folder / "signer", self.folder / "signer.sock", free_port()
        (key,) = printed("signer", "key", "--state", str(state)).values()
        (witness_key,) = printed("witness", "key", "--state", str(self.folder / "witness"), "--name", WITNESS).values()
        self.signer = Aside("signer", "serve", "--socket", str(path), "--state", str(state))
        self.signer_answers = lambda: answers(path)
        words = ("--state", str(self.folder / "witness"), "--name", WITNESS, "--log", key, "--port", str(port))
        self.witness = Aside("witness", "serve", *words)
        self.signer.start(self.signer_answers)
        self.witness.start(lambda: answers(port))
        self.hospital = Hospital(
            patients=3,
            environment={
                "PHIWARD_SIGNER_SOCKET": str(path),
                "PHIWARD_SIGNER_PUBLIC_KEY": key,
                "PHIWARD_ANCHOR_WITNESSES": json.dumps({f"http://127.0.0.1:{port}": witness_key}),
                "PHIWARD_ANCHOR_WITNESS_SECONDS": "1",
            },
        )
        self.hospital.start()

    def close(self) -> None:
        """End everything that was started."""
        self.hospital.close()
        self.signer.kill()
        self.witness.kill()

    def ready(self) -> bool:
        """Whether the gateway says that it numbers."""
        answer = httpx2.get(self.hospital.url.removesuffix("/v1") + "/readyz", timeout=10)
        return answer.status_code == 200

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.hospital.superuser() as connection:
            return connection.execute(statement.encode()).fetchall()

    def waiting(self) -> int:
        """Entries without a number."""
        return int(self.rows("SELECT count(*) FROM audit_entry WHERE leaf_index IS NULL")[0][0])

    def alarmed(self, kind: str) -> bool:
        """Whether an alert waits for the officers."""
        return bool(self.rows(f"SELECT FROM alert WHERE kind = '{kind}'"))

    def anchor(self) -> dict[str, Any]:
        """How far the witness reaches, by the command."""
        listed = self.hospital.command("audit", "anchor", "list")
        return next(one for one in listed if one["kind"] == "witness")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One for this module; each test leaves it whole."""
    made = House()
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "killed"])
def test_without_the_signer_answers_go_on_recorded_and_wait_for_their_numbers(house: House, stopped: bool) -> None:
    """Durable before they are released; readiness and an alarm say it; afterwards everything is numbered."""
    until(lambda: house.ready() and house.waiting() == 0, "numbering")
    house.signer.send(signal.SIGSTOP if stopped else signal.SIGKILL)
    try:
        before = house.waiting()
        assert house.hospital.post("What is the dose?").status_code == 200
        assert house.waiting() >= before + 2
        until(lambda: not house.ready(), "not ready")
        until(lambda: house.alarmed("audit.not_numbered"), "an alarm")
    finally:
        if stopped:
            house.signer.send(signal.SIGCONT)
        else:
            house.signer.kill()
            house.signer.start(house.signer_answers)
    until(lambda: house.ready() and house.waiting() == 0, "numbered again")
    assert house.hospital.command("audit", "verify")["holds"]


def test_without_the_witness_everything_goes_on_and_its_window_is_shown(house: House) -> None:
    """A hung witness holds up nothing; when it is back it has the newest checkpoint, by a consistency proof."""
    until(lambda: house.anchor()["error"] is None and house.anchor()["reaches"], "witnessed")
    house.witness.send(signal.SIGSTOP)
    try:
        for _ in range(2):
            assert house.hospital.post("What is the dose?").status_code == 200
        until(lambda: house.anchor()["failing_since"] is not None, "known to fail")
        assert house.ready()
    finally:
        house.witness.send(signal.SIGCONT)

    def caught_up() -> bool:
        (row,) = house.rows("SELECT size FROM audit_head")
        reached = house.anchor()["reaches"]
        return reached is not None and int(reached.split()[1]) == row[0]

    until(caught_up, "witnessed again")


def test_a_clock_that_was_an_hour_ahead_is_on_record_and_alarmed(house: House) -> None:
    """The database remembers a later instant than its clock gives now: an hour went back."""
    with house.hospital.superuser() as connection:
        connection.execute("UPDATE audit_head SET latest_at = latest_at + interval '1 hour'")
    assert house.hospital.post("What is the dose?").status_code == 200
    until(lambda: house.alarmed("audit.clock_regressed"), "an alarm")
    report = house.hospital.command("audit", "verify")
    assert report["holds"]
    assert "a clock went back" in {one["kind"] for one in report["notices"]}


def test_a_log_that_was_tampered_with_is_not_served_from_unless_somebody_says_so_on_record(house: House) -> None:
    """At the start: exit code 1 with the first bad index, without an answer; with a code it serves, and alarms."""
    hospital = house.hospital
    hospital.stop()
    with hospital.embedded(), hospital.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE audit_entry SET kind = 'refusal' WHERE leaf_index = 3")
    words = [sys.executable, "-m", "phiward", "serve", "--port", "0"]
    done = subprocess.run(words, env=hospital.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert "row differs from its leaf at index 3" in " ".join(done.stdout.split())
    hospital.start("--despite-findings", "inc-2026-17")
    assert hospital.post("What is the dose?").status_code == 200
    facts = [leaf["facts"] for kind, _, leaf in hospital.entries() if kind == "log"]
    (said,) = [one for one in facts if one["action"] == "log.verification_overridden"]
    assert (said["reason"], said["findings"]) == ("inc-2026-17", ["row"])
    until(lambda: house.alarmed("audit.does_not_hold"), "an alarm")
