"""Step-up: before emergency access and the like, a person shows again who she is.

A provider that was asked for a fresh login may not have made one, or not say so: an ID token has no
`auth_time` unless `max_age` was sent, and often no `acr`. So both are demanded. Source: OWASP ASVS 5.0
section 7.5.3, RFC 9470, OpenID Connect Core section 3.1.2.1.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from phiward.domain.errors import ConfigurationError, NotPermittedError

RULE: Final = "step_up"


@dataclass(frozen=True, slots=True)
class StepUpRules:
    """`accepted_acr` are the provider's names of logins that are strong enough, compared exactly.

    `max_age` is how old a login may be; `leeway` how far the provider's clock may be ahead of ours. Raises
    ConfigurationError when nothing, or an empty name, is accepted.
    """

    accepted_acr: frozenset[str]
    max_age: timedelta = timedelta(minutes=5)
    leeway: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        """Refuse rules that accept anything."""
        if not self.accepted_acr or "" in self.accepted_acr:
            raise ConfigurationError("Step-up needs the names of the logins that are strong enough (acr).")
        if not timedelta(0) < self.max_age <= timedelta(hours=1) or not timedelta(0) <= self.leeway <= self.max_age:
            raise ConfigurationError("The age of a step-up is above zero and at most an hour, and above its leeway.")


def check_step_up(
    auth_time: datetime | None, acr: str | None, began_at: datetime, now: datetime, rules: StepUpRules
) -> None:
    """Raise NotPermittedError (rule `step_up`) unless this login was made for the attempt that began at `began_at`.

    `auth_time` and `acr` as the ID token says them. The login must not be older than the rules allow, not
    in the future, and not from before the attempt: an `auth_time` has whole seconds, so that second counts.
    """
    if auth_time is None or acr is None:
        raise _refused("The identity provider did not say when and how you logged in.")
    if acr not in rules.accepted_acr:
        raise _refused("The login was not strong enough.")
    if auth_time < began_at.replace(microsecond=0) or auth_time < now - rules.max_age:
        raise _refused("The login is not fresh.")
    if auth_time > now + rules.leeway:
        raise _refused("The identity provider's clock is ahead of ours.")


def _refused(words: str) -> NotPermittedError:
    return NotPermittedError(words, rule=RULE)
