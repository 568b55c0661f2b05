"""The catalogue: every type of event of the log, what it says, and the form of each of its facts.

What is not in it cannot be recorded (`audit.leaf` refuses it), so that nobody adds an event, or a fact, without saying
what it is. A new event is three lines in a module of `audit.events`: its name, a sentence, its facts. The page
docs/audit_events.md is made from here.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from phiward.audit.event import Event
from phiward.audit.events import access, care, charts, emergency, interactions, log, people, vendors
from phiward.audit.forms import ACTOR, Maybe, facts_fit
from phiward.domain.audit import EntryKind

EVENTS: tuple[Event, ...] = (
    *interactions.EVENTS,
    *people.EVENTS,
    *access.EVENTS,
    *care.EVENTS,
    *emergency.EVENTS,
    *charts.EVENTS,
    *vendors.EVENTS,
    *log.EVENTS,
)
"""In the order of the page."""

ACTION, BY = "action", "actor"
_ACTIONS = frozenset({str(EntryKind.ADMINISTRATION), str(EntryKind.LOG)})
_ACTOR = Maybe(ACTOR)


@lru_cache(maxsize=1)
def by_name() -> Mapping[tuple[str, str], Event]:
    """Each event by the kind of its entry and its name."""
    return {(str(kind), event.name): event for event in EVENTS for kind in event.kinds}


def event_of(kind: str, facts: Mapping[str, Any]) -> Event | None:
    """The type of an entry: by its kind, and by its `action` where the kind has actions. None for one that is none."""
    name = facts.get(ACTION) if kind in _ACTIONS else kind
    return by_name().get((kind, str(name)))


def recordable(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether an entry is of a type of the catalogue, and each of its facts is there and has its form."""
    event = event_of(kind, facts)
    if event is None:
        return False
    if kind not in _ACTIONS:
        return facts_fit(event.facts, facts)
    said = {name: fact for name, fact in facts.items() if name not in (ACTION, BY)}
    return _ACTOR.fits(facts.get(BY)) and facts_fit(event.facts, said)
