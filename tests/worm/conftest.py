"""One real store for all tests here; skipped, by the names of what is missing, where it cannot be had."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from phiward.adapters.watched.bucket import s3_client
from tests.cli.conftest import Installation
from tests.worm.ceph import ACCESS_KEY, PACKAGES, SECRET_KEY, missing, running


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway's; short paths, since Unix sockets have no long ones."""
    lacking = missing()
    if lacking:
        pytest.skip(f"no {', '.join(lacking)} on this machine (Debian packages {', '.join(PACKAGES)})")
    with running(tmp_path_factory.mktemp("ceph")) as found:
        yield found


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Of the one user, in the environment as boto3 reads them."""
    words = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    return words


@pytest.fixture
def client(address: str, keys: dict[str, str]) -> Iterator[Any]:
    """As the application makes it."""
    made = s3_client(address, "us-east-1")
    yield made
    made.close()


@pytest.fixture
def locked(client: Any) -> str:
    """A new bucket with Object Lock."""
    name = f"locked-{uuid4()}"
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def plain(client: Any) -> str:
    """A new bucket without."""
    name = f"plain-{uuid4()}"
    client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def installation() -> Iterator[Installation]:
    """Migrated, for the command."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-worm-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        made = Installation(folder)
        made.json("migrate")
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
