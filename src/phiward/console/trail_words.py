"""What an entry of the log says, in words: what happened, what became of it, and each of its facts.

The catalogue says what a type of event is; everything else is a code of ours, told as words, or an opaque id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from phiward.audit.catalogue import event_of
from phiward.console.wording import number, plural, words
from phiward.domain.trail import Names, TrailEntry

_DONE: Final = {
    "intent": "Asked a model", "refusal": "Asked, and was refused", "outcome": "What became of it",
    "retrieval": "Passages were given to an application",
}  # fmt: skip
_ENDS: Final[Mapping[str, tuple[str, str]]] = {
    "released": ("ok", "Allowed"), "withheld": ("due", "Withheld in part"), "refused": ("bad", "Refused later"),
    "upstream_failed": ("late", "No answer came"), "client_gone": ("", "Reader left"),
    "unknown": ("late", "End unknown"),
}  # fmt: skip
_TRACED: Final[Mapping[str, tuple[str, str]]] = {
    "passed": ("ok", "Passed"), "changed": ("due", "Changed something"), "skipped": ("", "Not asked for"),
    "refused": ("bad", "Refused"), "failed": ("late", "Failed"),
}  # fmt: skip
DEEPEST: Final = 6
"""No fact of the catalogue is a list in a list in a list; an edited leaf may be."""
_SEPARATE: Final = frozenset({"trace", "person", "patients", "destination", "purpose", "actor", "action"})
"""Facts that stand elsewhere on the page."""
_NAMED: Final = {
    "baa": "Agreement (BAA)", "rule": "Rule that decided", "refused_by": "Refused by", "model": "Model",
    "label": "Label", "emergency": "Emergency access", "service": "On behalf of her by", "session": "Session",
    "tagger": "Tagger", "policy": "Policies in force", "version": "Version of phiward", "code": "Code",
    "identifier_classes": "Identifiers replaced", "risk_acceptance": "Accepted risk",
    "credential": "Credential", "facts": "Facts of the record",
    "documents_not_shown": "Documents not shown", "prompt_tokens": "Tokens sent",
    "completion_tokens": "Tokens received",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a request: its state and words, the rule, and milliseconds from the start."""

    stage: str
    state: str
    word: str
    rule: str
    at: int


def happened(one: TrailEntry) -> str:
    """In a few words."""
    if one.kind in _DONE:
        documents = one.facts.get("documents")
        if one.kind == "intent" and isinstance(documents, list) and documents:
            return f"{_DONE[one.kind]}, {plural(len(documents), 'document')} used"
        return _DONE[one.kind]
    action = str(one.facts.get("action", ""))
    event = event_of(one.kind, one.facts)
    return event.says if event else words(action.replace(".", " "))


def result(one: TrailEntry) -> tuple[str, str]:
    """State and word of the badge; what does not fit its own leaf is told as that, whatever it says."""
    if not one.fits:
        return "bad", "Does not fit"
    if one.kind == "refusal":
        return "bad", "Refused"
    if one.kind == "outcome":
        return _ENDS.get(str(one.facts.get("outcome")), ("", "Not known"))
    if one.kind == "intent":
        return _ENDS.get(str(one.ended.get("outcome")), ("", "Not known")) if one.ended else ("", "Not ended yet")
    return ("sign", "Done") if one.kind == "administration" else ("ok", "Allowed")


def who(one: TrailEntry, names: Names) -> str:
    """Her login, or who it was where it was no person with an account."""
    if one.person is not None:
        return names.people.get(one.person, str(one.person))
    return str(one.facts.get("actor") or "phiward")


def sent_to(one: TrailEntry, names: Names) -> str:
    """The destination, or that nobody got anything."""
    if one.kind != "intent" or not one.facts.get("destination"):
        return "nobody"
    return names.destinations.get(one.destination or UUID(int=0), "a destination that is gone")


def steps(one: TrailEntry) -> tuple[Step, ...]:
    """The trace of its stages, of the intent and of its outcome; what an edit made unreadable is left out."""
    told = [row for facts in (one.facts, one.ended or {}) for row in _listed(facts.get("trace"))]
    return tuple(
        Step(words(str(row[0])).capitalize(), *_TRACED.get(str(row[1]), ("", words(str(row[1])))), str(row[2] or ""),
             row[3])
        for row in map(_listed, told) if len(row) == 4 and isinstance(row[3], int)
    )  # fmt: skip


def told_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every other fact that says something, by its name; what is empty is left out."""
    rows = []
    for name, value in facts.items():
        if name not in _SEPARATE and value not in (None, [], {}, ""):
            rows.append((_NAMED.get(name, words(name).capitalize()), _said(value)))
    return rows


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _said(value: Any, deep: int = 0) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Mapping | list) and deep > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(name))} {_said(inner, deep + 1)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_said(inner, deep + 1) for inner in value)
    return "-" if value is None else str(value)
