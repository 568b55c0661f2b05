"""Alerts: what happened, to whom it is told, and by which way. Opaque ids and codes only, never PHI.

An alert leaves the house in clear, by mail and to another program. So its facts are held against a form before they
are stored and before they are sent: what is not an id, a code, an instant, a number or yes and no, is left out.
Source: 45 CFR 164.308(a)(6)(ii), promise 8.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from phiward.domain.people import PurposeOfUse, Role

ROLE_RECIPIENTS: Final = frozenset({str(Role.PRIVACY_OFFICER), str(Role.ADMINISTRATOR)})
"""Recipients that stand for the people who have that role when the alert is sent; it waits while there are none."""
WEBHOOK: Final = "configured"
"""The recipient of what goes to the webhook: its address is a setting."""
LEFT_OUT: Final = "left_out"
"""Stands for a fact that has no form of ours."""

MOST_CODE_CHARACTERS: Final = 64
_CODE: Final = re.compile(r"[a-z]+(?:[._:-][a-z]+)*[0-9]?")
_PURPOSES: Final = frozenset(str(one) for one in PurposeOfUse)


class AlertChannel(StrEnum):
    """The ways out."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to one recipient.

    `id` names it for good: whoever receives it twice can tell. `recipient` is an e-mail address of staff, or
    WEBHOOK. `facts` are as `opaque_facts` leaves them. `attempts` counts the tries, this one among them.
    """

    id: UUID
    tenant: UUID
    kind: str
    channel: AlertChannel
    recipient: str = field(repr=False)
    facts: Mapping[str, Any]
    created_at: datetime
    attempts: int


class Channel(Protocol):
    """A way out."""

    async def send(self, alert: Alert) -> None:
        """Return once the other side took the alert over. Raises UpstreamError; the alert is sent again later."""


def opaque_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` without what may say more than an id, a code, an instant, a number or yes and no: that is LEFT_OUT.

    A code is lower-case words joined by `.`, `_`, `:` or `-`, with at most one digit at its end. A key that is no
    code goes with its value. It is a second wall: a name written like a code would pass.
    """
    return {key: _opaque(value) for key, value in facts.items() if _is_code(key)}


def _opaque(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_opaque(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 100_000 else LEFT_OUT  # a longer one may be somebody's number
    if isinstance(value, UUID | datetime):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    known = isinstance(value, str) and (value in _PURPOSES or _is_code(value) or _is_id(value) or _is_instant(value))
    return str(value) if known else LEFT_OUT


def _is_code(text: str) -> bool:
    return len(text) <= MOST_CODE_CHARACTERS and _CODE.fullmatch(text) is not None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    """With a time zone: a date alone may be a date of birth."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
