"""By what right, and until when: of one request, from what stands between person and patient."""

from datetime import datetime, timedelta

from phiward.domain.access import Relation, RelationSource, Standing
from phiward.domain.people import Caller, PurposeOfUse


def until(caller: Caller, standing: Standing, now: datetime) -> datetime:
    """When an answer begun at `now` must stop: the credential's end, its idle limit, or the end of the last relation.

    Asking is activity; the answer that streams afterwards is none (ASVS 5.0 7.3.1).
    """
    ends = [caller.expires_at]
    if caller.idle_seconds is not None:
        ends.append(now + timedelta(seconds=caller.idle_seconds))
    if (end := standing.ends_at(now)) is not None:
        ends.append(end)
    return min(ends)


def emergency(standing: Standing, purpose: PurposeOfUse, now: datetime) -> Relation | None:
    """The emergency grant that a request with this purpose uses; the one that ends last, if there are several."""
    if purpose is not PurposeOfUse.ETREAT:
        return None
    open_now = [one for one in standing.in_force(now) if one.source is RelationSource.EMERGENCY]
    return max(open_now, key=lambda one: one.ends_at or now, default=None)
