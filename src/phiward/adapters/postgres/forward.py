"""What every migration does: run its SQL file as it stands. Forward only: a log that is append-only has no way back."""

from pathlib import Path

from alembic import op

from phiward.domain.errors import ConfigurationError


def run_file(name: str) -> None:
    """Run a file of this folder in the migration's transaction. Raises ConfigurationError without a connection."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise ConfigurationError("There is no connection to migrate.")
    driver.execute(text)


def no_way_back() -> None:
    """Raises ConfigurationError."""
    raise ConfigurationError("Migrations go forward only; restore a backup instead.")
