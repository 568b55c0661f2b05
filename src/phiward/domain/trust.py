"""Who wrote a text, as far as that decides what may be done in its presence.

Prompt injection cannot be detected reliably. So a context that holds text of anyone but the organisation's own staff
loses every tool that writes or sends, whatever a detector says of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Trust(StrEnum):
    """Who wrote it, the least trusted last. What is not known is OUTSIDE."""

    STAFF = "staff"  # the organisation's own clinicians and systems
    PATIENT = "patient"  # the patient, or somebody close: portal messages, questionnaires
    OUTSIDE = "outside"  # another organisation, a scan, a file, a tool's result

    @property
    def trusted(self) -> bool:
        """Whether tools that write or send may be offered beside it."""
        return self is Trust.STAFF


def least_trusted(found: Iterable[Trust]) -> Trust:
    """The least trust of several, in the order in which `Trust` names them; STAFF for none."""
    order = list(Trust)
    return max(found, key=order.index, default=Trust.STAFF)


class TextOrigin(StrEnum):
    """In which part of a request a text stands."""

    INSTRUCTION = "instruction"  # a system or developer message of the application
    QUESTION = "question"  # what the person typed
    ANSWER = "answer"  # an earlier answer of a model
    TOOL_RESULT = "tool_result"
    PASSAGE = "passage"  # retrieved


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with its labels. `place` names it in words safe to show: "messages[2]", "note 3"."""

    text: str = field(repr=False)
    origin: TextOrigin
    trust: Trust
    place: str


@dataclass(frozen=True, slots=True)
class RiskFinding:
    """A rule that a text fulfils; never the text."""

    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Risk:
    """What rules found in the input. It raises review and removes tools; it grants nothing and proves nothing.

    `score` is 0 (nothing found) to 100, and never falls when a text is added. `review` says that a person should look.
    """

    score: int = 0
    findings: tuple[RiskFinding, ...] = ()
    review: bool = False


NO_RISK = Risk()
