"""The schema that this version needs: known without what runs migrations, and refused where it is another."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from phiward.adapters.postgres import schema_version
from phiward.adapters.postgres.schema_version import MIGRATIONS, head, refuse_other_schema
from phiward.domain.errors import ConfigurationError
from tests.postgres import RunningDatabase, Server


@pytest.fixture
def empty(postgres: Server) -> Iterator[RunningDatabase]:
    """A database that nobody migrated."""
    database = postgres.make("template0")
    yield database
    postgres.drop(database)


def test_the_newest_number_is_the_end_of_the_line_of_migrations() -> None:
    """As Alembic follows it from revision to revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_a_package_without_migrations_is_no_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Instead of taking any database for the right one."""
    monkeypatch.setattr(schema_version, "MIGRATIONS", tmp_path_factory.mktemp("none"))
    with pytest.raises(ConfigurationError, match="no migrations"):
        head()


async def test_a_database_that_is_not_migrated_is_refused(empty: RunningDatabase) -> None:
    """With the command that helps."""
    with pytest.raises(ConfigurationError, match="phiward migrate"):
        await refuse_other_schema(empty.app)


@pytest.mark.parametrize(
    "change",
    ["UPDATE phiward.alembic_version SET version_num = '9999'", "DELETE FROM phiward.alembic_version"],
)
async def test_another_revision_is_refused(postgres: Server, change: str) -> None:
    """A newer one as well as none."""
    database = postgres.make()
    try:
        with psycopg.connect(database.admin, autocommit=True) as connection:
            connection.execute(change.encode())
        with pytest.raises(ConfigurationError, match="phiward migrate"):
            await refuse_other_schema(database.app)
    finally:
        postgres.drop(database)
