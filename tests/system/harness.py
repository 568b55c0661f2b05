"""A small hospital on the real parts: embedded Postgres, the program's own commands, the served
gateway in a process of its own, and real clients. Only the model's server is scripted.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import openai
import psycopg

from phiward.records.synthetic import hospital as synthetic_hospital
from tests.system.upstream import Upstream

CANARY = "Canary-Zq7"
START_SECONDS = 60
TOOLS = [{"name": "book", "effect": "write", "identified": True}]
"""What the operator registered: `book` gets names; any other tool is taken to send, and gets placeholders."""


class Hospital:
    """Made once for a test module; the gateway in it may be killed and started again."""

    def __init__(self, *, environment: dict[str, str] | None = None, patients: int = 6) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="phiward-system-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.upstream = Upstream()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PHIWARD_")},
            "PHIWARD_DATA_DIR": str(self.folder / "data"),
            "PHIWARD_SECRETS_DIR": str(self.folder / "secrets"),
            "PHIWARD_ANCHOR_DIR": str(self.folder / "anchors"),
            "PHIWARD_UPSTREAM_TIMEOUT": "20",
            "PHIWARD_TOOLS_FILE": str(self.folder / "tools.json"),
            **(environment or {}),
        }
        (self.folder / "tools.json").write_text(json.dumps({"tools": TOOLS}))
        self.log = self.folder / "gateway.log"
        self.url = ""
        self.port = 0
        self._gateway: subprocess.Popen[bytes] | None = None
        self.made = synthetic_hospital(seed=11, patients=patients)
        self._set_up()

    def _set_up(self) -> None:
        self.command("migrate")
        files = self.made.write(self.folder / "fhir")
        self.command("import", *map(str, files))
        self.treating = practitioner_of(self.made.bundles[0])
        self.patient = mrn_of(self.made.bundles[0])
        others = [b for b in self.made.bundles if self.treating not in json.dumps(b)]
        self.foreign_bundle = others[0]
        self.foreign_patient = mrn_of(self.foreign_bundle)
        self.command("user", "add", "physician-a", "--role", "physician", "--practitioner", self.treating)
        self.command("user", "add", "officer", "--role", "privacy_officer")
        self.physician, self.physician_key_id = self.new_key("physician-a")
        self.add_destination("here", "stub", "--self-hosted")
        self.add_destination("away", "no-baa")

    def add_destination(self, name: str, model: str, *more: str) -> None:
        """A destination that leads to the scripted upstream."""
        self.command(
            *("vendor", "add", name, "--vendor", "acme", "--service", "chat", "--endpoint", self.upstream.url),
            *("--model", f"{model}=upstream-{model}", *more),
        )

    def command(self, *words: str, check: bool = True) -> Any:
        """Run a phiward command with --json and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "phiward", *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"phiward {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def new_key(self, login: str, *more: str) -> tuple[str, str]:
        """Issue a personal key: its text and its id."""
        made = self.command("user", "key", login, "--label", "test", *more)
        return made["key"], made["id"]

    def well_formed_keys(self, count: int) -> list[str]:
        """Keys of the right form that were never issued."""
        from phiward.identity.keys import issue

        now = datetime.now(UTC)
        return [issue(now, timedelta(days=1)).text.value for _ in range(count)]

    def start(self, *more: str) -> None:
        """Start the gateway on a free port and wait until it serves."""
        ready = self.folder / f"ready-{secrets.token_hex(4)}.json"
        with self.log.open("ab") as log:
            self._gateway = subprocess.Popen(
                [sys.executable, "-m", "phiward", "serve", "--port", str(self.port), "--ready-file", str(ready), *more],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        limit = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._gateway.poll() is not None or time.monotonic() > limit:
                raise AssertionError("the gateway did not start:\n" + self.log.read_text()[-4000:])
            time.sleep(0.05)
        self.url = json.loads(ready.read_text())["url"]

    def kill_gateway(self) -> None:
        """kill -9: the gateway alone; the database behind it is orphaned, as in life."""
        if self._gateway is not None:
            self._gateway.send_signal(signal.SIGKILL)
            self._gateway.wait(10)
            self._gateway = None

    def stop(self) -> None:
        """Stop the gateway cleanly."""
        if self._gateway is not None:
            self._gateway.terminate()
            try:
                self._gateway.wait(30)
            except subprocess.TimeoutExpired:
                self._gateway.kill()
                self._gateway.wait(10)
            self._gateway = None

    def close(self) -> None:
        """Stop everything that was started."""
        self.stop()
        self.upstream.close()

    def resident_bytes(self) -> int:
        """Memory of the gateway process."""
        assert self._gateway is not None
        pages = int(Path(f"/proc/{self._gateway.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def client(self, key: str | None = None, **more: Any) -> openai.OpenAI:
        """The real SDK, pointed at the gateway."""
        return openai.OpenAI(base_url=self.url, api_key=key or self.physician, timeout=60, **more)

    def context(self, patient: str | None = None) -> dict[str, str]:
        """The headers that name the patient and the purpose."""
        return {"X-Phiward-Patient": patient or self.patient, "X-Phiward-Purpose": "TREAT"}

    def post(self, text: str, *, timeout: float = 30, **more: Any) -> httpx2.Response:
        """A plain request about the physician's own patient."""
        body = {"model": "stub", "messages": [{"role": "user", "content": text}], **more}
        headers = {"authorization": f"Bearer {self.physician}", **self.context()}
        return httpx2.post(f"{self.url}/chat/completions", json=body, headers=headers, timeout=timeout)

    @contextmanager
    def embedded(self) -> Iterator[None]:
        """The database runs inside, while no gateway does."""
        from phiward.settings import Settings
        from phiward.wiring.base import embedded_database

        with embedded_database(Settings(data_dir=self.folder / "data", secrets_dir=self.folder / "secrets")):
            yield

    def superuser(self) -> psycopg.Connection[Any]:
        """The database administrator, for acts that a test commits on purpose."""
        from phiward.settings import Settings
        from phiward.wiring.base import administrator

        settings = Settings(
            data_dir=self.folder / "data", secrets_dir=self.folder / "secrets", anchor_dir=self.folder / "anchors"
        )
        return psycopg.connect(administrator(settings), autocommit=True, options="-c search_path=phiward")

    def entries(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Kind, interaction and facts of each entry, in order of time."""
        with self.superuser() as connection:
            rows = connection.execute("SELECT kind, interaction, leaf FROM audit_entry ORDER BY recorded_at").fetchall()
        return [(kind, str(interaction), json.loads(leaf)) for kind, interaction, leaf in rows]


def practitioner_of(bundle: dict[str, Any]) -> str:
    """The practitioner who treats the patient of a bundle, as `Practitioner/…`."""
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "Practitioner":
            return f"Practitioner/{resource['id']}"
    raise AssertionError("a bundle without a practitioner")


def patient_of(bundle: dict[str, Any]) -> dict[str, Any]:
    """The Patient resource of a bundle."""
    return next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")


def mrn_of(bundle: dict[str, Any]) -> str:
    """The medical record number of a bundle's patient."""
    for identifier in patient_of(bundle)["identifier"]:
        if any(code.get("code") == "MR" for code in identifier.get("type", {}).get("coding", [])):
            return str(identifier["value"])
    raise AssertionError("a patient without an MRN")


def name_of(bundle: dict[str, Any]) -> tuple[str, str]:
    """Given and family name of a bundle's patient."""
    name = patient_of(bundle)["name"][0]
    return " ".join(name["given"]), name["family"]
