"""`make test`: fetches what the tests need from this machine, runs them, and counts plainly.

What cannot be fetched is named, and the tests that need it are counted as skipped in the last line.
With CI set, a skip fails the run.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

POSTGRES = Path("/usr/lib/postgresql/15/bin/postgres")
COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")


def apt(package: str) -> bool:
    """Install a Debian package where that may be done; quiet."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", "-qq", *words], env=environment, capture_output=True, check=False)
        if done.returncode:
            return False
    return True


def fetch(upstream: str) -> tuple[dict[str, str], list[str]]:
    """Environment for the tests, and what is missing."""
    found, missing = {}, []
    if not POSTGRES.exists() and not apt("postgresql-15"):
        missing.append("PostgreSQL 15 (Debian package postgresql-15)")
    if shutil.which("c++") is None and not apt("g++"):
        missing.append("a C++ compiler (Debian package g++), for the real inference server")
    elif subprocess.run(["make", "--silent", f"{upstream}/.made"], check=False).returncode:
        missing.append("the real inference server (llama-cpp-python did not build)")
    else:
        found["PHIWARD_TEST_UPSTREAM_PYTHON"] = str(Path(upstream, "bin", "python").absolute())
    return found, missing


def main() -> int:
    """Run pytest, then say in one plain line what happened."""
    upstream, *words = sys.argv[1:]
    found, missing = fetch(upstream)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    process = subprocess.Popen(command, env={**os.environ, **found}, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        last = line if COUNT.search(line) else last
    status = process.wait()
    counts = {name: int(number) for number, name in COUNT.findall(last)}
    for name in missing:
        print(f"missing on this machine: {name}")
    skipped = counts.get("skipped", 0)
    failed = counts.get("failed", 0) + counts.get("error", 0)
    print(f"{counts.get('passed', 0)} passed, {failed} failed, {skipped} skipped")
    if os.environ.get("CI") and skipped:
        print("CI allows no skipped test", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
