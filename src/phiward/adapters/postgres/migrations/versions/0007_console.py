"""The console: drafts, submissions, answers that wait, reports; as console.sql has it."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run console.sql."""
    run_file("console.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
