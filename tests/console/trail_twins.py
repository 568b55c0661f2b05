"""A twin of the log for its pages: what it is asked is remembered, what it tells a test says."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from phiward.domain.people import Caller
from phiward.domain.trail import Kept, Names, Opened, Place, ProofState, Search, Trail, TrailEntry
from tests.console.twins import NOW

SHE, ZORA, THERE, FIRST = UUID(int=9), UUID(int=7), UUID(int=40), UUID(int=100)
QUESTION = TrailEntry(
    FIRST, UUID(int=101), "intent", NOW, "2026", 2_125_908,
    {
        "person": str(SHE), "patients": [str(ZORA)], "documents": ["d1", "d2"], "purpose": "ETREAT",
        "destination": str(THERE), "rule": "treatment_in_care", "model": "m-1", "stream": True, "risk": 0,
        "identifier_classes": {"DATE": 4}, "baa": None, "trace": [["authorise", "passed", "treatment_in_care", 3]],
    },
    {"outcome": "withheld", "withheld": 2, "trace": [["evidence", "changed", None, 900]]},
)  # fmt: skip
ACT = TrailEntry(
    UUID(int=102), UUID(int=103), "administration", NOW, "2026", 5, {"action": "audit.proved", "actor": "root (uid 0)"}
)
NAMES = Names({SHE: "alice<b>"}, {THERE: "cloud, Example"})
HOLDS = ProofState(
    "ab" * 32, True, None, 21, 2_148_213, "cd" * 32, "lakeshore-log/2026", (Kept("folder", "folder", True, NOW),)
)


@dataclass
class TrailTwin:
    """Two entries and a page more."""

    found: Trail = field(default_factory=lambda: Trail((QUESTION, ACT), Place(NOW, FIRST), 3))
    proof_: ProofState = HOLDS
    refusal: Exception | None = None
    number: bool = True
    asked: list[Any] = field(default_factory=list)

    def by_number(self, caller: Caller) -> bool:
        """As a test says."""
        return self.number

    async def find(self, caller: Caller, asked: Search, login: str, patient: str) -> tuple[Trail, Names]:
        """As a test says."""
        self._act(asked, login, patient)
        return self.found, NAMES

    async def opened(self, caller: Caller, entry: UUID) -> Opened:
        """The question."""
        self._act("opened", entry)
        return Opened(QUESTION, (ACT,), ("sent", "grounds"), self.proof_, NAMES)

    async def proof(self, caller: Caller, entry: UUID) -> bytes:
        """Some bytes."""
        self._act("proof", entry)
        return b"c2sp.org/tlog-proof@v1\n"

    def _act(self, *what: Any) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append(what)
