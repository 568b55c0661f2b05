"""The log in shards, with tiles and anchors, as log.sql has it."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run log.sql."""
    run_file("log.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
