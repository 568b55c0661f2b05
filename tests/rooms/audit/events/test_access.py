"""Sessions on record."""

from uuid import uuid4

import pytest

from phiward.audit.catalogue import recordable
from phiward.identity.sessions import Because


@pytest.mark.parametrize("because", Because)
def test_every_reason_of_an_end_can_be_recorded(because: Because) -> None:
    """A reason that could not would keep a session alive."""
    after = {"open": False, "because": str(because)}
    facts = {"action": "session.ended", "sessions": [str(uuid4())], "before": {"open": True}, "after": after}
    assert recordable("administration", facts)
    assert not recordable("administration", {**facts, "after": {**after, "because": "She asked me to."}})
