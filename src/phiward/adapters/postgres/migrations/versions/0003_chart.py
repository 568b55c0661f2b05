"""Facts, segments, quarantine and citations, as chart.sql has them."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run chart.sql."""
    run_file("chart.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
