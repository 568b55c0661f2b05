"""Tools that pass through: which are offered beside which texts, whose calls are passed on, and with which patient.

Every text and every context has a label: whose data it holds, and who wrote it. Labels only ever grow: joined, they
hold the data of both and the least trust of both. So what stood beside untrusted text never gains a tool again.

- `label_messages` labels a conversation, `context_trust` joins the trust of its texts.
- `offer` decides which tools a model hears of: beside text of anyone but staff, or at a risk that asks for review,
  only those that read.
- `admit_call` decides on a call: only of a tool that was offered, with the patient of the session in it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phiward.domain.chat import Message, MessageRole
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.tools import RemovedTool, ToolBook, ToolEffect, ToolRule
from phiward.domain.trust import LabelledText, Risk, TextOrigin, Trust, least_trusted
from phiward.guard.arguments import with_parameter

UNTRUSTED_CONTEXT = "untrusted_context"
INPUT_RISK = "input_risk"
NOT_OFFERED = "not_offered"
NO_PATIENT = "no_patient"
UNREADABLE = "unreadable_arguments"
PATIENT_FROM_SESSION = "patient_from_session"
UNKNOWN_TOOL = "(a tool that was not offered)"
"""Stands for a name that a model made up: it may be anything, so it is not repeated."""

_ORIGINS: Mapping[MessageRole, TextOrigin] = {
    "system": TextOrigin.INSTRUCTION,
    "developer": TextOrigin.INSTRUCTION,
    "user": TextOrigin.QUESTION,
    "assistant": TextOrigin.ANSWER,
    "tool": TextOrigin.TOOL_RESULT,
}


@dataclass(frozen=True, slots=True)
class ToolLabel:
    """Whose data something holds, and the least trusted of those who wrote it. `ToolLabel()` is nothing at all."""

    patients: frozenset[PatientRef] = frozenset()
    trust: Trust = Trust.STAFF

    def join(self, other: "ToolLabel") -> "ToolLabel":
        """The label of both together: associative, commutative, idempotent."""
        return ToolLabel(self.patients | other.patients, least_trusted((self.trust, other.trust)))


@dataclass(frozen=True, slots=True)
class Offered:
    """The tools that a model may hear of, those that were taken away, and whether the request insists on one of them.

    `insists`: its `tool_choice` names a removed tool, or demands a call where none is left; it must be refused.
    """

    tools: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    removed: tuple[RemovedTool, ...] = ()
    insists: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Whose calls may be passed on."""
        return frozenset(_name(tool) for tool in self.tools)


@dataclass(frozen=True, slots=True)
class CallDecision:
    """Whether a call is passed on; `rule` says why not.

    `arguments` is JSON text, still to be checked by `guard.arguments`: with names restored where `identified`, else
    with no placeholder. `notes` are rules that changed it. `name` is safe to show.
    """

    allowed: bool
    name: str
    rule: str | None = None
    identified: bool = False
    arguments: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()

    @property
    def removed(self) -> RemovedTool | None:
        """What to tell of a call that is not passed on."""
        return RemovedTool(self.name, self.rule) if self.rule else None


def context_trust(texts: Iterable[LabelledText]) -> Trust:
    """The least trust of all of them, whatever their origin; STAFF for none."""
    label = ToolLabel()
    for text in texts:
        label = label.join(ToolLabel(trust=text.trust))
    return label.trust


def label_messages(
    messages: Sequence[Message], book: ToolBook, author: Trust = Trust.STAFF
) -> tuple[LabelledText, ...]:
    """The texts of a conversation with their labels, in order; `author` is who types: PATIENT for a patient.

    What a model answered in words may carry on what stood in a passage that is no longer here, so it is OUTSIDE; the
    arguments of its calls were decided upon when they were made: an answer, at "messages[2].tool_calls[0]". A tool's
    result is trusted only where it answers calls before it, all of tools that are registered as such.
    """
    called: dict[str, set[str]] = {}
    texts = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        trust = Trust.STAFF
        if message.role == "user":
            trust = author
        elif message.role == "tool":
            trust = _result_trust(called.get(message.tool_call_id or "", set()), book)
        elif message.role == "assistant":
            trust = Trust.OUTSIDE
        if message.content:
            texts.append(LabelledText(message.content, _ORIGINS[message.role], trust, place))
        for index, call in enumerate(message.tool_calls):
            called.setdefault(call.id, set()).add(call.name)
            texts.append(LabelledText(call.arguments, TextOrigin.ANSWER, Trust.STAFF, f"{place}.tool_calls[{index}]"))
    return tuple(texts)


def offer(
    tools: Sequence[Mapping[str, Any]], book: ToolBook, *, trusted: bool, risk: Risk, choice: Any = None
) -> Offered:
    """Which of the OpenAI tool definitions a model may hear of; `choice` is the request's `tool_choice`.

    Each tool that writes or sends is removed, with the rule that decided, where the context is not trusted or the
    risk asks for review. A tool that nobody registered sends.
    """
    rule = UNTRUSTED_CONTEXT if not trusted else INPUT_RISK if risk.review else None
    if rule is None:
        return Offered(tuple(tools))
    kept = tuple(tool for tool in tools if book.rule(_name(tool)).effect is ToolEffect.READ)
    names = {_name(tool) for tool in kept}
    removed = dict.fromkeys(_name(tool) for tool in tools if _name(tool) not in names)
    return Offered(kept, tuple(RemovedTool(name, rule) for name in removed), _insists(choice, removed, kept))


def admit_call(
    name: str,
    arguments: str,
    rule: ToolRule,
    *,
    offered: Collection[str],
    patient: str | None,
    roles: frozenset[Role],
    purpose: PurposeOfUse | None,
) -> CallDecision:
    """Decide on a call that a model made, with its arguments as JSON text.

    `patient` is the session's patient as the tool knows him; it stands in the registered parameter whatever the
    model wrote there. Refused are a tool that was not offered (`not_offered`), and one that needs a patient where
    there is none (`no_patient`) or where the arguments are no JSON object to write him into (`unreadable_arguments`).
    """
    if name not in offered:
        return CallDecision(False, UNKNOWN_TOOL, NOT_OFFERED)
    identified = rule.identified and _admits(rule, roles, purpose)
    if rule.patient_parameter is None:
        return CallDecision(True, name, None, identified, arguments)
    if patient is None:
        return CallDecision(False, name, NO_PATIENT)
    filled = with_parameter(arguments, rule.patient_parameter, patient)
    if filled is None:
        return CallDecision(False, name, UNREADABLE)
    notes = (PATIENT_FROM_SESSION,) if filled.replaced else ()
    return CallDecision(True, name, None, identified, filled.text, notes)


def _name(tool: Mapping[str, Any]) -> str:
    return str(tool["function"]["name"])


def _insists(choice: Any, removed: Collection[str], kept: Collection[Mapping[str, Any]]) -> bool:
    if isinstance(choice, Mapping):
        return _name(choice) in removed
    return choice == "required" and bool(removed) and not kept


def _admits(rule: ToolRule, roles: frozenset[Role], purpose: PurposeOfUse | None) -> bool:
    """Empty sets admit everybody, and every purpose."""
    return (not rule.roles or not rule.roles.isdisjoint(roles)) and (not rule.purposes or purpose in rule.purposes)


def _result_trust(names: Collection[str], book: ToolBook) -> Trust:
    trusted = bool(names) and all(book.rule(name).returns_trusted for name in names)
    return Trust.STAFF if trusted else Trust.OUTSIDE
