"""A small synthetic hospital in a folder of its own: database, people, records, model, gateway.

Used by `phiward demo` and by the bench. The gateway and the model's server are processes of their
own, started as an operator would start them; everything listens on loopback; what was started is
ended by its process, and the folder is removed.
"""

import asyncio
import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import ensure_roles
from phiward.cli.common import read_settings
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import PersonId, Role
from phiward.records.importing import import_path
from phiward.records.synthetic import Hospital, hospital
from phiward.settings import Settings, surroundings
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets, utc_now
from phiward.wiring.charts import open_charts
from phiward.wiring.registrar import Registrar

SEED = 7
LOGIN = "dr.adams"
ENTRANCES = {
    "a physician": (LOGIN, Role.PHYSICIAN),
    "a privacy officer": ("officer", Role.PRIVACY_OFFICER),
    "an engineer": ("engineer", Role.ADMINISTRATOR),
}
"""Who may enter the demonstration by a link: login and role."""
START_SECONDS = 60.0


def silent(_: str) -> None:
    """Say nothing."""


class House:
    """Enter it, and the gateway serves; leave it, and nothing is left."""

    def __init__(
        self,
        *,
        upstream: str | None = None,
        port: int = 0,
        patients: int = 24,
        say: Callable[[str], None] = silent,
        console: bool = False,
    ) -> None:
        """`upstream`: base URL of a model's server; without one the built-in one is started.

        `port`: of the gateway; 0 takes a free one. `say` is told what is being done. `console`: with its pages, and a
        link for each of ENTRANCES that signs in once.
        """
        self._console = console
        self.links: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._checked = ""
        self._upstream, self._port, self._say = upstream, port, say
        self.folder = Path(tempfile.mkdtemp(prefix="phiward-demo-"))
        self.folder.chmod(0o711)
        self.made: Hospital = hospital(SEED, patients)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.settings: Settings = read_settings().model_copy(
            update={
                "data_dir": self.folder / "data",
                "secrets_dir": self.folder / "secrets",
                "anchor_dir": self.folder / "anchors",
                "database_url": None,
                "organisation": "Example Hospital",
            }
        )
        self.url = self.key = self.model_url = ""
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Build it. Raises ConfigurationError when a part does not start."""
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what was started, and remove the folder."""
        self.close()

    @property
    def patient(self) -> dict[str, Any]:
        """The Patient resource that the demonstration asks about."""
        return _resource(self.made.bundles[0], "Patient")

    @property
    def patient_name(self) -> str:
        """Given and family name."""
        name = self.patient["name"][0]
        return f"{name['given'][0]} {name['family']}"

    @property
    def patient_mrn(self) -> str:
        """The medical record number."""
        return mrn_of(self.patient)

    @property
    def stranger_mrn(self) -> str:
        """The number of a patient whom the physician does not treat."""
        treating = self.made_practitioner
        for bundle in self.made.bundles:
            if treating not in json.dumps(bundle):
                return mrn_of(_resource(bundle, "Patient"))
        raise ConfigurationError("Every synthetic patient is treated by one physician.")

    @property
    def made_practitioner(self) -> str:
        """Who treats the patient, as the record names her."""
        return f"Practitioner/{_resource(self.made.bundles[0], 'Practitioner')['id']}"

    @property
    def gateway_pid(self) -> int:
        """Process id of the served gateway."""
        return self._processes[-1].pid

    def environment(self) -> dict[str, str]:
        """The PHIWARD_ variables with which the program's commands work on this house."""
        return {
            "PHIWARD_DATA_DIR": str(self.settings.data_dir),
            "PHIWARD_SECRETS_DIR": str(self.settings.secrets_dir),
            "PHIWARD_ANCHOR_DIR": str(self.settings.anchor_dir),
            "PHIWARD_ORGANISATION": self.settings.organisation,
            "PHIWARD_CONSOLE_MODEL": "clinic-assistant",
        }

    def close(self) -> None:
        """End the processes in the order opposite to their start."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        self._processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _build(self) -> None:
        self._timed("model server", self._start_model)
        self._timed("database", self._fill_database)
        self._timed("gateway", self._start_gateway)

    def _timed(self, name: str, work: Callable[[], None]) -> None:
        self._say(f"{name} …")
        started = time.monotonic()
        work()
        self.seconds[name] = time.monotonic() - started

    def _start_model(self) -> None:
        if self._upstream is not None:
            self.model_url = self._upstream
            return
        told = self._start("model", "--port", "0", "--show-received")
        self.model_url = told["url"]

    def _fill_database(self) -> None:
        prepare_secrets(self.settings)
        with embedded_database(self.settings):
            admin = administrator(self.settings)
            ensure_roles(admin, database_credentials(self.settings).passwords)
            migrate(admin)
            asyncio.run(self._fill())

    async def _fill(self) -> None:
        files = self.folder / "fhir"
        self.made.write(files)
        async with open_charts(self.settings) as charts:
            house = charts.registrar
            await import_path(house.writer, house.tenant, files)
            await charts.indexer.run(house.tenant)
            physician = await house.registry.add_person(house.tenant, LOGIN, [Role.PHYSICIAN], self.made_practitioner)
            if self._console:
                await self._entrances(house, physician)
            issued = await house.registry.issue_key(house.tenant, physician, timedelta(days=1), "demo")
            self.key = issued.text.value
            model = "phiward-extractive" if self._upstream is None else "bench"
            for name, offered, own in (("in-house", "clinic-assistant", True), ("elsewhere", "no-agreement", False)):
                await house.vendors.add_destination(
                    house.tenant,
                    name,
                    vendor="Example Hospital" if own else "Example Vendor",
                    service="chat",
                    endpoint=self.model_url,
                    feature="chat.completions",
                    models={offered: model, **({"bench": model} if own else {})},
                    self_hosted=own,
                    api_key=None,
                )

    async def _entrances(self, house: Registrar, physician: PersonId) -> None:
        """A token for each; only digests go on to the gateway."""
        for who, (login, role) in ENTRANCES.items():
            person = physician if login == LOGIN else await house.registry.add_person(house.tenant, login, [role], None)
            token = secrets.token_urlsafe(32)
            self._tokens[sha256(token.encode()).hexdigest()] = str(person)
            self.links[who] = token
        token = secrets.token_urlsafe(32)
        self._tokens[sha256(token.encode()).hexdigest()] = str(physician)
        self._checked = token

    def _start_gateway(self) -> None:
        if not self._console:
            self.url = self._start("serve", "--port", str(self._port))["url"]
            return
        port = self._port or free_port()
        ready = self.folder / "ready-gateway.json"
        words = ["phiward.cli.demo_gateway", str(port), str(ready)]
        self.url = self._run(words, ready, json.dumps(self._tokens))["url"]
        origin = f"http://localhost:{port}"
        self.links = {who: f"{origin}/demo/enter?token={token}" for who, token in self.links.items()}

    def _start(self, *words: str) -> dict[str, Any]:
        """Start one of our own commands and wait for its ready file."""
        ready = self.folder / f"ready-{words[0]}.json"
        return self._run(["phiward", *words, "--ready-file", str(ready)], ready)

    def _run(self, words: list[str], ready: Path, told: str = "") -> dict[str, Any]:
        """A module of ours in a process of its own, which reads `told` from its standard input."""
        log = (self.folder / f"{ready.stem}.log").open("wb")
        process = subprocess.Popen(  # noqa: S603 - our own program, with our own words
            [sys.executable, "-m", *words],
            env={**surroundings(), **self.environment()},
            stdin=subprocess.PIPE if told else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        self._processes.append(process)
        if process.stdin is not None:
            process.stdin.write(told.encode())
            process.stdin.close()
        limit = time.monotonic() + START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > limit:
                raise ConfigurationError(f"`{' '.join(words[:2])}` did not start; its log is {log.name}.")
            time.sleep(0.02)
        made: dict[str, Any] = json.loads(ready.read_text())
        return made

    def enter(self) -> int:
        """Use the link that is there to be checked, without following where it leads: the status."""
        host, port = self.url.removeprefix("http://").removesuffix("/v1").split(":")
        connection = HTTPConnection(host, int(port), timeout=10)
        try:
            connection.request("GET", f"/demo/enter?token={self._checked}")
            return connection.getresponse().status
        finally:
            connection.close()

    def received(self) -> list[dict[str, Any]]:
        """The request bodies that the built-in model server got, oldest first."""
        with urlopen(self.model_url.removesuffix("/v1") + "/_received", timeout=10) as answer:  # noqa: S310 - loopback
            bodies: list[dict[str, Any]] = json.load(answer)
        return bodies

    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of the patient as the generated record holds it, for looking for them."""
        patient = self.patient
        words = {patient["birthDate"]}
        words.update(one["value"] for one in patient["identifier"])
        words.update(one["value"] for one in patient.get("telecom", []))
        for name in patient["name"]:
            words.update([name["family"]] if "family" in name else [], name.get("given", []))
        for address in patient.get("address", []):
            words.update(address.get("line", []))
            words.add(address.get("postalCode", ""))
        return tuple(sorted(word for word in words if len(word) > 2))

    def today(self) -> str:
        """For headings."""
        return utc_now().date().isoformat()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mrn_of(patient: dict[str, Any]) -> str:
    """The identifier whose type is coded MR (HL7 v2 table 0203)."""
    for identifier in patient["identifier"]:
        if any(code.get("code") == "MR" for code in identifier.get("type", {}).get("coding", [])):
            return str(identifier["value"])
    raise ConfigurationError("A synthetic patient has no medical record number.")


def _resource(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    return found
