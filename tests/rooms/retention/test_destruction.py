"""Destruction is refused while a hold stands or the period runs, by its rule and in that order."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from phiward.domain.errors import NotPermittedError
from phiward.retention.destruction import RULES, DestructionReason, refuse_early, refuse_held
from phiward.retention.due import Kept, KeptKind, Standing

AT = datetime(2030, 5, 4, tzinfo=UTC)
KEPT = Kept(KeptKind.SHARD, "2016", AT)
HOLD = (UUID(int=1),)


@pytest.mark.parametrize(
    ("found", "rule", "told"),
    [
        (Standing(KEPT, AT, due=False, holds=HOLD), "legal_hold", "hold"),
        (Standing(KEPT, None, due=False, holds=HOLD), "legal_hold", "hold"),
        (Standing(KEPT, AT, due=False), "retention_not_over", "2030-05-04"),
        (Standing(KEPT, None, due=False), "retention_not_over", "still in force"),
    ],
)
def test_what_is_not_due_is_refused_by_its_rule(found: Standing, rule: str, told: str) -> None:
    """With what stands against it."""
    with pytest.raises(NotPermittedError, match=told) as caught:
        refuse_early(found)
    assert caught.value.rule == rule


def test_a_hold_refuses_by_itself_and_none_refuses_nothing() -> None:
    """Both ways."""
    with pytest.raises(NotPermittedError):
        refuse_held(HOLD)
    refuse_held(())
    refuse_early(Standing(KEPT, AT, due=True))


def test_each_reason_has_its_rule() -> None:
    """It stands in the certificate."""
    assert set(RULES) == set(DestructionReason)
