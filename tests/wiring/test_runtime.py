"""The composition root on the real parts: it refuses what could not keep a promise, and closes cleanly."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import ensure_roles
from phiward.domain.errors import ConfigurationError
from phiward.settings import Settings
from phiward.wiring.auditor import sequence_all
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets
from phiward.wiring.integrity import check_log
from phiward.wiring.registrar import open_registrar
from phiward.wiring.runtime import open_runtime


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """An installation with keys and a running database that is not migrated yet."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-wiring-", dir="/tmp"))
    folder.chmod(0o711)
    made = Settings(data_dir=folder / "data", secrets_dir=folder / "secrets", anchor_dir=folder / "anchors")
    prepare_secrets(made)
    try:
        with embedded_database(made, own=True):
            ensure_roles(administrator(made), database_credentials(made).passwords)
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_keys_are_made_once_and_are_readable_by_their_owner_alone(settings: Settings) -> None:
    """A second time changes nothing."""
    files = [settings.root_key_file, settings.signing_key_file, settings.database_credentials_file]
    before = [file.read_bytes() for file in files]
    prepare_secrets(settings)
    assert [file.read_bytes() for file in files] == before
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


async def test_a_database_that_is_not_migrated_is_refused(settings: Settings) -> None:
    """Named, with the command."""
    with pytest.raises(ConfigurationError, match="phiward migrate"):
        async with open_runtime(settings):
            raise AssertionError("it opened")


async def test_registrar_gateway_and_auditor_open_on_one_installation(settings: Settings) -> None:
    """The organisation is made and on record; the gateway is ready; the log verifies."""
    migrate(administrator(settings))
    async with open_registrar(settings) as registrar:
        await registrar.record("records.imported", {"resources": 0, "stored": 0})
    async with open_runtime(settings) as runtime:
        assert all((await runtime.ready()).values())
    await sequence_all(settings)
    report = (await check_log(settings)).report
    assert report.holds
    assert report.entries >= 2
