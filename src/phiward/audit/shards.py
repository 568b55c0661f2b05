"""The log's parts: a tree of its own for each period, named by it, in one line of succession.

A tree cannot be pruned inside. So the log is cut by period: the first entry of a shard carries the last checkpoint of
the one before, and a whole shard may be destroyed without breaking what stands before or after it. A restore from
backup opens a shard as well, in the same period: `2026`, then `2026.2`. A shard's origin is the log's name, `/`, and
the shard's; the empty name is the log as it was before there were shards. Source: https://c2sp.org/tlog-checkpoint
"""

import re
from datetime import datetime
from enum import StrEnum

from phiward.domain.errors import AuditIntegrityError

_NAME = re.compile(r"(\d{4}(?:-(?:Q[1-4]|\d{2}))?)(?:\.([1-9]\d{0,5}))?", re.ASCII)


class ShardPeriod(StrEnum):
    """How long a shard is."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


def period_at(at: datetime, period: ShardPeriod) -> str:
    """The name of the period that `at` (UTC) lies in: `2026`, `2026-Q4` or `2026-11`."""
    if period is ShardPeriod.YEAR:
        return f"{at.year:04d}"
    if period is ShardPeriod.QUARTER:
        return f"{at.year:04d}-Q{(at.month + 2) // 3}"
    return f"{at.year:04d}-{at.month:02d}"


def rank(shard: str) -> tuple[str, int]:
    """Shards in this order follow each other. Raises AuditIntegrityError for what is no name of a shard."""
    if not shard:
        return "", 0
    found = _NAME.fullmatch(shard)
    if found is None:
        raise AuditIntegrityError("A shard of the log has no name of ours.")
    return found[1], int(found[2] or 1)


def due(current: str, at: datetime, period: ShardPeriod) -> str | None:
    """The shard to open now, if there is one: never one before `current`, whatever the clock says."""
    wanted = period_at(at, period)
    return wanted if wanted > rank(current)[0] else None


def restored(current: str, at: datetime, period: ShardPeriod) -> str:
    """The shard that a restore opens: of the present period, or the next number in the current one."""
    name, number = rank(current)
    return due(current, at, period) or f"{name or period_at(at, period)}.{number + 1}"


def origin_of(log: str, shard: str) -> str:
    """The first line of the shard's checkpoints."""
    return f"{log}/{shard}" if shard else log


def shard_of(log: str, origin: str) -> str:
    """The shard of an origin. Raises AuditIntegrityError when it is of another log."""
    if origin == log:
        return ""
    name = origin.removeprefix(f"{log}/")
    if name == origin or not _NAME.fullmatch(name):
        raise AuditIntegrityError("It is of another log.")
    return name
