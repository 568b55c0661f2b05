"""How far anchors reach is told by several processes, and the one that is behind hides nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.audit.anchoring import AnchorStatus

from .log_entries import now


async def test_the_newest_reach_stands_and_the_last_failure_is_known(db: Any) -> None:
    """A process that kept less, later asked, does not take it back."""
    book, at = PostgresAnchorBook(db.app), now()
    kept = AnchorStatus("s3://bucket/log", "object_lock", 60.0, "h.example/audit/2026", 50, at)
    await book.tell(kept)
    behind = replace(kept, size=40, kept_at=at - timedelta(minutes=1), failing_since=at, error="audit_rewound")
    await book.tell(behind)
    await book.tell(AnchorStatus("folder", "folder", 1.0))
    assert await PostgresAnchorBook(db.auditor).all() == [
        AnchorStatus("folder", "folder", 1.0),
        replace(kept, failing_since=at, error="audit_rewound"),
    ]
    await book.tell(replace(kept, size=60, kept_at=at + timedelta(minutes=1)))
    newest = (await book.all())[1]
    assert (newest.size, newest.error, newest.failing_since) == (60, None, None)
