"""Starts and stops the real OpenID provider of the tests (`server.mjs`), and logs in to it without a browser.

PHIWARD_TEST_PROVIDER names the folder with `node_modules`, where the tools made it; without it `npm ci`
installs the locked packages into a folder of this run. Where npm is missing the tests are skipped.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote_plus, urljoin, urlsplit

import aiohttp
import pytest
from yarl import URL

VARIABLE = "PHIWARD_TEST_PROVIDER"
HERE = Path(__file__).parent
START_SECONDS = 30
CALLBACK = "http://127.0.0.1:9/oidc/callback"
"""Nothing listens there: the way back ends before it is followed."""
AUDIENCE = "https://phiward.example/v1"
SECRET = "an invented secret: 1/2+3"
SERVICE_SECRET = "another invented secret"
STRONG, PLAIN = "urn:phiward:test:strong", "urn:phiward:test:plain"
ACCOUNTS = [
    {"login": "alice", "name": "Alice Invented", "email": "alice@clinic.example"},
    {"login": "bob", "name": "Bob Invented", "email": "bob@clinic.example"},
]


@dataclass(slots=True)
class TestProvider:
    """A provider as a process of its own. A restart keeps the address and changes the keys."""

    __test__ = False

    modules: Path
    alg: str = "RS256"
    redirect_uris: list[str] = field(default_factory=lambda: [CALLBACK])
    accounts: list[dict[str, str]] = field(default_factory=lambda: list(ACCOUNTS))
    issuer: str = ""
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Wait until it says where it listens. Raises RuntimeError when it does not."""
        settings = {
            "port": self.port,
            "redirectUris": self.redirect_uris,
            "audience": AUDIENCE,
            "accounts": self.accounts,
            "alg": self.alg,
            "modules": str(self.modules),
        }
        self.process = subprocess.Popen(
            ["node", str(HERE / "server.mjs"), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError("the OpenID provider of the tests did not start")
        said = json.loads(line)
        self.issuer, self.port = said["issuer"], said["port"]

    def stop(self) -> None:
        """By its handle."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None

    def restart(self) -> None:
        """The same address, other keys."""
        self.stop()
        self.start()


class Browser:
    """Follows redirects as a browser does, with its cookies, up to our callback."""

    def __init__(self) -> None:
        """Not logged in."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.forms_seen = 0

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def login(self, url: str, login: str, code: str = "") -> list[tuple[str, str]]:
        """Go to `url`, fill in the form where one is shown, and return the query of the way back."""
        form: dict[str, str] | None = None
        for _ in range(20):
            method = "GET" if form is None else "POST"
            async with self._session.request(
                method, URL(url, encoded=True), data=form, allow_redirects=False
            ) as answer:
                place = answer.headers.get("location")
                status = answer.status
            if place is None:
                assert status == 200, f"the provider answered with {status}"
                assert form is None, "the form was shown again"
                self.forms_seen += 1
                form = {"login": login, "code": code}
                continue
            url, form = urljoin(url, place), None
            if url.startswith(CALLBACK):
                return parse_qsl(urlsplit(url).query, keep_blank_values=True)
        raise AssertionError("the provider went round in circles")


async def service_token(provider: TestProvider, audience: str = AUDIENCE) -> str:
    """An access token of the service alone (client credentials)."""
    form = {"grant_type": "client_credentials", "resource": audience, "scope": "system/*.rs"}
    return await _token(provider, form)


async def delegated_token(provider: TestProvider, subject_token: str) -> str:
    """An access token in which the service acts on behalf of a person (token exchange, RFC 8693)."""
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": subject_token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "resource": AUDIENCE,
    }
    return await _token(provider, form)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header with which a client shows its secret (RFC 6749 section 2.3.1)."""
    return {"authorization": aiohttp.encode_basic_auth(quote_plus(client_id), quote_plus(secret))}


async def _token(provider: TestProvider, form: dict[str, str]) -> str:
    headers = basic("phiward-service", SERVICE_SECRET)
    async with (
        aiohttp.ClientSession() as session,  # a connection of its own: the provider may have restarted
        session.post(f"{provider.issuer}/token", data=form, headers=headers) as answer,
    ):
        said = await answer.json()
        assert answer.status == 200, said
        return str(said["access_token"])


@pytest.fixture(scope="session")
def provider_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `node_modules`, by name or made by `npm ci`."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return Path(named)
    if shutil.which("npm") is None or shutil.which("node") is None:
        why = f"{VARIABLE} names no folder with node_modules, and there is no npm (Node 20 or newer)"
        if os.environ.get("CI"):
            pytest.fail(f"CI must test against the real OpenID provider: {why}")
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("provider")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=240)
    return folder


@pytest.fixture(scope="module")
def oidc_provider(provider_modules: Path) -> Iterator[TestProvider]:
    """A running provider for this module."""
    made = TestProvider(provider_modules)
    made.start()
    try:
        yield made
    finally:
        made.stop()
