"""The console: drafts, submissions, answers that wait, reports; as console.sql has it."""

from pathlib import Path

from alembic import op

from phiward.domain.errors import ConfigurationError

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run console.sql as it stands."""
    text = (Path(__file__).parents[2] / "console.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise ConfigurationError("There is no connection to migrate.")
    driver.execute(text)


def downgrade() -> None:
    """Forward only."""
    raise ConfigurationError("Migrations go forward only; restore a backup instead.")
