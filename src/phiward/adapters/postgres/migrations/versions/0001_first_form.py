"""The first form of the database, as schema.sql has it."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run schema.sql."""
    run_file("schema.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
