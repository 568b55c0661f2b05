"""The shipped policies, compared with an oracle that knows no Cedar, and with a table made by hand."""

from itertools import combinations, product
from typing import Any

import cedarpy
import pytest

from phiward.domain.access import NO_STANDING, Standing
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Deny, Permit
from phiward.policy import decide as module
from phiward.policy.decide import DEFAULT_DENY, POLICY_ERROR, Policy
from phiward.policy.rules import parse_rules, shipped_policies
from tests.rooms.policy.people import DAY, HOLDING, NOW, PATIENT, STANDINGS, caller, relation

POLICY = Policy.load()
R, P, D = Role, PurposeOfUse, DestinationClass
CLINICAL = {R.PHYSICIAN, R.NURSE, R.PHARMACIST}


def oracle(roles: set[Role], has_patient: bool, in_care: bool, purpose: PurposeOfUse) -> bool:
    """The rules once more, in Python, from the privacy officer's list rather than from the policies."""
    if purpose in (P.ETREAT, P.PATRQT):
        return False
    if has_patient:
        wanted = {P.TREAT: CLINICAL, P.HOPERAT: CLINICAL, P.HPAYMT: {R.BILLING}}.get(purpose, set())
        return in_care and bool(roles & wanted)
    wanted = {
        P.TREAT: CLINICAL,
        P.HPAYMT: {R.BILLING},
        P.HRESCH: {R.RESEARCHER},
        P.HOPERAT: set(R) - {R.RESEARCHER, R.PATIENT, R.PROXY, R.AI_SYSTEM},
    }[purpose]
    return bool(roles & wanted)


def allowed(
    roles: set[Role],
    patient: PatientRef | None,
    state: str,
    purpose: PurposeOfUse,
    destination: DestinationClass,
) -> bool:
    """Whether the shipped policies permit."""
    verdict = POLICY.decide(caller(*roles), patient, STANDINGS[state], purpose, destination, NOW)
    assert verdict != POLICY_ERROR
    return isinstance(verdict, Permit)


def test_every_set_of_roles_is_decided_as_the_oracle_decides() -> None:
    """Every set of roles x purposes x with, without care relation, without patient x classes."""
    sets = [set(some) for size in range(len(R) + 1) for some in combinations(R, size)]
    cases = list(product(sets, P, D, ((PATIENT, "in force"), (PATIENT, "none"), (None, "none"))))
    assert len(cases) == 2 ** len(R) * 6 * 3 * 3
    wrong = [
        (roles, purpose, destination, patient, state)
        for roles, purpose, destination, (patient, state) in cases
        if allowed(roles, patient, state, purpose, destination)
        != oracle(roles, patient is not None, state == "in force", purpose)
    ]
    assert wrong == []


def test_every_state_of_a_relation_is_decided_as_the_oracle_decides() -> None:
    """Each role x purpose x state x class."""
    for role, purpose, destination, state in product(R, P, D, STANDINGS):
        expected = oracle({role}, True, state in HOLDING, purpose)
        assert allowed({role}, PATIENT, state, purpose, destination) == expected, (role, purpose, state)


def test_taking_a_role_away_never_grants() -> None:
    """For every set of roles and every role in it; hence no rule may forbid a role."""
    sets = [frozenset(some) for size in range(len(R) + 1) for some in combinations(R, size)]
    for purpose, (patient, state) in product(P, ((PATIENT, "in force"), (None, "none"))):
        granted = {roles: allowed(set(roles), patient, state, purpose, D.BAA) for roles in sets}
        for roles in sets:
            for role in roles:
                assert granted[roles] >= granted[roles - {role}], (roles, role, purpose)


def test_taking_a_relation_away_never_grants() -> None:
    """For every subset of several relations."""
    several = (relation(NOW - DAY, NOW), relation(NOW - DAY, None), relation(NOW, NOW + DAY))
    for role, purpose in product(R, P):
        for size in range(1, len(several) + 1):
            for some in combinations(several, size):
                more = POLICY.decide(caller(role), PATIENT, Standing(some), purpose, D.BAA, NOW)
                for gone in range(len(some)):
                    fewer = some[:gone] + some[gone + 1 :]
                    less = POLICY.decide(caller(role), PATIENT, Standing(fewer), purpose, D.BAA, NOW)
                    assert isinstance(more, Permit) or isinstance(less, Deny)


