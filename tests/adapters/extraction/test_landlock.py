"""Landlock, where the kernel has it. What it keeps from a sealed process: test_sealing."""

import subprocess
import sys
from pathlib import Path

from tests.house.places import SRC

PROGRAM = """
import ctypes, sys
from pathlib import Path
from phiward.adapters.extraction.landlock import restrict
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
granted, kept = Path(sys.argv[1]), Path(sys.argv[2])
held = restrict([granted, granted / "nowhere"], [Path("/dev/null")])
def tried(path, mode):
    try:
        return open(path, mode).read() if "r" in mode else open(path, mode) and "written"
    except PermissionError:
        return "refused"
print(held, tried(granted, "r"), tried(kept, "r"), tried(granted, "a"), tried("/dev/null", "w"))
"""


def test_only_what_is_granted_can_be_reached(tmp_path: Path) -> None:
    """A granted file is read and not written, a device both; a kernel without Landlock says so."""
    granted, kept = tmp_path / "granted", tmp_path / "kept"
    granted.write_text("mine")
    kept.write_text("MRN")
    command = [sys.executable, "-c", PROGRAM, str(granted), str(kept)]
    done = subprocess.run(command, env={"PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("True mine refused refused written", "False mine MRN written written")
