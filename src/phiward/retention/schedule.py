"""For how long each class is kept: seven years where nothing is set, never less than six.

45 CFR 164.316(b)(2)(i) demands six years, from creation or from when it last was in effect, whichever is later, for the
documentation of policies and procedures, and of the actions, activities and assessments that the Security Rule
requires to be documented. 164.530(j) says the same for the Privacy Rule. Settled is the six years, and the later of the
two dates. Not settled is whether every single line of an audit log is such documentation; commentators differ, and
what is plain is that the record of its *review* is. HIPAA sets no period for medical records at all: states do, often
longer, and longer for minors. So the floor is applied to every class, and any longer period may be set. A review is
kept at least as long as what it reviews.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from phiward.domain.errors import ConfigurationError

DEFAULT_YEARS = 7
FLOOR_YEARS = 6
MOST_YEARS = 100
FLOOR_RULE = "45 CFR 164.316(b)(2)(i)"
REVIEW_RULE = "a review is kept at least as long as what it reviews"


class KeptClass(StrEnum):
    """What is kept."""

    AUDIT = "audit"  # the entries of the log, which go by whole shards
    TEXTS = "texts"  # what was sent and received, sealed beside the entries
    CLINICAL = "clinical"  # documents, facts, vectors and identifiers of a patient
    REVIEWS = "reviews"  # emergency accesses and what reviewers decided
    ACCESS = "access"  # grants and consents: who let whom see what, and until when
    ALERTS = "alerts"  # what officers were told


REVIEWED = (KeptClass.AUDIT, KeptClass.TEXTS)
"""What a review looks at."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Whole years by class."""

    years: Mapping[KeptClass, int]

    @classmethod
    def of(cls, given: Mapping[str, int]) -> "Schedule":
        """The default with what is given. `given` by the value of the class, e.g. `{"audit": 10}`.

        Reviews follow what they review where nothing is set for them. Raises ConfigurationError, with the rule, for an
        unknown class, a period below the floor or absurdly long, and reviews that would go before what they review.
        """
        for name, years in given.items():
            if name not in list(KeptClass):
                known = ", ".join(KeptClass)
                raise ConfigurationError(f"PHIWARD_RETENTION_YEARS names no such class; there are {known}.")
            if years < FLOOR_YEARS:
                raise ConfigurationError(
                    f"PHIWARD_RETENTION_YEARS for {KeptClass(name)} is below {FLOOR_YEARS} years ({FLOOR_RULE}).",
                    rule=FLOOR_RULE,
                )
            if years > MOST_YEARS:
                raise ConfigurationError(f"PHIWARD_RETENTION_YEARS for {KeptClass(name)} is above {MOST_YEARS} years.")
        years_of = {one: given.get(one, DEFAULT_YEARS) for one in KeptClass}
        longest = max(years_of[one] for one in REVIEWED)
        if given.get(KeptClass.REVIEWS, longest) < longest:
            raise ConfigurationError(f"PHIWARD_RETENTION_YEARS: {REVIEW_RULE}.", rule=REVIEW_RULE)
        years_of[KeptClass.REVIEWS] = max(years_of[KeptClass.REVIEWS], longest)
        return cls(years_of)

    def longest(self, *classes: KeptClass) -> int:
        """Of these classes, in years: what goes together stays together."""
        return max(self.years[one] for one in classes)
