"""What Cedar is told."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

import pytest

from phiward.domain.access import Consent, DataClass, DocumentField, DocumentKind, RelationSource, Standing
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.facts import Facts, Opened, entities_json, facts_of, opened, question, readings
from tests.rooms.policy.people import DAY, NOW, PATIENT, caller, relation

FACTS = Facts(UUID(int=1), frozenset([Role.NURSE, Role.BILLING]), UUID(int=2), PATIENT, in_care=True)
ME = [{"__entity": {"type": "Person", "id": str(UUID(int=1))}}]
S, P, C = RelationSource, PurposeOfUse, DataClass
WORDS = ("in_care_of", "direct_care_of", "self", "proxies", "emergency")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        *((one, ("in_care_of", "direct_care_of")) for one in (S.CARE_TEAM, S.ENCOUNTER, S.GENERAL_PRACTITIONER)),
        *((one, ("in_care_of", "direct_care_of")) for one in (S.ON_CALL, S.COVER, S.MANUAL)),
        *((one, ("in_care_of",)) for one in (S.DEPARTMENT, S.PANEL)),
        (S.SELF, ("self",)),
        (S.PROXY, ("proxies",)),
        (S.EMERGENCY, ("emergency",)),
    ],
)
def test_each_source_is_told_by_its_own_words_and_of_nobody_else(source, words):
    """The person who asks, or nobody: of the patient and of his documents alike."""
    facts = facts_of(caller(Role.NURSE), PATIENT, [relation(NOW, None, source)], restricted=True)
    _, patient, document = json.loads(entities_json(facts, [(DocumentKind.RESULT, frozenset())]))
    for told in (patient["attrs"], document["attrs"]):
        assert {word: told[word] for word in WORDS} == {word: ME if word in words else [] for word in WORDS}
        assert told["restricted"] is True


def test_a_document_is_told_by_its_kind_and_classes_and_by_nothing_that_names_it():
    """No id, no title: equal labels are one entity."""
    label = (DocumentKind.RESULT, frozenset({C.HIV, C.GENETIC}))
    *_, document = json.loads(entities_json(FACTS, [label]))
    assert document["uid"]["id"] == "result:genetic,hiv"
    assert [one["__entity"]["id"] for one in document["attrs"]["classes"]] == ["genetic", "hiv"]


def test_without_a_patient_the_question_is_about_the_organisation():
    """And no patient entity is told, whatever stands somewhere."""
    facts = facts_of(caller(Role.NURSE), None, [relation(NOW, None)], restricted=True)
    asked = question(caller(Role.NURSE), facts, P.TREAT, DestinationClass.BAA, NOW)
    assert asked["action"]["id"] == "ask"
    assert asked["resource"] == {"type": "Organisation", "id": str(UUID(int=2))}
    assert len(json.loads(entities_json(facts))) == 1
    assert facts == replace(facts, in_care=False, restricted=False)


def test_the_instant_is_told_in_utc():
    """Whatever zone it came in."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    told = [
        json.loads(question(caller(), FACTS, P.TREAT, DestinationClass.BAA, now)["context"])["now"]
        for now in (NOW, elsewhere)
    ]
    assert told[0] == told[1] == "2026-11-24T12:00:00Z"


@pytest.mark.parametrize(
    ("relations", "purpose", "granted", "reason"),
    [
        ([relation(NOW, None, S.MANUAL, C.HIV)], P.TREAT, {C.HIV}, "a grant for care"),
        ([relation(NOW, None, S.MANUAL, C.HIV)], P.PATRQT, set(), "is none for the patient's request"),
        ([relation(NOW, None, S.PROXY, C.HIV)], P.PATRQT, {C.HIV}, "a proxy's is"),
        ([relation(NOW, None, S.PROXY, C.HIV)], P.TREAT, set(), "and is none for care"),
        ([relation(NOW, None, S.EMERGENCY, C.HIV)], P.TREAT, set(), "an emergency opens nothing for treatment"),
        ([relation(NOW, None, S.EMERGENCY, C.PSYCHOTHERAPY)], P.ETREAT, set(), "nor by its own grant in an emergency"),
    ],
)
def test_a_grant_opens_its_classes_on_its_own_way_only(relations, purpose, granted, reason):
    """Nobody brings a proxy's right to the ward."""
    assert opened(Standing(), relations, purpose).granted == granted, reason


def test_a_consent_opens_for_its_own_purpose_only():
    """Word for word."""
    between = Standing(consents=(Consent(C.HIV, "TREAT"), Consent(C.GENETIC, "HPAYMT")))
    assert opened(between, (), P.TREAT).consented == {C.HIV}


def test_each_field_of_each_label_is_asked_about_in_order():
    """Answers are told apart by their place."""
    labels = [(DocumentKind.RESULT, frozenset()), (DocumentKind.BILLING, frozenset())]
    classes = Opened(frozenset({C.HIV}), frozenset({C.PART2}))
    made = readings(caller(), FACTS, classes, labels, P.TREAT, DestinationClass.BAA, NOW + DAY)
    told = [(one["resource"]["id"], json.loads(one["context"])["field"]["__entity"]["id"]) for one in made]
    assert told == [(f"{kind}:", str(field)) for kind in ("result", "billing") for field in DocumentField]
    context = json.loads(made[0]["context"])
    assert [context[name][0]["__entity"]["id"] for name in ("consented", "granted")] == ["hiv", "part2"]