GOLDEN = [
    # roles, with a patient, relation, purpose, class, the rule that decides
    ((R.PHYSICIAN,), True, "in force", P.TREAT, D.SELF_HOSTED, "treatment_in_care"),
    ((R.NURSE,), True, "open-ended", P.TREAT, D.BAA, "treatment_in_care"),
    ((R.PHARMACIST,), True, "begins this second", P.TREAT, D.NO_BAA, "treatment_in_care"),
    ((R.NURSE,), True, "ends this second", P.TREAT, D.BAA, "no_care_relation"),
    ((R.NURSE,), True, "none", P.TREAT, D.SELF_HOSTED, "no_care_relation"),
    ((R.PHYSICIAN, R.RESEARCHER), True, "in force", P.TREAT, D.BAA, "treatment_in_care"),
    ((R.BILLING,), True, "in force", P.TREAT, D.BAA, "default_deny"),
    ((R.BILLING,), True, "in force", P.HPAYMT, D.BAA, "payment_in_care"),
    ((R.BILLING,), True, "ended", P.HPAYMT, D.BAA, "no_care_relation"),
    ((R.PHYSICIAN,), True, "in force", P.HPAYMT, D.BAA, "default_deny"),
    ((R.PHYSICIAN,), True, "in force", P.HOPERAT, D.BAA, "operations_in_care"),
    ((R.ADMINISTRATOR,), True, "in force", P.HOPERAT, D.SELF_HOSTED, "default_deny"),
    ((R.PRIVACY_OFFICER,), True, "none", P.HOPERAT, D.SELF_HOSTED, "no_care_relation"),
    ((R.PRIVACY_OFFICER,), True, "in force", P.TREAT, D.SELF_HOSTED, "default_deny"),
    ((R.RESEARCHER,), True, "in force", P.HRESCH, D.SELF_HOSTED, "research_about_patient"),
    ((R.PHYSICIAN,), True, "in force", P.HRESCH, D.SELF_HOSTED, "research_about_patient"),
    ((R.PHYSICIAN,), True, "in force", P.ETREAT, D.SELF_HOSTED, "emergency_not_available"),
    ((R.PHYSICIAN,), True, "none", P.ETREAT, D.NO_BAA, "no_care_relation"),
    ((R.PHYSICIAN,), False, "none", P.ETREAT, D.NO_BAA, "emergency_not_available"),
    ((R.NURSE,), True, "in force", P.PATRQT, D.BAA, "patient_request_not_available"),
    ((), True, "in force", P.TREAT, D.SELF_HOSTED, "default_deny"),
    ((), False, "none", P.HOPERAT, D.SELF_HOSTED, "default_deny"),
    ((R.NURSE,), False, "none", P.TREAT, D.BAA, "treatment_without_patient"),
    ((R.BILLING,), False, "none", P.HPAYMT, D.BAA, "payment_without_patient"),
    ((R.RESEARCHER,), False, "none", P.HRESCH, D.BAA, "research_without_patient"),
    ((R.RESEARCHER,), False, "none", P.HOPERAT, D.BAA, "default_deny"),
    ((R.ADMINISTRATOR,), False, "none", P.HOPERAT, D.SELF_HOSTED, "operations_without_patient"),
    ((R.ADMINISTRATOR,), False, "none", P.TREAT, D.SELF_HOSTED, "default_deny"),
]


@pytest.mark.parametrize(("roles", "about", "state", "purpose", "destination", "rule"), GOLDEN)
def test_the_rule_that_decides_is_named(
    roles: tuple[Role, ...],
    about: bool,
    state: str,
    purpose: PurposeOfUse,
    destination: DestinationClass,
    rule: str,
) -> None:
    """The golden table: what the log will say."""
    patient = PATIENT if about else None
    verdict = POLICY.decide(caller(*roles), patient, STANDINGS[state], purpose, destination, NOW)
    assert verdict.rule == rule
    reasons = {one.id: one.reason for one in POLICY.rules} | {DEFAULT_DENY.rule: DEFAULT_DENY.reason}
    if isinstance(verdict, Deny):
        assert verdict.reason == reasons[rule]


def test_every_shipped_rule_decides_in_some_line_of_the_table() -> None:
    """A rule that never decides is a rule nobody tested. One waits behind another until that goes."""
    waiting = {"emergency_without_agreement"}
    assert {rule.id for rule in POLICY.rules} - {line[5] for line in GOLDEN} == waiting


def test_every_permit_about_a_patient_asks_for_the_relation_itself() -> None:
    """Somebody takes the general rule out: the permits alone still refuse without a relation."""
    folder = shipped_policies()
    texts = [path.read_text("utf-8") for path in (folder / "policies").iterdir() if path.name != "care_relation.cedar"]
    policy = Policy(parse_rules((folder / "schema.cedarschema").read_text("utf-8"), "\n".join(texts)))
    everyone = caller(*R)
    for purpose, destination in product(P, D):
        assert isinstance(policy.decide(everyone, PATIENT, NO_STANDING, purpose, destination, NOW), Deny)
    assert isinstance(policy.decide(everyone, PATIENT, STANDINGS["in force"], P.TREAT, D.BAA, NOW), Permit)


