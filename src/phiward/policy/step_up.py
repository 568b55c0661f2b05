"""Whether a person showed a moment ago who she is: what acts of weight demand (OWASP ASVS 5.0 section 7.5.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phiward.domain.people import Caller


@dataclass(frozen=True, slots=True)
class Freshness:
    """`accepted_acr`: names of logins that are strong enough; None where any that the provider names counts.

    `max_age` is how old a login may be, `leeway` how far the provider's clock may be ahead of ours.
    """

    accepted_acr: frozenset[str] | None = None
    max_age: timedelta = timedelta(minutes=5)
    leeway: timedelta = timedelta(seconds=60)

    def holds(self, caller: Caller, now: datetime) -> bool:
        """Both the instant and the manner of the login must be known: a personal key has neither."""
        if caller.auth_time is None or not caller.acr:
            return False
        if self.accepted_acr is not None and caller.acr not in self.accepted_acr:
            return False
        return now - self.max_age <= caller.auth_time <= now + self.leeway
