"""`phiward serve`: what it refuses; that it serves is shown in tests/system."""

import gc
import shutil
import tempfile
from pathlib import Path

import pytest

from phiward.cli.serve import calm_garbage_collector, tls_context
from phiward.domain.errors import ConfigurationError
from phiward.settings import Settings
from tests.cli.conftest import Installation


def test_a_database_that_is_not_migrated_is_refused_with_the_command_to_run(installation: Installation) -> None:
    """`serve` never migrates."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-cli-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        keys = {f"PHIWARD_{n.upper()}_DIR": str(folder / n) for n in ("data", "secrets", "anchor")}
        ran = installation.run("serve", "--port", "0", **keys)
        assert ran.code == 2
        assert "phiward migrate" in ran.err
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Before anything listens."""
    settings = Settings(tls_certificate=tmp_path / "none.pem", tls_key=tmp_path / "none.key")
    with pytest.raises(ConfigurationError, match="TLS_CERTIFICATE"):
        tls_context(settings)


def test_what_was_made_at_the_start_is_not_looked_at_again() -> None:
    """The collector's permanent generation holds it."""
    before = gc.get_threshold()
    try:
        calm_garbage_collector()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
