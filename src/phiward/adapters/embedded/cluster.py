"""Making a database cluster: scram for local connections, every host refused, checksums on."""

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from phiward.adapters.embedded.account import Account
from phiward.domain.errors import ConfigurationError
from phiward.vault.files import create_private_file, read_private_file

ADMINISTRATOR = "phiward_admin"
INITDB_SECONDS = 300


def read_or_make_password(path: Path) -> str:
    """The administrator's password, from a 0600 file in the secrets folder; made once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_private_file(path, secrets.token_urlsafe(32).encode(), None)
    return read_private_file(path, None, 1024).decode("ascii").strip()


def make_cluster(binaries: Path, folder: Path, password: str, account: Account) -> None:
    """initdb into `folder`, whole or not at all: it is made beside it and renamed.

    The password goes by a 0600 file that is removed at once, never by the command line.
    Raises ConfigurationError when initdb fails.
    """
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    account.own(partial, 0o700)
    descriptor, name = tempfile.mkstemp(dir=partial.parent)
    password_file = Path(name)
    try:
        os.write(descriptor, password.encode())
        os.close(descriptor)
        account.own(password_file, 0o600)
        _initdb(binaries, partial, password_file, account)
    finally:
        password_file.unlink(missing_ok=True)
    partial.rename(folder)


def _initdb(binaries: Path, folder: Path, password_file: Path, account: Account) -> None:
    words = [
        *(str(binaries / "initdb"), "--pgdata", str(folder), "--username", ADMINISTRATOR),
        *("--auth-local=scram-sha-256", "--auth-host=reject", "--data-checksums"),
        *("--encoding=UTF8", "--locale=C", "--pwfile", str(password_file)),
    ]
    try:
        subprocess.run(  # noqa: S603 - our own binaries, our own words
            words,
            check=True,
            capture_output=True,
            timeout=INITDB_SECONDS,
            cwd=folder,
            env={"LC_ALL": "C", "PATH": os.defpath},
            umask=0o077,
            **account.process_arguments(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError("The embedded database could not be made; is there space and permission?") from error
