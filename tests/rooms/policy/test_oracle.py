"""The shipped policies compared, case by case, with an oracle that knows no Cedar; and what may never grant."""

from collections.abc import Iterable
from itertools import chain, combinations, product
from typing import TypeVar
from uuid import UUID

import pytest

from phiward.domain.access import Consent, DataClass, DocumentField, DocumentKind, RelationSource, Standing
from phiward.domain.patients import DocumentId, PatientRef
from phiward.domain.people import CredentialKind, PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Permit
from phiward.policy.decide import POLICY_ERROR, Policy
from phiward.policy.documents import DocumentFacts
from tests.rooms.policy.oracle import Asked, may_ask, may_ask_without_patient, may_read
from tests.rooms.policy.people import DAY, HOLDING, NOW, PATIENT, STANDINGS, caller, relation, standing

POLICY = Policy.load()
R, P, S, D, C = Role, PurposeOfUse, RelationSource, DestinationClass, DataClass
WAYS = (S.CARE_TEAM, S.DEPARTMENT, S.SELF, S.PROXY, S.EMERGENCY)
T = TypeVar("T")


def subsets(of: Iterable[T], most: int) -> list[frozenset[T]]:
    """Every subset of at most `most`."""
    items = list(of)
    return [frozenset(some) for some in chain(*(combinations(items, size) for size in range(most + 1)))]


def allowed(asked: Asked, patient: PatientRef | None = PATIENT) -> bool:
    """Whether the shipped policies permit."""
    who = caller(
        *asked.roles,
        service=UUID(int=9) if asked.service else None,
        kind=CredentialKind.ACCESS_TOKEN,
        scopes=frozenset({"user/*.rs"} if asked.reads else {"openid"}),
    )
    between = standing(*asked.sources, restricted=asked.restricted)
    verdict = POLICY.decide(who, patient, between, asked.purpose, asked.destination, NOW)
    assert verdict != POLICY_ERROR
    return isinstance(verdict, Permit)


def test_each_role_is_decided_as_the_oracle_decides():
    """Nobody and each role x every set of sources x purposes x destinations x restricted x service x scopes."""
    truths = (False, True)
    cases = [
        Asked(roles, sources, purpose, destination, restricted, service, reads)
        for roles, sources, restricted, purpose, destination, service, reads in product(
            subsets(R, 1), subsets(WAYS, 5), truths, P, D, truths, truths
        )
    ]
    assert len(cases) == 11 * 32 * 2 * 6 * 3 * 2 * 2
    assert [one for one in cases if allowed(one) != may_ask(one)] == []


def test_each_pair_of_roles_is_decided_as_the_oracle_decides_and_nothing_taken_away_grants():
    """Pairs of roles x every set of sources; then each case beside the same with one thing less.

    Two facts only ever close: that the record is her own, and that an AI system asks.
    """
    said = {
        (roles, sources, restricted, purpose, destination, service): (
            allowed(asked := Asked(roles, sources, purpose, destination, restricted, service)),
            asked,
        )
        for roles, sources, restricted, purpose, destination, service in product(
            subsets(R, 2), subsets(WAYS, 5), (False, True), P, (D.BAA, D.NO_BAA), (False, True)
        )
        if restricted + service < 2
    }
    assert [asked for got, asked in said.values() if got != may_ask(asked)] == []
    for (roles, sources, restricted, *rest, service), (got, asked) in said.items():
        fewer = [(roles - {one}, sources, restricted, *rest, service) for one in roles - {R.AI_SYSTEM}]
        fewer += [(roles, sources - {one}, restricted, *rest, service) for one in sources - {S.SELF}]
        if not restricted and not service:  # what only closes: the flag, a service
            fewer += [(roles, sources, True, *rest, False), (roles, sources, False, *rest, True)]
        if len(roles) < 2:
            fewer.append((roles | {R.AI_SYSTEM}, sources, restricted, *rest, service))
        fewer.append((roles, sources | {S.SELF}, restricted, *rest, service)) if asked.purpose is not P.PATRQT else None
        assert got or not any(said[less][0] for less in fewer), asked


def test_every_source_of_a_relation_counts_as_the_oracle_says():
    """One by one, restricted and not."""
    for role, source, purpose, restricted in product(R, S, P, (False, True)):
        asked = Asked(frozenset({role}), frozenset({source}), purpose, restricted=restricted)
        assert allowed(asked) == may_ask(asked), asked


