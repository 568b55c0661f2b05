"""Passages of corpora without PHI, as corpora.sql has them."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run corpora.sql."""
    run_file("corpora.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
