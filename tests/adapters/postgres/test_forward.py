"""A migration runs its file, and there is no way back; that each file runs is shown by test_migrate.py."""

import pytest

from phiward.adapters.postgres.forward import no_way_back
from phiward.adapters.postgres.migrate import MIGRATIONS
from phiward.domain.errors import ConfigurationError


def test_there_is_no_way_back() -> None:
    """From a log that is append-only."""
    with pytest.raises(ConfigurationError, match="forward only"):
        no_way_back()


def test_every_migration_names_a_file_that_is_here() -> None:
    """And succeeds the one before it."""
    files = sorted((MIGRATIONS / "versions").glob("0*.py"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    for file, text in zip(files, texts, strict=True):
        name = text.split('run_file("')[1].split('"')[0]
        assert (MIGRATIONS.parent / name).is_file(), file.name
    downs = [text.split("down_revision = ")[1].splitlines()[0] for text in texts]
    assert downs == ["None", *(f'"{file.name[:4]}"' for file in files[:-1])]
