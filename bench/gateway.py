"""CPU of the gateway per request and per streamed event, beside a bare pass-through in the same run.

    python bench/gateway.py [--seconds 6] [--json]

Everything listens on loopback. The gateway runs with everything on: key, row-level security, policy,
rules, tagger and known identifiers of the patient, tripwire, durable intent and outcome, output check. The
upstream echoes the prompt, so every placeholder is restored. Postgres is reported beside it.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from phiward.cli.demo_house import House  # noqa: E402
from processes import cpu_seconds, named, resident_mb, tree  # noqa: E402 - beside this file
from told import tell  # noqa: E402

CONNECTIONS = (1, 16, 64)
WITH_EVERYTHING = 7.0
"""CPU ms of the gateway for a prompt of 1 kB with every protection on (DESIGN 6)."""
NOTE = (
    "{name} (MRN {mrn}, DOB 07/22/1949) was admitted on 03/04/2024 to the ward after two days of dyspnoea. "
    "Contact 312-555-0188 or {mail}; SSN 219-09-9999. BP 148/92, HR 96, SpO2 91% on room air. BNP 980, "
    "creatinine 1.4. CXR: bilateral effusions. Impression: decompensated heart failure. Plan: furosemide 40 mg "
    "IV BID, daily weights, echo in the morning, hold metformin. Seen again on 03/07/2024, improved. "
)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(script: str, *words: str) -> Iterator[tuple[int, str]]:
    """One of the bench's servers: its process id and base URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(HERE / script), "--port", str(port), *words])
    url = f"http://127.0.0.1:{port}/v1"
    try:
        wait_for(url)
        yield process.pid, url
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str) -> None:
    """Until something answers at all."""
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing answers at {url}")


def measured(url: str, key: str, body: bytes, connections: int, seconds: float, pids: dict[str, list[int]]) -> Any:
    """Load it from a process of its own, and charge the CPU to each group of processes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        command = [sys.executable, str(HERE / "load.py"), f"{url}/chat/completions", key, file.name]
        before = {name: cpu_seconds(group) for name, group in pids.items()}
        out = subprocess.run([*command, str(connections), str(seconds)], capture_output=True, text=True, check=True)
        spent = {name: cpu_seconds(group) - before[name] for name, group in pids.items()}
    told = json.loads(out.stdout)
    finished = max(1, told["finished"])
    return told | {f"{name}_ms": 1e3 * value / finished for name, value in spent.items()}


def rows(seconds: float, log: Any) -> list[dict[str, Any]]:
    """Measure both, and return one row a figure."""
    made: list[dict[str, Any]] = []
    requests: dict[tuple[str, int], float] = {}
    with started("upstream.py") as (_, upstream), started("passthrough.py", "--upstream", upstream) as (pid, bare):
        with House(upstream=upstream) as house:
            targets = {
                "pass-through": (bare, {"gateway": [pid]}),
                "phiward": (house.url, {"gateway": [house.gateway_pid], "postgres": postgres_of(house.gateway_pid)}),
            }
            for streamed in (False, True):
                for connections in CONNECTIONS:
                    for name, (url, pids) in targets.items():
                        body = asking(house, streamed)
                        measured(url, house.key, body, connections, 1.0, pids)
                        told = measured(url, house.key, body, connections, seconds, pids)
                        kind = "stream" if streamed else "chat"
                        log(f"{name:13} {kind:6} c={connections:<3} {json.dumps(told)}")
                        if not streamed:
                            requests[name, connections] = told["gateway_ms"]
                        made += figures(name, kind, connections, told, requests[name, connections])
            made.append(row("memory of a worker", resident_mb(house.gateway_pid), "MB", 200))
    return made


def asking(house: House, streamed: bool) -> bytes:
    """About a kilobyte, about the house's patient."""
    text = NOTE.format(name=house.patient_name, mrn=house.patient_mrn, mail="m.okafor@example.org") * 2
    messages = [{"role": "user", "content": text + "Summarise in three sentences."}]
    metadata = {"patient": house.patient_mrn, "purpose": "TREAT"}
    return json.dumps({"model": "bench", "messages": messages, "stream": streamed, "metadata": metadata}).encode()


def postgres_of(pid: int) -> list[int]:
    """The database processes below the gateway's process."""
    return named(tree(pid), "postgres")


def figures(name: str, kind: str, connections: int, told: dict[str, Any], request_ms: float) -> list[dict[str, Any]]:
    """The rows of one measurement; budgets only for ours.

    An event costs what a stream costs beyond a whole answer at the same number of connections.
    """
    ours = name == "phiward"
    made = []
    if kind == "chat":
        made.append(
            row(f"{name} request c={connections}", told["gateway_ms"], "CPU ms", WITH_EVERYTHING if ours else None)
        )
    else:
        each = max(0.0, told["gateway_ms"] - request_ms) / max(1.0, told["events"])
        made.append(row(f"{name} stream c={connections}", told["gateway_ms"], "CPU ms", None))
        made.append(row(f"{name} event c={connections}", each, "CPU ms", 0.1 if ours else None))
        made.append(row(f"{name} first text c={connections}", told["first_p50_ms"], "ms p50", None))
    if ours:
        made.append(row(f"postgres beside it, {kind} c={connections}", told["postgres_ms"], "CPU ms", None))
    if told["errors"]:
        made.append(row(f"{name} {kind} errors c={connections}", told["errors"], "requests", 0))
    return made


def row(name: str, value: float, unit: str, budget: float | None) -> dict[str, Any]:
    """One figure; without a budget it holds."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "budget": budget,
        "holds": budget is None or value <= budget,
    }


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    made = rows(options.seconds, lambda line: print(line, file=sys.stderr, flush=True))
    return tell(made, 45, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
