"""The operating-system user that PostgreSQL runs as. It refuses to run as root, and so do we."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phiward.domain.errors import ConfigurationError

NAME = "phiward"


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; `switches` says whether processes must change to it."""

    uid: int
    gid: int
    switches: bool

    def process_arguments(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a process as this user, with no other groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to this user."""
        if self.switches:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def reaches(self, path: Path) -> bool:
        """Whether this user may traverse every folder above `path` and read and run it."""
        return self.obstacle(path) is None

    def obstacle(self, path: Path) -> Path | None:
        """The first folder on the way to `path`, or `path` itself, that this user cannot pass."""
        for step in [*reversed(path.absolute().parents), path.absolute()]:
            found = step.stat()
            if found.st_uid == self.uid:
                needed = stat.S_IXUSR
            elif found.st_gid == self.gid:
                needed = stat.S_IXGRP
            else:
                needed = stat.S_IXOTH
            if not found.st_mode & needed:
                return step
        return None


def account() -> Account:
    """The present user; or, where that is root, the system user `phiward`, made if it is missing.

    Raises ConfigurationError when it cannot be made.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switches=False)
    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        found = _make()
    return Account(found.pw_uid, found.pw_gid, switches=True)


def _make() -> pwd.struct_passwd:
    command = shutil.which("useradd") or "/usr/sbin/useradd"
    words = [command, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(  # noqa: S603 - a fixed command line
            [*words, "--shell", "/usr/sbin/nologin", NAME], check=True, capture_output=True, timeout=60
        )
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.SubprocessError, KeyError) as error:
        raise ConfigurationError(
            f"PostgreSQL does not run as root, and the system user `{NAME}` could not be made. "
            f"Make it, run phiward as an ordinary user, or set PHIWARD_DATABASE_URL."
        ) from error
