"""Searching the log: indexes of its leaves; as search.sql has it."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run search.sql."""
    run_file("search.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
