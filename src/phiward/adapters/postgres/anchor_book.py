"""How far each anchor reaches, told by whichever process wrote last; read by whoever asks."""

from collections.abc import Sequence

from phiward.adapters.postgres.database import Database
from phiward.audit.anchoring import AnchorStatus

# A process that is behind must not hide what another one kept since.
TELL = """
INSERT INTO audit_anchor (name, kind, interval_seconds, origin, size, kept_at, failing_since, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, interval_seconds = excluded.interval_seconds,
    origin = CASE WHEN excluded.kept_at >= coalesce(audit_anchor.kept_at, '-infinity') THEN excluded.origin
                 ELSE audit_anchor.origin END,
    size = CASE WHEN excluded.kept_at >= coalesce(audit_anchor.kept_at, '-infinity') THEN excluded.size
                ELSE audit_anchor.size END,
    kept_at = greatest(audit_anchor.kept_at, excluded.kept_at),
    failing_since = excluded.failing_since, error = excluded.error
"""


class PostgresAnchorBook:
    """Implements `AnchorBook`, with the gateway's role; the auditor reads."""

    def __init__(self, database: Database) -> None:
        """A pool of one of these roles."""
        self._database = database

    async def tell(self, status: AnchorStatus) -> None:
        """Remember. Raises StorageError."""
        reach = [status.origin, status.size, status.kept_at]
        values = [status.name, status.kind, status.interval_seconds, *reach, status.failing_since, status.error]
        async with self._database.plain() as connection:
            await connection.execute(TELL, values)

    async def all(self) -> Sequence[AnchorStatus]:
        """Every anchor that any process ever told of, by name. Raises StorageError."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT name, kind, interval_seconds, origin, size, kept_at, failing_since, error"
                " FROM audit_anchor ORDER BY name"
            )
            return [AnchorStatus(*row) for row in await cursor.fetchall()]
