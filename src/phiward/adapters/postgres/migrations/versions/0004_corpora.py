"""Passages of corpora without PHI, as corpora.sql has them."""

from pathlib import Path

from alembic import op

from phiward.domain.errors import ConfigurationError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run corpora.sql as it stands."""
    text = (Path(__file__).parents[2] / "corpora.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise ConfigurationError("There is no connection to migrate.")
    driver.execute(text)


def downgrade() -> None:
    """There is no way back from an append-only log."""
    raise ConfigurationError("Migrations go forward only; restore a backup instead.")