def test_every_set_of_roles_without_a_patient_is_decided_as_the_oracle_decides():
    """All 1,024 sets."""
    for roles, purpose in product(subsets(R, len(R)), P):
        asked = Asked(roles, frozenset(), purpose)
        assert allowed(asked, None) == may_ask_without_patient(asked), asked


def test_every_state_of_a_relation_is_decided_as_the_oracle_decides():
    """Each role x purpose x state."""
    for role, purpose, (state, between) in product(R, P, STANDINGS.items()):
        sources = frozenset({S.CARE_TEAM} if state in HOLDING else set())
        got = POLICY.decide(caller(role), PATIENT, between, purpose, D.BAA, NOW)
        assert isinstance(got, Permit) == may_ask(Asked(frozenset({role}), sources, purpose)), (role, purpose, state)


ROLES = [frozenset({role}) for role in (R.NURSE, R.BILLING, R.RESEARCHER, R.ADMINISTRATOR, R.PATIENT, R.PROXY)]
ROLES += [frozenset({R.PHYSICIAN, R.PROXY}), frozenset({R.PATIENT, R.PROXY})]
CLASSES = [frozenset(), *(frozenset({one}) for one in C), frozenset({C.HIV, C.GENETIC}), frozenset(C)]
OPENED = {
    "nothing": (frozenset(), frozenset()),
    "consent": (frozenset(C), frozenset()),
    "grants": (frozenset(), frozenset(C)),
    "consent to one, a grant for another": (frozenset({C.HIV}), frozenset({C.GENETIC, C.MINOR})),
}


@pytest.mark.parametrize("way", OPENED)
def test_each_document_is_opened_as_the_oracle_opens_it(way: str):
    """Roles x no, one or two sources x purposes x two kinds x classes; no class more opens anything more.

    What may be read of a document may also be asked about: reading decides every rule about the patient again.
    """
    consented, granted = OPENED[way]
    labels = list(product((DocumentKind.CLINICAL_NOTE, DocumentKind.BILLING), CLASSES))
    documents = [DocumentFacts(DocumentId(UUID(int=at)), *label) for at, label in enumerate(labels)]
    wrong = []
    for roles, sources, purpose in product(ROLES, subsets(WAYS, 2), P):
        asked = Asked(roles, sources, purpose, consented=consented, granted=dict.fromkeys(sources, granted))
        relations = tuple(relation(NOW - DAY, None, one, *granted) for one in sources)
        between = Standing(relations, tuple(Consent(one, purpose) for one in consented))
        got = POLICY.readable(caller(*roles), PATIENT, between, documents, purpose, D.BAA, NOW)
        fields = {label: one.fields for label, one in zip(labels, got, strict=True)}
        wrong += [(asked, label) for label in labels if fields[label] != may_read(asked, *label)]
        for (kind, less), (other, more) in product(labels, labels):
            assert kind is not other or not less <= more or fields[kind, more] <= fields[other, less], asked
    assert wrong == []


def test_each_kind_of_document_is_opened_as_the_oracle_opens_it():
    """Clinicians and billing staff."""
    documents = [DocumentFacts(DocumentId(UUID(int=at)), kind) for at, kind in enumerate(DocumentKind)]
    for role, purpose in product((R.NURSE, R.BILLING), P):
        got = POLICY.readable(caller(role), PATIENT, standing(S.CARE_TEAM), documents, purpose, D.BAA, NOW)
        asked = Asked(frozenset({role}), frozenset({S.CARE_TEAM}), purpose)
        expected = [may_read(asked, one.kind, frozenset()) for one in documents]
        assert [one.fields for one in got] == expected
    assert DocumentField.TEXT not in got[0].fields


def test_an_emergency_of_any_kind_never_relaxes_another_purpose():
    """With and without the emergency, each other purpose is answered alike."""
    for role, source, purpose, restricted in product(R, S, set(P) - {P.ETREAT}, (False, True)):
        without = Asked(frozenset({role}), frozenset({source}) - {S.EMERGENCY}, purpose, restricted=restricted)
        within = Asked(frozenset({role}), frozenset({source, S.EMERGENCY}), purpose, restricted=restricted)
        assert allowed(without) == allowed(within), (role, source, purpose)
