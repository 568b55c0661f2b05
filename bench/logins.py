"""A login storm: 500 people sign in within a minute, through a real identity provider, on one worker of the gateway.

    python bench/logins.py [--people 500] [--json]

The served gateway with its embedded PostgreSQL, the npm package oidc-provider beside it, and eight clients that follow
the code flow as browsers do. CPU is that of the gateway's process; the provider and PostgreSQL run on the same cores.
Then how long it takes until what was revoked cuts a running stream.
"""

import argparse
import asyncio
import json
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
import httpx2
from yarl import URL

from tests.provider.harness import AUDIENCE, SECRET, STRONG, TestProvider
from tests.system.harness import Hospital
from tests.system.upstream import event
from told import tell

CLIENTS = 8
CUTS = 10


def hospital_with(provider: TestProvider, port: int, people: int) -> Hospital:
    """Served with single sign-on; everybody is linked to an account of the provider."""
    made = Hospital(
        environment={
            "PHIWARD_PUBLIC_URL": f"http://localhost:{port}",
            "PHIWARD_OIDC_ISSUER": provider.issuer,
            "PHIWARD_OIDC_CLIENT_ID": "phiward-console",
            "PHIWARD_OIDC_AUDIENCE": AUDIENCE,
            "PHIWARD_STEP_UP_ACR": json.dumps([STRONG]),
        }
    )
    secret = made.folder / "secrets" / "client-secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    made.environment["PHIWARD_OIDC_CLIENT_SECRET_FILE"] = str(secret)
    made.port = port
    made.start()
    with made.superuser() as connection:
        row = connection.execute("SELECT tenant FROM person LIMIT 1").fetchone()
        assert row is not None
        for number in range(people):
            connection.execute(
                "INSERT INTO person (id, tenant, login, roles, issuer, subject)"
                " VALUES (gen_random_uuid(), %s, %s, '{nurse}', %s, %s)",
                [row[0], f"storm-{number}", provider.issuer, f"storm-{number}"],
            )
    return made


async def sign_in(origin: str, login: str) -> float:
    """The whole way in, without a browser's rendering; seconds."""
    begun = time.perf_counter()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        headers = {"origin": origin}
        kept: dict[str, str] = {}
        async with session.post(f"{origin}/login", data={}, headers=headers, allow_redirects=False) as answer:
            url = answer.headers["location"]
            kept["__Host-phiward-login"] = answer.cookies["__Host-phiward-login"].value
        form: dict[str, str] | None = None
        while not url.startswith(f"{origin}/login/callback"):
            method = "GET" if form is None else "POST"
            async with session.request(method, URL(url, encoded=True), data=form, allow_redirects=False) as answer:
                place = answer.headers.get("location")
            if place is None:
                form = {"login": login, "code": ""}
            else:
                url, form = str(URL(url, encoded=True).join(URL(place, encoded=True))), None
        cookie = {"cookie": f"__Host-phiward-login={kept['__Host-phiward-login']}"}
        async with session.get(URL(url, encoded=True), headers=cookie, allow_redirects=False) as answer:
            if answer.status != 303 or "__Host-phiward" not in answer.cookies:
                raise SystemExit(f"A login failed with {answer.status}.")
    return time.perf_counter() - begun


async def storm(origin: str, people: int) -> tuple[float, list[float]]:
    """Everybody, CLIENTS at a time: seconds in all, and for each."""
    waiting = iter(range(people))
    took: list[float] = []

    async def client() -> None:
        for number in waiting:
            took.append(await sign_in(origin, f"storm-{number}"))

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return time.perf_counter() - begun, took


def endlessly(body: dict[str, Any]) -> Iterator[bytes]:
    """A piece every five milliseconds."""
    for number in range(2_000):
        yield event({"content": f"piece {number} of it. "})
        time.sleep(0.005)


def cut_after_revocation(hospital: Hospital) -> float:
    """Seconds from the commit of a revocation to the end of a running stream."""
    key, key_id = hospital.new_key("physician-a")
    hospital.upstream.script = endlessly
    headers = {"authorization": f"Bearer {key}", **hospital.context()}
    body = {"model": "stub", "messages": [{"role": "user", "content": "dose?"}], "stream": True}
    revoked = 0.0
    with (
        hospital.superuser() as connection,
        httpx2.stream("POST", f"{hospital.url}/chat/completions", json=body, headers=headers, timeout=60) as answer,
    ):
        for _ in answer.iter_bytes():
            if not revoked:
                connection.execute("UPDATE personal_key SET revoked_at = now() WHERE id = %s", [key_id])
                revoked = time.perf_counter()
    return time.perf_counter() - revoked


def measured(people: int) -> list[dict[str, Any]]:
    """Everything, on processes of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    modules = Path("build/provider").absolute()
    provider = TestProvider(modules, redirect_uris=[f"{origin}/login/callback"])
    provider.accounts = [{"login": f"storm-{number}", "name": "Invented"} for number in range(people)]
    provider.start()
    hospital = hospital_with(provider, port, people)
    try:
        assert hospital._gateway is not None
        gateway = hospital._gateway.pid
        before = cpu_of(gateway)
        seconds, took = asyncio.run(storm(origin, people))
        spent = cpu_of(gateway) - before
        cuts = sorted(cut_after_revocation(hospital) for _ in range(CUTS))
    finally:
        hospital.close()
        provider.stop()
    return [
        row("logins a minute, one worker", 60 * people / seconds, "logins/min", at_least=500),
        row("gateway CPU a login", 1e3 * spent / people, "CPU ms"),
        row("a login, median, provider on the same cores", 1e3 * statistics.median(took), "ms"),
        row("from revocation to the cut of a stream, median", 1e3 * statistics.median(cuts), "ms"),
        row("from revocation to the cut of a stream, longest of 10", 1e3 * cuts[-1], "ms"),
    ]


def cpu_of(pid: int) -> float:
    """CPU seconds of one process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def row(name: str, value: float, unit: str, at_least: float | None = None) -> dict[str, Any]:
    """One figure; without a budget it holds."""
    holds = at_least is None or value >= at_least
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": at_least, "holds": holds}


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not Path("build/provider/node_modules").exists():
        print("The identity provider of the tests is not here; `make test` fetches it.", file=sys.stderr)
        return 2
    return tell(measured(options.people), 55, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
