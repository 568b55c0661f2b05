"""Legal holds, certificates of destruction and the way to destroy a shard, as retention.sql has it."""

from pathlib import Path

from alembic import op

from phiward.domain.errors import ConfigurationError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run retention.sql as it stands."""
    text = (Path(__file__).parents[2] / "retention.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise ConfigurationError("There is no connection to migrate.")
    driver.execute(text)


def downgrade() -> None:
    """There is no way back from an append-only log."""
    raise ConfigurationError("Migrations go forward only; restore a backup instead.")
