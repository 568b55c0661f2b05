"""Sessions, the facts of access, emergency access and its review, as access.sql has them."""

from phiward.adapters.postgres.forward import no_way_back, run_file

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run access.sql."""
    run_file("access.sql")


def downgrade() -> None:
    """There is none."""
    no_way_back()
