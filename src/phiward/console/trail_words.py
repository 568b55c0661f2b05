"""What an entry of the log says, in words: what happened, what became of it, and each of its facts.

The catalogue says what a type of event is; everything else is a code of ours, told as words, or an opaque id.
"""

from collections.abc import Mapping, Sequence
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
        if one.kind == "intent" and (count := len(one.facts.get("documents") or ())):
            return f"{_DONE[one.kind]}, {plural(count, 'document')} used"
        return _DONE[one.kind]
    action = str(one.facts.get("action", ""))
    event = event_of(one.kind, one.facts)
    return event.says if event else words(action.replace(".", " "))


def result(one: TrailEntry) -> tuple[str, str]:
    """State and word of the badge."""
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
    text = one.facts.get("destination")
    if one.kind != "intent" or not text:
        return "nobody"
    return names.destinations.get(UUID(str(text)), "a destination that is gone")


def steps(one: TrailEntry) -> tuple[Step, ...]:
    """The trace of its stages, of the intent and of its outcome."""
    told = [*(one.facts.get("trace") or ()), *((one.ended or {}).get("trace") or ())]
    return tuple(
        Step(words(str(stage)).capitalize(), *_TRACED.get(str(did), ("", words(str(did)))), str(rule or ""), int(at))
        for stage, did, rule, at in told
    )


def told_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every other fact that says something, by its name; what is empty is left out."""
    rows = []
    for name, value in facts.items():
        if name not in _SEPARATE and value not in (None, [], {}, ""):
            rows.append((_NAMED.get(name, words(name).capitalize()), _said(value)))
    return rows


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(name))} {_said(inner)}" for name, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_said(inner) for inner in value)
    return "-" if value is None else str(value)
