"""Tools that pass through the gateway: what each does to the world, and whose data it may be given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from phiward.domain.people import PurposeOfUse, Role


class ToolEffect(StrEnum):
    """What a call does. A tool that nobody registered is taken to SEND: the worst."""

    READ = "read"
    WRITE = "write"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class ToolRule:
    """What an operator registered of a tool.

    `patient_parameter` is the argument that names the patient: it is filled from the session, never from the model.
    `identified`: its arguments are given with names restored, to people with one of `roles` and for one of `purposes`
    (empty: any); otherwise placeholders stay. `returns_trusted`: its results are the organisation's own words.
    """

    name: str
    effect: ToolEffect = ToolEffect.SEND
    patient_parameter: str | None = None
    identified: bool = False
    roles: frozenset[Role] = frozenset()
    purposes: frozenset[PurposeOfUse] = frozenset()
    returns_trusted: bool = False


@dataclass(frozen=True, slots=True)
class ToolBook:
    """The registered tools, by name."""

    rules: Mapping[str, ToolRule] = field(default_factory=dict)

    def rule(self, name: str) -> ToolRule:
        """The rule of a tool; the strictest for one that nobody registered."""
        return self.rules.get(name) or ToolRule(name)


@dataclass(frozen=True, slots=True)
class RemovedTool:
    """A tool that was not offered, or a call that was not passed on, and the rule that decided."""

    name: str
    rule: str
