"""What Cedar is told."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.facts import Facts, entities_json, request
from tests.rooms.policy.people import NOW, PATIENT

FACTS = Facts(UUID(int=1), frozenset([Role.NURSE, Role.BILLING]), UUID(int=2), PATIENT, in_care=True)


def test_the_care_of_nobody_else_is_told() -> None:
    """The patient is in the care of the person who asks, or of nobody."""
    told = json.loads(entities_json(FACTS))
    assert told[1]["attrs"]["in_care_of"] == [{"__entity": {"type": "Person", "id": str(UUID(int=1))}}]
    untold = json.loads(entities_json(replace(FACTS, in_care=False)))
    assert untold[1]["attrs"]["in_care_of"] == []


def test_without_a_patient_the_question_is_about_the_organisation() -> None:
    """And no patient entity is told."""
    facts = replace(FACTS, patient=None)
    asked = request(facts, PurposeOfUse.TREAT, DestinationClass.BAA, NOW)
    assert asked["action"]["id"] == "ask"
    assert asked["resource"] == {"type": "Organisation", "id": str(UUID(int=2))}
    assert len(json.loads(entities_json(facts))) == 1


def test_the_instant_is_told_in_utc() -> None:
    """Whatever zone it came in."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    told = [
        json.loads(request(FACTS, PurposeOfUse.TREAT, DestinationClass.BAA, now)["context"])["now"]
        for now in (NOW, elsewhere)
    ]
    assert told[0] == told[1] == "2026-11-24T12:00:00Z"
