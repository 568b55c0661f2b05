"""A type of event, and the short ways of writing one."""

from phiward.audit.event import BY_ACTION, Event, change, part
from phiward.audit.forms import CODE, COUNT, NOTHING


def test_a_change_tells_before_and_after() -> None:
    """Null where there is always nothing."""
    event = change("a.b", "It changed.", None, part(count=COUNT), code=CODE)
    facts = {"code": CODE, "before": NOTHING, "after": part(count=COUNT)}
    assert event == Event("a.b", "It changed.", facts, BY_ACTION)
