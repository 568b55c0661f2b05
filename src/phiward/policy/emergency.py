"""Who may break the glass, by what, and for how long. Whose role it is Cedar decides (`request_emergency`).

It widens who sees one patient, for an hour, and nothing else. Source: 45 CFR 164.312(a)(2)(ii), 42 CFR 2.51 (medical
emergencies open part 2 records), 45 CFR 164.508(a)(2) (psychotherapy notes stay closed).
"""

from datetime import date, datetime, timedelta
from typing import Final

from phiward.domain.access import DataClass
from phiward.domain.emergency import EmergencyAsk, EmergencyReason
from phiward.domain.people import Caller, CredentialKind, Role
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.policy.step_up import Freshness

LIFETIME: Final = timedelta(minutes=60)
"""Of a grant, and of its one extension."""
LEAST_WORDS: Final = 10
"""Characters that `other` needs."""
MOST_WORDS: Final = 1_000
OPENED: Final = frozenset(DataClass) - {DataClass.PSYCHOTHERAPY}
"""Classes that an emergency opens beyond general data, as data_classes.cedar has them. Never psychotherapy notes."""
OFFLINE_ACR: Final = "phiward:offline"
"""The class of a login by enrolled offline code, which counts here and nowhere else."""
USUAL_IN_A_DAY: Final = 3
"""Emergencies of one person within FREQUENT_WITHIN that raise no question; each one more is flagged in its review."""
FREQUENT_WITHIN: Final = timedelta(hours=24)

_BY_A_PERSON: Final = frozenset({CredentialKind.BROWSER, CredentialKind.APPLICATION, CredentialKind.ACCESS_TOKEN})


def may_open(caller: Caller, ask: EmergencyAsk, freshness: Freshness, now: datetime) -> Verdict:
    """Whether the request itself is in order; whether the patient is confirmed is looked up afterwards."""
    if caller.service is not None or Role.AI_SYSTEM in caller.roles or caller.kind not in _BY_A_PERSON:
        return Deny("emergency_not_a_person", "Emergency access is for people who signed in themselves.")
    if not _words_fit(ask):
        return Deny("emergency_reason", "Say in a few words why, at least ten characters for another reason.")
    if (ask.birth_date is None) == (ask.identifier is None):
        return Deny("emergency_confirmation", "Confirm the patient by the date of birth or by a second identifier.")
    if ask.birth_date is not None and not _is_date(ask.birth_date):
        return Deny("emergency_confirmation", "A date of birth is written YYYY-MM-DD.")
    if not is_fresh(caller, freshness, now):
        return Deny("step_up", "Confirm that it is you: sign in again, then ask within five minutes.")
    return Permit("emergency_request")


def is_frequent(opened: int) -> bool:
    """Whether a review is flagged: `opened` emergencies of hers began within FREQUENT_WITHIN, this one among them."""
    return opened > USUAL_IN_A_DAY


def is_fresh(caller: Caller, freshness: Freshness, now: datetime) -> bool:
    """Whether she showed a moment ago who she is: at the provider, or by an offline code while it was down."""
    if caller.acr == OFFLINE_ACR:
        return Freshness(frozenset({OFFLINE_ACR}), freshness.max_age, freshness.leeway).holds(caller, now)
    return freshness.holds(caller, now)


def _words_fit(ask: EmergencyAsk) -> bool:
    words = " ".join(ask.text.split())
    if len(words) > MOST_WORDS:
        return False
    return ask.reason is not EmergencyReason.OTHER or len(words) >= LEAST_WORDS


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
