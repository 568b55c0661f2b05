"""Importing a module does nothing: no socket, no thread, no file written, no setting read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import PACKAGE, SRC, python_files

WATCH = """
import importlib, json, os, sys, threading
import wsgiref.handlers  # copies the whole environment when it is imported; prometheus_client needs it

seen = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ACTS = ("socket.", "subprocess.", "os.mkdir", "os.rename", "os.remove", "os.system")

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        seen.append(["open to write", str(arguments[0])])
    elif event.startswith(ACTS):
        seen.append([event, str(arguments)[:200]])

class Watched(type(os.environ)):
    def __getitem__(self, name):
        if isinstance(name, str) and name.startswith("PHIWARD_"):
            seen.append(["reads the environment", name])
        return super().__getitem__(name)
    def __contains__(self, name):
        if isinstance(name, str) and name.startswith("PHIWARD_"):
            seen.append(["reads the environment", name])
        return super().__contains__(name)

def start(thread):
    seen.append(["starts a thread", thread.name])

os.environ.__class__ = Watched
threading.Thread.start = start
sys.addaudithook(watch)
blamed = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    if seen:
        blamed[name] = list(seen)
        seen.clear()
print(json.dumps(blamed))
os._exit(sys.stdout.flush() or 0)
"""


def effects(modules: list[str], path: Path) -> dict[str, list[list[str]]]:
    """What each import does, in a fresh interpreter that has settings to read."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH, json.dumps(modules)],
        env={"PYTHONPATH": str(path), "PATH": os.environ["PATH"], "PHIWARD_PORT": "1", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[list[str]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        pytest.param("import socket; socket.socket()", "socket.__new__", id="a socket"),
        pytest.param("open(__file__ + '.out', 'w')", "open to write", id="a file"),
        pytest.param("import os; os.environ.get('PHIWARD_PORT')", "reads the environment", id="a setting"),
        pytest.param("import threading; threading.Thread(target=int).start()", "starts a thread", id="a thread"),
        pytest.param("import subprocess; subprocess.Popen(['true'])", "subprocess.Popen", id="a process"),
    ],
)
def test_an_effect_at_import_is_seen(tmp_path: Path, line: str, effect: str) -> None:
    """The watch is not blind."""
    (tmp_path / "acting.py").write_text(line + "\n")
    (act, *_), *_ = effects(["acting"], tmp_path)["acting"]
    assert act.startswith(effect)


def test_importing_every_module_has_no_effect() -> None:
    """All of them in one interpreter, migrations apart, which Alembic runs."""
    places = [path.relative_to(SRC).with_suffix("") for path in python_files("src")]
    names = [".".join(place.parts).removesuffix(".__init__") for place in places if "migrations" not in place.parts]
    modules = sorted(set(names) - {"phiward.__main__"})
    assert len(modules) > 100
    assert PACKAGE.name in modules
    assert effects(modules, SRC) == {}
