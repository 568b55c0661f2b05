"""Labels of a request's texts, its risk, and the tools that a model may hear of beside them.

Nothing here rests on detecting an injection: untrusted text takes the tools that write or send away by its label
alone. What the rules find raises review, and takes the same tools away; it grants nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from phiward.domain.chat import ChatRequest
from phiward.domain.errors import NotPermittedError
from phiward.domain.passages import Passage
from phiward.domain.people import Caller, PurposeOfUse, Role
from phiward.domain.tools import RemovedTool, ToolBook
from phiward.domain.trust import NO_RISK, LabelledText, Risk, TextOrigin, Trust
from phiward.guard.risk import assess
from phiward.guard.tools import CallDecision, admit_call, context_trust, label_messages, offer

_CANARY_LETTERS = "bcdfghjklmnpqrstvwxz"  # no vowels: never a word, never a name
_CANARY_LENGTH = 16
_PATIENTS = frozenset({Role.PATIENT, Role.PROXY})


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of a request's texts. `offered` are names of tools; `removed` those taken away, with the rule.

    `registered` are the names that an operator gave: the others are the caller's own text.
    """

    trust: Trust = Trust.STAFF
    risk: Risk = NO_RISK
    offered: frozenset[str] = frozenset()
    removed: tuple[RemovedTool, ...] = ()
    canary: str = field(default="", repr=False)
    registered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolDesk:
    """Decides on the calls of one answer."""

    labels: Labels
    book: ToolBook
    patient: str | None = field(repr=False)
    roles: frozenset[Role]
    purpose: PurposeOfUse | None

    def admit(self, name: str, arguments: str) -> CallDecision:
        """Whether a call is passed on, with whose names and for which patient."""
        rule = self.book.rule(name)
        return admit_call(
            *(name, arguments, rule),
            offered=self.labels.offered,
            patient=self.patient,
            roles=self.roles,
            purpose=self.purpose,
        )


def label(
    caller: Caller, asked: ChatRequest, passages: Sequence[Passage], book: ToolBook
) -> tuple[ChatRequest, Labels]:
    """The request with the tools that may be offered, and its labels.

    Raises NotPermittedError where it insists on a tool that was taken away.
    """
    author = Trust.PATIENT if caller.roles & _PATIENTS else Trust.STAFF
    texts = (*label_messages(asked.messages, book, author), *_of_passages(passages))
    trust, risk = context_trust(texts), assess(texts)
    offered = offer(asked.tools, book, trusted=trust.trusted, risk=risk, choice=asked.options.get("tool_choice"))
    if offered.insists:
        rule = offered.removed[0].rule
        raise NotPermittedError(
            "The request insists on a tool that may not be called beside text of this origin.", rule=rule
        )
    labels = Labels(trust, risk, offered.names, offered.removed, canary_of(caller), frozenset(book.rules))
    options = asked.options if offered.tools else {k: v for k, v in asked.options.items() if k not in _ABOUT_TOOLS}
    return replace(asked, tools=offered.tools, options=options), labels


_ABOUT_TOOLS = frozenset({"tool_choice", "parallel_tool_calls"})
"""Options that servers refuse where no tool is offered."""


def canary_of(caller: Caller) -> str:
    """Letters that stand in the system prompt of one session and nowhere else.

    From the session's own random id, not drawn anew: the bytes sent stay a function of the request.
    """
    digest = blake2b(caller.credential_id.bytes, digest_size=_CANARY_LENGTH, person=b"phiward canary").digest()
    return "".join(_CANARY_LETTERS[byte % len(_CANARY_LETTERS)] for byte in digest)


def _of_passages(passages: Sequence[Passage]) -> tuple[LabelledText, ...]:
    return tuple(
        LabelledText(_all_of(one), TextOrigin.PASSAGE, one.trust, f"note {number}")
        for number, one in enumerate(passages, 1)
    )


def _all_of(passage: Passage) -> str:
    """With its heading, which somebody outside may have written too."""
    return "\n".join((passage.title, passage.section, passage.author or "", passage.text))
