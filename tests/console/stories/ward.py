"""A ward that stories happen in: the served gateway, the real identity provider, the built-in model, a scripted one.

The people: alice, a physician; nora, a nurse; bob, a privacy officer; ed, who runs phiward. Each signs in by her name.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import ensure_roles
from phiward.domain.people import Role
from phiward.records.importing import import_path
from phiward.settings import Settings
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets
from phiward.wiring.charts import open_charts
from tests.provider.harness import AUDIENCE, SECRET, STRONG, TestProvider
from tests.system.harness import Hospital, mrn_of, name_of, patient_of

ACCOUNTS = [
    {"login": login, "name": f"{login.title()} Invented", "email": f"{login}@clinic.example"}
    for login in ("alice", "nora", "bob", "ed")
]
PEOPLE = {
    "alice": (Role.PHYSICIAN, "Practitioner/p0001"),
    "nora": (Role.NURSE, "Practitioner/p0005"),
    "bob": (Role.PRIVACY_OFFICER, None),
    "ed": (Role.ADMINISTRATOR, None),
}
"""Alice and nora treat the first synthetic patient, and neither treats the third."""
BUILT_IN, SCRIPTED = "house", "stub"
"""Names of the models as the hospital offers them."""
STARTS_IN = 90


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ward(Hospital):
    """Made once. `minutes`: how long a session lasts without use."""

    def __init__(self, modules: Path, *, minutes: float = 15, **environment: str) -> None:
        self.port_kept = free_port()
        self.origin = f"http://localhost:{self.port_kept}"
        self.provider = TestProvider(modules, redirect_uris=[f"{self.origin}/login/callback"], accounts=ACCOUNTS)
        self.provider.start()
        self._model: subprocess.Popen[bytes] | None = None
        super().__init__(
            environment={
                "PHIWARD_PUBLIC_URL": self.origin,
                "PHIWARD_OIDC_ISSUER": self.provider.issuer,
                "PHIWARD_OIDC_CLIENT_ID": "phiward-console",
                "PHIWARD_OIDC_AUDIENCE": AUDIENCE,
                "PHIWARD_STEP_UP_ACR": json.dumps([STRONG]),
                "PHIWARD_SESSION_IDLE_MINUTES": str(minutes),
                "PHIWARD_ORGANISATION": "Lakeshore Example Hospital",
                **environment,
            }
        )
        self.port = self.port_kept

    @property
    def settings(self) -> Settings:
        """For what is set up in this process."""
        return Settings(
            data_dir=self.folder / "data",
            secrets_dir=self.folder / "secrets",
            anchor_dir=self.folder / "anchors",
            organisation=self.environment["PHIWARD_ORGANISATION"],
        )

    def _set_up(self) -> None:
        settings = self.settings
        prepare_secrets(settings)
        secret = settings.secrets_dir / "client-secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        self.environment["PHIWARD_OIDC_CLIENT_SECRET_FILE"] = str(secret)
        self.bundle, self.foreign_bundle = self.made.bundles[0], self.made.bundles[2]
        self.patient, self.foreign_patient = mrn_of(self.bundle), mrn_of(self.foreign_bundle)
        self.name, self.foreign_name = " ".join(name_of(self.bundle)), " ".join(name_of(self.foreign_bundle))
        self.foreign_born = str(patient_of(self.foreign_bundle)["birthDate"])
        self._start_model()
        with embedded_database(settings):
            ensure_roles(administrator(settings), database_credentials(settings).passwords)
            migrate(administrator(settings))
            asyncio.run(self._fill(settings))

    async def _fill(self, settings: Settings) -> None:
        files = self.folder / "fhir"
        self.made.write(files)
        async with open_charts(settings) as charts:
            house = charts.registrar
            await import_path(house.writer, house.tenant, files)
            await charts.indexer.run(house.tenant)
            for login, (role, practitioner) in PEOPLE.items():
                person = await house.registry.add_person(house.tenant, login, [role], practitioner)
                await house.access.people.link_provider(house.tenant, person, self.provider.issuer, login)
                await house.access.people.set_email(house.tenant, person, f"{login}@clinic.example")
            for name, model, server, url, own in (
                ("in-house", BUILT_IN, "phiward-extractive", self.model_url, True),
                ("here", SCRIPTED, "upstream-stub", self.upstream.url, True),
                ("away", "no-agreement", "upstream-away", self.upstream.url, False),
            ):
                await house.vendors.add_destination(
                    *(house.tenant, name),
                    vendor="Lakeshore Example Hospital" if own else "Northlight Example",
                    service="chat",
                    endpoint=url,
                    feature="chat.completions",
                    models={model: server},
                    self_hosted=own,
                    api_key=None,
                )

    def _start_model(self) -> None:
        """The small built-in model, as a process of its own."""
        ready = self.folder / "model.json"
        self._model = subprocess.Popen(
            [sys.executable, "-m", "phiward", "model", "--port", "0", "--ready-file", str(ready)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        limit = time.monotonic() + STARTS_IN
        while not ready.exists():
            assert self._model.poll() is None, "the built-in model did not start"
            assert time.monotonic() < limit, "the built-in model did not start in time"
            time.sleep(0.05)
        self.model_url = json.loads(ready.read_text())["url"]

    def close(self) -> None:
        """Everything that was started."""
        super().close()
        if self._model is not None:
            self._model.terminate()
            self._model.wait(10)
        self.provider.stop()


def age_sessions(ward: Ward, minutes: float) -> None:
    """As if every session had last been used so long ago."""
    with ward.superuser() as database:
        database.execute("UPDATE session SET seen_at = now() - make_interval(secs => %s)", [minutes * 60])


@dataclass
class Watched:
    """A browser's page whose every message, refused request and dialog is remembered."""

    page: Page
    messages: list[str] = field(default_factory=list)

    def _message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.messages.append(message.text)

    @classmethod
    def of(cls, context: BrowserContext) -> "Watched":
        """A new page of this browser."""
        watched = cls(context.new_page())
        watched.page.on("console", watched._message)
        watched.page.on("pageerror", lambda error: watched.messages.append(str(error)))
        watched.page.on("dialog", lambda dialog: (watched.messages.append("a dialog"), dialog.dismiss()))
        return watched

    def quiet(self) -> None:
        """Nothing was said by the browser: no policy was broken, no script failed."""
        assert self.messages == []


def sign_in(page: Page, ward: Ward, login: str, path: str = "/login") -> None:
    """Through the door and the provider's form."""
    page.goto(f"{ward.origin}{path}")
    page.get_by_role("button", name="Continue with hospital sign-in").click()
    through_the_provider(page, ward, login)


def through_the_provider(page: Page, ward: Ward, login: str, code: str = "") -> None:
    """The provider's own form, where it shows one."""
    page.wait_for_load_state()
    if not page.url.startswith(ward.origin):
        page.get_by_label("Login").fill(login)
        if code:
            page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{ward.origin}/**")


def chromium_path() -> str | None:
    """Debian's browser."""
    import shutil

    return os.environ.get("PHIWARD_TEST_CHROMIUM") or shutil.which("chromium")


__all__ = ["Ward", "Watched", "age_sessions", "chromium_path", "mrn_of", "sign_in", "through_the_provider"]
