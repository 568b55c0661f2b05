"""`make test-worm`: fetches Ceph's gateway from Debian where that may be done, and runs the tests of tests/worm."""

import os
import shutil
import subprocess
import sys

from machine import apt

PROGRAMS = {"ceph-mon": "ceph-mon", "ceph-osd": "ceph-osd", "radosgw": "radosgw", "ceph": "ceph-common"}
"""Each program and its Debian package."""


def main() -> int:
    """What is missing is named here; the tests are then skipped, and with CI set that fails."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None and not apt(package)]
    for package in missing:
        print(f"missing on this machine: Debian package {package}")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-rs",
        "tests/worm/object_lock.py",
        *sys.argv[1:],
    ]
    status = subprocess.run(command, check=False).returncode
    return status or int(bool(missing and os.environ.get("CI")))


if __name__ == "__main__":
    sys.exit(main())
