"""A few of the five hundred kills of `make soak-audit`, in a process of their own: it forks."""

import json
import subprocess
import sys

KILLS = 30


def test_no_kill_loses_or_doubles_what_was_acknowledged() -> None:
    """Of processes that append and number; now and then one is stopped first. The tree verifies with its anchors."""
    words = [sys.executable, "-m", "tests.system.audit_kills", "--kills", str(KILLS), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=280)
    told = json.loads(done.stdout or "{}")
    assert done.returncode == 0, (told, done.stderr[-2000:])
    assert (told["lost"], told["doubled"], told["holds"]) == (0, 0, True)
    assert told["acknowledged"] > KILLS
