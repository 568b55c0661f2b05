"""A real inference server that nobody here wrote: llama-cpp-python's, with a tiny random model.

The model is written on the spot (`tiny_gguf.py`), so nothing is downloaded; its answers mean nothing,
but the HTTP, the server-sent events and the usage are a real server's. PHIWARD_TEST_UPSTREAM_PYTHON
names the Python of an environment with `llama-cpp-python[server]` and `gguf`; `make test` makes one.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

VARIABLE = "PHIWARD_TEST_UPSTREAM_PYTHON"
START_SECONDS = 60
CONTEXT_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class RealUpstream:
    """A running server: its base URL up to `/v1`, and the name of its model."""

    url: str
    model: str


@pytest.fixture(scope="session")
def real_upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealUpstream]:
    """Started once for a run; ended by its process id."""
    python = os.environ.get(VARIABLE, "")
    if not python:
        why = f"{VARIABLE} names no Python with llama-cpp-python[server] and gguf; `make test` makes one"
        if os.environ.get("CI"):
            pytest.fail(f"CI must test against the real inference server: {why}")
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("real-upstream")
    model = folder / "tiny.gguf"
    subprocess.run([python, str(Path(__file__).with_name("tiny_gguf.py")), str(model)], check=True)
    port = _free_port()
    words = ["--model", str(model), "--model_alias", "tiny", "--host", "127.0.0.1", "--port", str(port)]
    command = [python, "-m", "llama_cpp.server", *words, "--n_ctx", str(CONTEXT_TOKENS), "--n_threads", "1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(process, port, folder / "log")
        yield RealUpstream(f"http://127.0.0.1:{port}/v1", "tiny")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Until it lists its models."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/v1/models")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail(f"the real inference server did not start:\n{log.read_text(errors='replace')[-2000:]}")