def test_emergency_access_still_needs_an_agreement_once_it_is_available() -> None:
    """The rule that waits: with the first emergency rule gone and emergencies permitted, it decides."""
    folder = shipped_policies()
    text = '@id("all") @reason("All.") permit (principal, action, resource);'
    second = (folder / "policies" / "emergency.cedar").read_text("utf-8").split('@id("emergency_without_agreement")')[1]
    schema = (folder / "schema.cedarschema").read_text("utf-8")
    policy = Policy(parse_rules(schema, f'{text} @id("emergency_without_agreement") {second}'))
    rules = [
        policy.decide(caller(R.PHYSICIAN), PATIENT, NO_STANDING, P.ETREAT, destination, NOW).rule
        for destination in (D.SELF_HOSTED, D.BAA, D.NO_BAA)
    ]
    assert rules == ["all", "all", "emergency_without_agreement"]


def _errors(*_: Any) -> cedarpy.AuthzResult:
    """What Cedar answers when a forbid raised an error and was skipped."""
    diagnostics = {"reason": ["policy0"], "errors": ["error while evaluating policy `policy1`"]}
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": diagnostics})


def _allows_without_reason(*_: Any) -> cedarpy.AuthzResult:
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": {"reason": [], "errors": []}})


def _allows_by_a_forbid(*_: Any) -> cedarpy.AuthzResult:
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": {"reason": ["policy0"], "errors": []}})


def _no_decision(*_: Any) -> cedarpy.AuthzResult:
    return cedarpy.AuthzResult({"decision": "NoDecision", "diagnostics": {}})


def _fails(*_: Any) -> cedarpy.AuthzResult:
    raise RuntimeError("the engine fell over")


@pytest.mark.parametrize("engine", [_errors, _allows_without_reason, _allows_by_a_forbid, _no_decision, _fails])
def test_anything_but_a_clean_answer_denies(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed, also where Cedar itself would have allowed."""
    monkeypatch.setattr(module.cedarpy, "is_authorized", engine)
    verdict = POLICY.decide(caller(R.PHYSICIAN), PATIENT, STANDINGS["in force"], P.TREAT, D.BAA, NOW)
    assert verdict == POLICY_ERROR


def test_a_forbid_that_errs_denies_with_the_real_engine() -> None:
    """Integer overflow passes validation and errs when evaluated; Cedar alone would then allow."""
    text = (
        '@id("all") @reason("All.") permit (principal, action, resource);'
        '@id("errs") @reason("Errs.") forbid (principal, action, resource)'
        "when { 9223372036854775807 + context.now.toTime().toMilliseconds() > 0 };"
    )
    schema = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
    policy = Policy(parse_rules(schema, text))
    verdict = policy.decide(caller(R.PHYSICIAN), None, NO_STANDING, P.TREAT, D.BAA, NOW)
    assert verdict == POLICY_ERROR


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"purpose": "TREET"}, id="a purpose outside the schema"),
        pytest.param({"destination_class": "anywhere"}, id="a class outside the schema"),
        pytest.param({"caller": caller("janitor")}, id="a role outside the schema"),  # type: ignore[arg-type]
        pytest.param({"now": NOW.replace(tzinfo=None)}, id="a time without a zone"),
    ],
)
def test_facts_that_do_not_fit_the_schema_deny(wrong: dict[str, Any]) -> None:
    """Requests and entities are validated."""
    right: dict[str, Any] = {
        "caller": caller(R.PHYSICIAN),
        "patient": PATIENT,
        "standing": STANDINGS["in force"],
        "purpose": P.TREAT,
        "destination_class": D.BAA,
        "now": NOW,
    }
    assert isinstance(POLICY.decide(**right), Permit)
    assert POLICY.decide(**{**right, **wrong}) == POLICY_ERROR


def test_the_relation_of_another_instant_is_not_remembered() -> None:
    """Parsed entities are reused, but only for equal facts."""
    until_now = STANDINGS["ends this second"]
    before = POLICY.decide(caller(R.NURSE), PATIENT, until_now, P.TREAT, D.BAA, NOW - DAY)
    at_the_end = POLICY.decide(caller(R.NURSE), PATIENT, until_now, P.TREAT, D.BAA, NOW)
    assert isinstance(before, Permit)
    assert isinstance(at_the_end, Deny)
