"""What was done, without what it was done to: the record of one run of the transformation.

Names the policy, the versions, the fingerprints of the tables and of the tagger, and counts by category.
Never the text. Whether anybody has actual knowledge that what is left could identify a person
(45 CFR 164.514(b)(2)(ii)) is a question for a human, and stays open here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from phiward import __version__
from phiward.deid import zip3
from phiward.deid.tagger.model_file import read_card
from phiward.domain.placeholders import Category

POLICY = "safe_harbor/2"
"""Raised with every change of docs/deid_policy.md that changes what goes or stays."""

NOT_DETECTED = (
    "Not detected: identifiers in pictures, sound and attached files, and what only the story tells. "
    "May be missed: a name or place that neither the record, a rule nor the tagger recognises."
)

Outcome = Literal["placeholders", "removal"]


@dataclass
class Manifest:
    """Collects counts while a run goes on; `as_dict` at its end."""

    outcome: Outcome
    begun_at: datetime
    texts: int = 0
    characters: int = 0
    removed: Counter[Category] = field(default_factory=Counter)

    def add(self, text: str, counts: Mapping[Category, int]) -> None:
        """One text of the run and how many identifiers of each category it held."""
        self.texts += 1
        self.characters += len(text)
        self.removed.update(counts)

    def as_dict(self, ended_at: datetime) -> dict[str, Any]:
        """The manifest as JSON values."""
        return {
            "transformation": "Safe Harbor transformation applied",
            "actual_knowledge": None,
            "outcome": self.outcome,
            **fingerprints(),
            "begun_at": self.begun_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "texts": self.texts,
            "characters": self.characters,
            "identifiers": {str(category): count for category, count in sorted(self.removed.items())},
            "not_detected": NOT_DETECTED,
        }


def fingerprints() -> dict[str, Any]:
    """Which policy, program, tables and tagger were at work."""
    return {
        "policy": POLICY,
        "phiward": __version__,
        "tagger": read_card()["sha256"],
        "zip3": {"census": zip3.CENSUS_YEAR, "sha256": zip3.FINGERPRINT},
    }
