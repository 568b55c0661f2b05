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

SERVERS = Path("/usr/lib/postgresql")
OLDEST_SERVER = 15
PROVIDER = Path("tests/provider")
AXE = Path("tests/console/browser")
GO_PACKAGE = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
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


def postgres() -> Path | None:
    """The programs of Debian's newest PostgreSQL server that is new enough."""
    versions = [int(path.name) for path in SERVERS.glob("[0-9]*") if path.name.isdigit()]
    usable = [one for one in versions if one >= OLDEST_SERVER and (SERVERS / str(one) / "bin" / "postgres").exists()]
    return SERVERS / str(max(usable)) / "bin" if usable else None


def npm(place: Path) -> Path | None:
    """A folder with `node_modules`, made by the lock file that stands in `place`."""
    if shutil.which("npm") is None and not apt("npm"):
        return None
    folder = Path("build") / place.name
    folder.mkdir(parents=True, exist_ok=True)
    wanted = place / "package-lock.json"
    kept = folder / "package-lock.json"
    if kept.exists() and kept.read_bytes() == wanted.read_bytes() and (folder / "node_modules").exists():
        return folder.absolute()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(place / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(command, cwd=folder, check=False)
    return folder.absolute() if done.returncode == 0 else None


def chromium() -> str | None:
    """A real browser."""
    return shutil.which("chromium") or (shutil.which("chromium") if apt("chromium") else None)


def go_verifier() -> list[str]:
    """The verifier of the log that we did not write; returns what is missing."""
    packages = ("golang-go", "golang-golang-x-mod-dev")  # 81 MB
    there = shutil.which("go") is not None and GO_PACKAGE.is_dir()
    if there or all(apt(one) for one in packages):
        return []
    return [f"Go and its tlog (Debian packages {' and '.join(packages)}), for the verifier of the log"]


def fetch(upstream: str) -> tuple[dict[str, str], list[str]]:
    """Environment for the tests, and what is missing."""
    found, missing = {}, []
    server = postgres() or (apt("postgresql") and postgres())
    if server:
        found["PHIWARD_TEST_POSTGRES_BIN"] = str(server)
    else:
        missing.append(f"PostgreSQL {OLDEST_SERVER} or newer (Debian package postgresql)")
    for program, package in (("tesseract", "tesseract-ocr"), ("pdftoppm", "poppler-utils")):
        if shutil.which(program) is None and not apt(package):
            missing.append(f"{program} (Debian package {package})")
    if shutil.which("c++") is None and not apt("g++"):
        missing.append("a C++ compiler (Debian package g++), for the real inference server")
    elif subprocess.run(["make", "--silent", f"{upstream}/.made"], check=False).returncode:
        missing.append("the real inference server (llama-cpp-python did not build)")
    else:
        found["PHIWARD_TEST_UPSTREAM_PYTHON"] = str(Path(upstream, "bin", "python").absolute())
    for name, variable, made in (
        (
            "the identity provider of the tests (npm oidc-provider, Node 20)",
            "PHIWARD_TEST_PROVIDER",
            npm(PROVIDER),
        ),
        ("axe-core (npm)", "PHIWARD_TEST_AXE", npm(AXE)),
        ("a browser (Debian package chromium)", "PHIWARD_TEST_CHROMIUM", chromium()),
    ):
        if made:
            found[variable] = str(made)
        else:
            missing.append(name)
    return found, missing + go_verifier()


def main() -> int:
    """Run pytest, then say in one plain line what happened."""
    upstream, *words = sys.argv[1:]
    if upstream == "--go-verifier":
        found, missing, words = {}, go_verifier(), ["tests/go_verifier", *words]
    else:
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
    refused = bool(os.environ.get("CI") and skipped)
    if refused:
        print("CI allows no skipped test")
    print(f"{counts.get('passed', 0)} passed, {failed} failed, {skipped} skipped")
    return status or int(refused)


if __name__ == "__main__":
    sys.exit(main())
