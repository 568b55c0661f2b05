"""Other gateways as targets: started from `.venv-gateways`, before the same models, with the best settings they have.

LiteLLM masks what its regular expressions find, on the way in and on the way back. LLM-Shield-Proxy masks and restores,
redacts the answer, and watches for the canary. Both are given patterns of this hospital's record numbers and dates.
"""

import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .attempts import CANARY
from .people import PATIENTS
from .target import NotStartedError, Target
from .upstream import HOST

START_SECONDS = 240
_DATES = r"\b(?:[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2})\b"
_PATTERNS = {"mrn": r"\b[0-9]{8}\b", "date": _DATES}


def installed_in(folder: Path) -> bool:
    """Whether `make .venv-gateways/.made` has been run."""
    return all((folder / "bin" / name).exists() for name in ("litellm", "llm-shield-proxy"))


@contextmanager
def litellm(programs: Path, upstream: str, lanes: int) -> Iterator[Target]:
    """One worker, no database, its content filter before and after each call."""
    key, names = f"sk-{secrets.token_hex(16)}", tuple(f"lane-{n}" for n in range(lanes))
    prebuilt = ("us_ssn", "us_ssn_no_dash", "email", "us_phone", "street_address")
    patterns = [{"pattern_type": "prebuilt", "pattern_name": name, "action": "MASK"} for name in prebuilt]
    patterns += [
        {"pattern_type": "regex", "name": name, "pattern": one, "action": "MASK"} for name, one in _PATTERNS.items()
    ]
    links = {"pattern_type": "prebuilt", "pattern_name": "url", "action": "MASK"}
    settings = {
        "model_list": [
            {
                "model_name": name,
                "litellm_params": {"model": f"openai/{name}", "api_base": upstream, "api_key": "unused"},
            }
            for name in names
        ],
        "general_settings": {"master_key": key},
        "litellm_settings": {"telemetry": False, "num_retries": 0},
        "guardrails": [
            _filter("in", "pre_call", patterns),
            _filter("out", "post_call", [*patterns, links]),
        ],
    }
    with _folder() as folder:
        (folder / "config.yaml").write_text(json.dumps(settings))  # JSON is YAML
        words = ["--config", "config.yaml", "--host", HOST, "--num_workers", "1"]
        variables = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        with _started(folder, [str(programs / "bin" / "litellm"), *words], "--port", variables, key, names[0]) as url:
            yield Target("LiteLLM", url, key, names)


def _filter(name: str, mode: str, patterns: list[dict[str, str]]) -> dict[str, object]:
    settings = {"guardrail": "litellm_content_filter", "mode": mode, "default_on": True, "patterns": patterns}
    return {"guardrail_name": name, "litellm_params": settings}


@contextmanager
def shield(programs: Path, upstream: str, lanes: int) -> Iterator[Target]:
    """One worker, sessions in memory, answers redacted, its tripwire set to the application's canary."""
    key, other = (f"sk-{secrets.token_hex(16)}" for _ in range(2))
    with _folder() as folder:
        custom = [{"name": name.upper(), "pattern": pattern} for name, pattern in _PATTERNS.items()]
        (folder / "patterns.yaml").write_text(json.dumps({"custom_patterns": custom}))
        variables = {
            "HOST": HOST,
            "UPSTREAM_BASE_URL": upstream.removesuffix("/v1"),
            "UPSTREAM_API_KEY": "unused",
            "VALID_VIRTUAL_KEYS": f"{key},{other}",
            "ENABLE_RESPONSE_PII_REDACTION": "true",
            "ENABLE_CANARY_TRIPWIRE": "true",
            "CANARY_TOKEN": CANARY,
            "SHIELD_WATERMARK_SECRET": secrets.token_hex(32),
            "CUSTOM_REGEX_PATH": str(folder / "patterns.yaml"),
            "ANONYMOUS_USAGE_TRACKING": "false",
            "ENABLE_AGENT_BREAKER": "false",
        }
        names = tuple(f"lane-{n}" for n in range(lanes))
        with _started(folder, [str(programs / "bin" / "llm-shield-proxy")], "PORT", variables, key, names[0]) as url:
            yield Target("LLM-Shield-Proxy", url, key, names, dict.fromkeys(range(PATIENTS), other))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="phiward-leak-") as name:
        yield Path(name)


@contextmanager
def _started(
    folder: Path, words: list[str], port_by: str, variables: Mapping[str, str], key: str, model: str
) -> Iterator[str]:
    """Start a gateway; the base URL once it answers. `port_by` is an option, or the name of a variable."""
    port = _free_port()
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = {**kept, "HOME": str(folder), **variables}
    if port_by.startswith("--"):
        words = [*words, port_by, str(port)]
    else:
        environment[port_by] = str(port)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        words, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        url = f"http://{HOST}:{port}/v1"
        _wait(process, url, key, model, folder / "log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def _wait(process: subprocess.Popen[bytes], url: str, key: str, model: str, log: Path) -> None:
    """Until a plain request is answered. Raises NotStartedError where it never is."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Ready?"}]}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}/chat/completions", body, headers), timeout=20).close()
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.25)
        else:
            return
    raise NotStartedError(log.read_text(errors="replace")[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
