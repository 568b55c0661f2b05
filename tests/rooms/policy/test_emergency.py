"""Who may break the glass, and by what."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from phiward.domain.access import DataClass
from phiward.domain.emergency import EmergencyAsk, EmergencyReason
from phiward.domain.people import Caller, CredentialKind, Role
from phiward.domain.verdict import Deny, Permit
from phiward.policy.emergency import LIFETIME, OFFLINE_ACR, OPENED, is_frequent, is_fresh, may_open
from phiward.policy.step_up import Freshness
from tests.rooms.policy.people import NOW, caller

STRONG = Freshness(frozenset({"mfa"}))
WHO: Caller = replace(caller(Role.PHYSICIAN), kind=CredentialKind.BROWSER, auth_time=NOW, acr="mfa")
ASK = EmergencyAsk("mrn-1", EmergencyReason.THREAT_TO_LIFE, "", birth_date="1949-07-22")


@pytest.mark.parametrize(
    ("who", "ask", "rule", "reason"),
    [
        (
            {"kind": CredentialKind.PERSONAL_KEY},
            {},
            "emergency_not_a_person",
            "a script's key is no person",
        ),
        ({"kind": CredentialKind.DELEGATED, "service": UUID(int=5)}, {}, "emergency_not_a_person", "an agent"),
        ({"service": UUID(int=5)}, {}, "emergency_not_a_person", "a service, whatever the kind says"),
        ({"roles": frozenset({Role.PHYSICIAN, Role.AI_SYSTEM})}, {}, "emergency_not_a_person", "a machine"),
        ({}, {"reason": EmergencyReason.OTHER, "text": ""}, "emergency_reason", "another reason without words"),
        ({}, {"reason": EmergencyReason.OTHER, "text": "   short    "}, "emergency_reason", "too few words"),
        ({}, {"text": "x" * 1_001}, "emergency_reason", "too many words"),
        ({}, {"birth_date": None}, "emergency_confirmation", "nothing confirms the patient"),
        ({}, {"identifier": "mrn-2"}, "emergency_confirmation", "two confirmations"),
        ({}, {"birth_date": "22.07.1949"}, "emergency_confirmation", "no ISO date"),
        ({}, {"birth_date": "1949-02-30"}, "emergency_confirmation", "no day"),
        ({"auth_time": None}, {}, "step_up", "nobody says when she logged in"),
        ({"acr": None}, {}, "step_up", "nobody says how"),
        ({"acr": "pwd"}, {}, "step_up", "not strong enough"),
        ({"auth_time": NOW - timedelta(minutes=5, seconds=1)}, {}, "step_up", "too long ago"),
        ({"auth_time": NOW + timedelta(minutes=2)}, {}, "step_up", "from the future"),
    ],
)
def test_what_is_not_in_order_is_refused_with_its_rule(who, ask, rule, reason):
    """Before any patient is looked up."""
    verdict = may_open(replace(WHO, **who), replace(ASK, **ask), STRONG, NOW)
    assert isinstance(verdict, Deny), reason
    assert verdict.rule == rule, reason


@pytest.mark.parametrize(
    ("who", "ask", "reason"),
    [
        ({}, {}, "the usual way"),
        ({"kind": CredentialKind.APPLICATION}, {}, "an application of hers"),
        ({}, {"birth_date": None, "identifier": "mrn-2"}, "a second identifier confirms as well"),
        ({}, {"reason": EmergencyReason.OTHER, "text": "found in the street"}, "another reason in words"),
        ({"auth_time": NOW - timedelta(minutes=5)}, {}, "five minutes are fresh enough"),
        ({"acr": OFFLINE_ACR}, {}, "by offline code while the provider was down"),
    ],
)
def test_what_is_in_order_may_be_asked(who, ask, reason):
    """Then the patient must be confirmed."""
    assert isinstance(may_open(replace(WHO, **who), replace(ASK, **ask), STRONG, NOW), Permit), reason


def test_an_offline_login_is_fresh_for_emergencies_and_nowhere_else():
    """The act of an administrator still needs the provider."""
    offline = replace(WHO, acr=OFFLINE_ACR)
    assert is_fresh(offline, STRONG, NOW)
    assert not STRONG.holds(offline, NOW)
    assert not is_fresh(replace(offline, auth_time=NOW - timedelta(minutes=6)), STRONG, NOW)


def test_psychotherapy_notes_are_never_opened():
    """45 CFR 164.508(a)(2)."""
    assert DataClass.PSYCHOTHERAPY not in OPENED
    assert timedelta(minutes=60) == LIFETIME


def test_nothing_of_the_patient_is_printed():
    """References and words stay out of logs."""
    assert "mrn-1" not in repr(ASK)
    assert "1949" not in repr(ASK)


@pytest.mark.parametrize(("opened", "flagged"), [(1, False), (3, False), (4, True), (9, True)])
def test_more_than_three_in_a_day_are_flagged(opened, flagged):
    """It refuses nothing: a night in the emergency department may need five."""
    assert is_frequent(opened) is flagged
