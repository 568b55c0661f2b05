"""Legal holds, certificates of destruction and the way to destroy a shard, as retention.sql has it."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run retention.sql."""
    run_file("retention.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
