"""Environments from lock files: by uv where it is present, by pip where not; always by hash.

    install.py venv FOLDER                  make an environment
    install.py lock FOLDER LOCK [--project] install a lock file, and phiward itself
    install.py upstream FOLDER LOCK         the real inference server of the tests, built from source
    install.py compile                      compile the lock files anew

Only the standard library: it runs before anything is installed.
"""

import datetime
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

UV = shutil.which("uv")
LOCKS = {
    "runtime": ["pyproject.toml", "--extra", "demo", "requirements/build.in", "requirements/embedder.in"],
    "dev": ["pyproject.toml", "--all-extras", *(f"requirements/{name}.in" for name in ("build", "embedder", "dev"))],
    "peers": ["requirements/peers.in"],
    "peers-gateways": ["requirements/peers-gateways.in"],
    "upstream": ["requirements/upstream.in"],
    "train": ["requirements/train.in"],
}


TORCH_CPU = "sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"
"""PyTorch 2.13.0 for the CPU, CPython 3.11, x86-64 Linux: name its place to pip by PIP_FIND_LINKS or an extra index."""


def run(*words: str, **more: str) -> None:
    """Run a command; stop with its status if it fails."""
    done = subprocess.run(words, env={**os.environ, **more}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def make(folder: str) -> None:
    """An environment with pip in it."""
    if not (Path(folder) / "bin" / "python").exists():
        venv.create(folder, with_pip=True, symlinks=True)


def install(folder: str, lock: str, *, project: bool) -> None:
    """What the lock names, and nothing beside it or without its hash."""
    python = f"{folder}/bin/python"
    if UV:
        run(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", "--require-hashes", "-r", lock)
    else:
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--no-deps", "--require-hashes", "-r", lock)
    if project:
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")


def upstream(folder: str, lock: str) -> None:
    """llama-cpp-python is built from its source: about four minutes on two cores."""
    make(folder)
    print("building the real inference server of the tests (some minutes) …", flush=True)
    pip = (f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", lock, CMAKE_ARGS="-DGGML_NATIVE=OFF", CMAKE_BUILD_PARALLEL_LEVEL="2")


def compile_locks() -> None:
    """Hashes, no index addresses, nothing younger than seven days, one set of versions for all Pythons."""
    if not UV:
        sys.exit("compiling the lock files needs uv")
    old = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=7)).date().isoformat()
    fixed = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--universal", "--quiet"]
    for name, sources in LOCKS.items():
        pinned = {"dev": ["-c", "requirements/runtime.lock"], "train": ["--no-deps"]}.get(name, [])
        pinned += ["--override", "requirements/overrides.in"]
        words = [*sources, *pinned, *fixed, "--python-version", "3.11", "--exclude-newer", old]
        run(UV, "pip", "compile", *words, "-o", f"requirements/{name}.lock")
    _pin_cpu_build(Path("requirements/train.lock"))


def _pin_cpu_build(lock: Path) -> None:
    """Training takes the CPU build of torch: the index's own needs gigabytes of CUDA to be imported at all."""
    text = lock.read_text(encoding="utf-8")
    lock.write_text(re.sub(r"^(torch==\S+)(?: \\\n +--hash=\S+)+", rf"\1 \\\n    --hash={TORCH_CPU}", text, flags=re.M))


def main() -> None:
    """Dispatch."""
    command, *words = sys.argv[1:]
    if command == "venv":
        make(words[0])
    elif command == "lock":
        install(words[0], words[1], project="--project" in words)
    elif command == "upstream":
        upstream(words[0], words[1])
    elif command == "compile":
        compile_locks()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
