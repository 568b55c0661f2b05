"""A type of event: its name, what it says, and the form of each of its facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from phiward.audit.forms import NOTHING, Form, Part
from phiward.domain.audit import EntryKind

BY_ACTION = (EntryKind.ADMINISTRATION,)
BY_LOG = (EntryKind.LOG,)
EITHER = (EntryKind.ADMINISTRATION, EntryKind.LOG)


@dataclass(frozen=True, slots=True)
class Event:
    """`name` is the kind of an interaction's entry, or the `action` of another's; `kinds` those it may stand under.

    `says` is one sentence, for people. Facts that are `Maybe` may be null or absent; all others must be there.
    """

    name: str
    says: str
    facts: Mapping[str, Form]
    kinds: tuple[EntryKind, ...] = BY_ACTION


def change(name: str, says: str, before: Form | None, after: Form | None, **facts: Form) -> Event:
    """An act that tells what was before and what is after; None where there is always nothing."""
    return Event(name, says, {**facts, "before": before or NOTHING, "after": after or NOTHING})


def part(**facts: Form) -> Part:
    """An object with these facts."""
    return Part(facts)
