"""`phiward model`."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


def test_the_model_server_starts_tells_where_and_answers(tmp_path: Path) -> None:
    """On a free loopback port; ended by its process."""
    ready = tmp_path / "ready.json"
    words = [sys.executable, "-m", "phiward", "model", "--port", "0", "--ready-file", str(ready)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if ready.exists():
                break
            time.sleep(0.05)
        url = json.loads(ready.read_text())["url"]
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{url}/models", timeout=10) as answer:
            assert json.load(answer)["data"][0]["id"] == "phiward-extractive"
    finally:
        server.terminate()
        server.wait(20)
