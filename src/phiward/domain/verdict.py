"""Every decision of a room is one of two frozen types, and each carries its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Allowed, and the rule that allowed it."""

    rule: str


@dataclass(frozen=True, slots=True)
class Deny:
    """Refused: the rule that decided, and a reason that holds no PHI."""

    rule: str
    reason: str


Verdict = Permit | Deny
