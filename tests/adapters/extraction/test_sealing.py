"""A sealed process can do no more than read its document."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phiward.adapters.extraction.order import Order
from tests.adapters.extraction.bombs import listener
from tests.house.places import ROOT, SRC

ORDER = Order("pdf", tesseract="/bin/bash")
SOMEBODY = 12345


def tried(act: str, word: str = "", uid: int = 0) -> tuple[list[str], str, int]:
    """What holds, how the act ended, and as which user."""
    command = [sys.executable, "-m", "tests.adapters.extraction.sealed", ORDER.argument(), str(uid), act, word]
    environment = {"PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    held, ended, user = json.loads(done.stdout.splitlines()[-1])
    return held, ended, user


@pytest.mark.parametrize(
    ("act", "error"),
    [
        pytest.param("socket", "PermissionError", id="a socket"),
        pytest.param("remove", "PermissionError", id="removing a file"),
        pytest.param("system", "PermissionError", id="a command line"),
        pytest.param("fork", "PermissionError", id="a process of its own"),
        pytest.param("descriptor", "OSError", id="many open files"),
        pytest.param("memory", "MemoryError", id="more memory than the limit"),
        pytest.param("limit", "ValueError", id="raising a limit"),
    ],
)
def test_what_reading_does_not_need_is_refused(act: str, error: str) -> None:
    """By the kernel's limits or by the hook."""
    assert tried(act, "/nowhere")[1] == error


def test_only_the_programs_of_the_order_can_be_run() -> None:
    """No other."""
    assert tried("run", "/bin/true")[1] == "PermissionError"
    assert tried("shell", "true")[1] == "done"


def test_files_can_neither_be_written_nor_read(passable: Path) -> None:
    """Although their modes would permit it, and whichever program tries."""
    secret = passable / "secret"
    secret.write_text("MRN 123")
    secret.chmod(0o666)
    held, ended, _ = tried("shell", f"cat {secret}")
    if "files" not in held:
        pytest.skip("this kernel has no Landlock")
    assert ended == "CalledProcessError"
    assert tried("read", str(secret))[1] == "PermissionError"
    assert tried("write", str(secret))[1] == "PermissionError"
    assert tried("shell", f"echo > {secret}")[1] == "CalledProcessError"
    assert secret.read_text() == "MRN 123"


def test_nobody_answers_on_the_network() -> None:
    """Not even on loopback, whichever program calls; outside the seal the same call arrives."""
    with listener() as server:
        call = f"exec 3<>/dev/tcp/127.0.0.1/{server.port}"
        assert tried("shell", call)[1] == "CalledProcessError"
        assert server.calls == []
        subprocess.run(["/bin/bash", "-c", call], check=True)
    assert server.calls == ["connection"]


def test_no_core_is_dumped() -> None:
    """It would hold the document."""
    assert tried("core")[1] == "done"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_root_becomes_nobody_for_good() -> None:
    """All three user ids, so that there is no way back."""
    assert tried("root")[1:] == ("PermissionError", 65534)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody")
def test_an_ordinary_user_is_sealed_too(passable: Path) -> None:
    """By Landlock, and by a user namespace where those are permitted."""
    secret = passable / "secret"
    secret.write_text("MRN 123")
    os.chown(secret, SOMEBODY, SOMEBODY)
    held, ended, _ = tried("shell", f"cat {secret}", SOMEBODY)
    assert ended == "CalledProcessError" or "files" not in held
    with listener() as server:
        held, ended, _ = tried("shell", f"exec 3<>/dev/tcp/127.0.0.1/{server.port}", SOMEBODY)
    assert server.calls == [] or not {"network", "files"} & set(held)


def test_what_holds_is_said() -> None:
    """For whoever must know whether this machine permits it."""
    held, _, _ = tried("nothing")
    assert "rights" in held
    assert set(held) <= {"rights", "network", "files"}
