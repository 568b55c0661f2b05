"""What the log says of itself: entries of kind `log`, of no organisation and no person.

audit/catalogue.py has them all. Ids are random; each entry is an interaction of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from phiward.audit.clocks import NOBODY, WentBack
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry, EntryKind, StoredEntry
from phiward.domain.people import TenantId

INSTALLATION: Final = TenantId(UUID(int=0))
OPENED: Final = "log.opened"
CLOCK_REGRESSED: Final = "log.clock_regressed"
HEARTBEAT: Final = "log.heartbeat"
STARTED: Final = "log.gateway_started"
STOPPED: Final = "log.gateway_stopped"
VERIFIED: Final = "log.verified"
OVERRIDDEN: Final = "log.verification_overridden"
SHARD_DESTROYED: Final = "log.shard_destroyed"


def said(action: str, facts: Mapping[str, Any], at: datetime) -> Entry:
    """An entry of the log about itself."""
    return Entry(uuid4(), INSTALLATION, uuid4(), EntryKind.LOG, at, {"action": action, **facts})


def opening(shard: str, previous: bytes | None, lost: bytes | None, reason: str | None, at: datetime) -> StoredEntry:
    """The first entry of `shard`: `previous` is the last checkpoint of the shard before it.

    After a restore from backup `lost` is the newest checkpoint that was signed of what is gone, and `reason` a code.
    """
    facts = {"shard": shard, "previous": _text(previous), "lost": _text(lost), "reason": reason}
    return _stored(said(OPENED, facts, at))


def regress(went_back: WentBack, at: datetime) -> StoredEntry:
    """A clock went back."""
    worker = None if went_back.worker == NOBODY else str(went_back.worker)
    facts = {"seconds": went_back.seconds, "clock": went_back.clock, "by": worker}
    return _stored(said(CLOCK_REGRESSED, facts, at))


def _text(note: bytes | None) -> str | None:
    return None if note is None else note.decode()


def _stored(entry: Entry) -> StoredEntry:
    leaf = encode_leaf(entry, NOBODY)
    return StoredEntry(
        entry.id,
        entry.interaction,
        str(entry.kind),
        leaf,
        None,
        tenant=entry.tenant,
        recorded_at=entry.recorded_at,
        worker=NOBODY,
    )
