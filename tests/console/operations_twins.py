"""A twin of what runs: everything well, unless a test says otherwise."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from phiward.domain.operations import (
    Accepted,
    Fate,
    Health,
    KeyAge,
    Keys,
    Numbering,
    Process,
    Protection,
    Register,
    Standing,
    Traffic,
)
from phiward.domain.people import Caller
from phiward.domain.vendors import DestinationClass
from tests.console.office_twins import HOLDS, KEEPS_UP
from tests.console.twins import NOW
from tests.domain.test_operations import CLOUD as LATER

DAY = timedelta(days=1)
CLOUD = replace(LATER, at_the_end=(Fate("big", None),))
FAR = replace(CLOUD, id=UUID(int=2), name="far", covered_until=NOW + 300 * DAY, at_the_end=())
OVER = replace(
    FAR, id=UUID(int=3), name="over", kind=DestinationClass.NO_BAA, free_text=False, covered_until=NOW - 23 * DAY
)
NEVER = replace(OVER, id=UUID(int=4), name="never", covered_until=None)
CHOICE = replace(NEVER, id=UUID(int=5), name="choice", free_text=True, accepted_until=NOW + 200 * DAY)
HERE = Standing(
    UUID(int=6), "here", "us", "models", "http://127.0.0.1:1/v1", DestinationClass.SELF_HOSTED, True, None, None,
    ("small",),
)  # fmt: skip
RISK = Accepted(UUID(int=9), "choice", "wren", NOW - 9 * DAY, NOW + 200 * DAY)
REGISTER = Register(
    NOW, (CLOUD, OVER, NEVER, CHOICE, FAR, HERE), (RISK,), {OVER.id: Traffic(4, 37)}, 1_204, NOW - 7 * DAY
)
WELL = Health(
    NOW,
    (Process(UUID(int=0xABCDEF << 104), NOW - DAY, NOW, None, True),),
    Numbering("2026", 2_148_213, 2_148_213, NOW, 0, None),
    HOLDS,
    (KEEPS_UP,),
    Protection(41, ()),
    Keys((KeyAge("Root key", 1, NOW - 40 * DAY, 0, 365), KeyAge("Vectors", 3, None, 3, 730)), 2),
)


@dataclass
class OperationsTwin:
    """Both pages."""

    register_: Register = REGISTER
    health_: Health = WELL
    asked: list[str] = field(default_factory=list)

    async def register(self, caller: Caller) -> Register:
        """As a test says."""
        self.asked.append("register")
        return self.register_

    async def health(self, caller: Caller) -> Health:
        """As a test says."""
        self.asked.append("health")
        return self.health_
