"""The decision: what denies whatever the rules say, and which rule is named."""

from pathlib import Path
from typing import Any
from uuid import UUID

import cedarpy
import pytest

from phiward.domain.access import NO_STANDING, DataClass, DocumentField, DocumentKind, RelationSource, Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import ConfigurationError
from phiward.domain.patients import DocumentId
from phiward.domain.people import CredentialKind, PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Deny, Permit
from phiward.policy import decide as module
from phiward.policy.decide import DEFAULT_DENY, POLICY_ERROR, Policy
from phiward.policy.documents import DocumentFacts
from phiward.policy.rules import parse_rules, shipped_policies
from phiward.policy.step_up import Freshness
from tests.rooms.policy.people import DAY, NOW, PATIENT, STANDINGS, caller, relation, standing

POLICY = Policy.load()
R, P, D, S = Role, PurposeOfUse, DestinationClass, RelationSource
SCHEMA = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
NOTE = DocumentFacts(DocumentId(UUID(int=1)), DocumentKind.CLINICAL_NOTE)
PROTECTED = DocumentFacts(DocumentId(UUID(int=2)), DocumentKind.CLINICAL_NOTE, frozenset({DataClass.HIV}))
ERRS = (
    '@id("all") @reason("All.") permit (principal, action, resource);'
    '@id("errs") @reason("Errs.") forbid (principal, action, resource)'
    "when { 9223372036854775807 + context.now.toTime().toMilliseconds() > 0 };"
)


def _errors(*_: Any) -> cedarpy.AuthzResult:
    """What Cedar answers when a forbid raised an error and was skipped."""
    diagnostics = {"reason": ["policy0"], "errors": ["error while evaluating policy `policy1`"]}
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": diagnostics})


def _allows_without_reason(*_: Any) -> cedarpy.AuthzResult:
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": {"reason": [], "errors": []}})


def _allows_by_a_forbid(*_: Any) -> cedarpy.AuthzResult:
    forbids = next(rule.cedar_id for rule in POLICY.rules if rule.effect == "forbid")
    return cedarpy.AuthzResult({"decision": "Allow", "diagnostics": {"reason": [forbids], "errors": []}})


def _no_decision(*_: Any) -> cedarpy.AuthzResult:
    return cedarpy.AuthzResult({"decision": "NoDecision", "diagnostics": {}})


def _fails(*_: Any) -> cedarpy.AuthzResult:
    raise RuntimeError("the engine fell over")


ENGINES = [_errors, _allows_without_reason, _allows_by_a_forbid, _no_decision, _fails]


@pytest.mark.parametrize("engine", ENGINES)
def test_anything_but_a_clean_answer_denies(engine, monkeypatch):
    """Questions, documents and acts; also where Cedar itself would have allowed."""
    monkeypatch.setattr(module.cedarpy, "is_authorized", engine)
    monkeypatch.setattr(module.cedarpy, "is_authorized_batch", lambda asked, *_: [engine() for _ in asked])
    between = STANDINGS["in force"]
    assert POLICY.decide(caller(R.PHYSICIAN), PATIENT, between, P.TREAT, D.BAA, NOW) == POLICY_ERROR
    (got,) = POLICY.readable(caller(R.PHYSICIAN), PATIENT, between, [NOTE], P.TREAT, D.BAA, NOW)
    assert (got.fields, got.decided) == (frozenset(), POLICY_ERROR)
    assert POLICY.decide_act(caller(R.ADMINISTRATOR), AdministrativeAct.MANAGE_PEOPLE, NOW) == POLICY_ERROR


def test_an_answer_that_is_missing_closes_every_document(monkeypatch):
    """Answers are told apart by their order; one too few would give a document its neighbour's."""
    real = cedarpy.is_authorized_batch
    monkeypatch.setattr(module.cedarpy, "is_authorized_batch", lambda *given: real(*given)[1:])
    got = POLICY.readable(caller(R.NURSE), PATIENT, STANDINGS["in force"], [NOTE, PROTECTED], P.TREAT, D.BAA, NOW)
    assert [one.decided for one in got] == [POLICY_ERROR, POLICY_ERROR]


def test_a_forbid_that_errs_denies_with_the_real_engine():
    """Integer overflow passes validation and errs when evaluated; Cedar alone would then allow."""
    policy = Policy(parse_rules(SCHEMA, ERRS))
    assert policy.decide(caller(R.PHYSICIAN), None, NO_STANDING, P.TREAT, D.BAA, NOW) == POLICY_ERROR
    assert policy.decide_act(caller(R.ADMINISTRATOR), AdministrativeAct.MANAGE_PEOPLE, NOW) == POLICY_ERROR
    (got,) = policy.readable(caller(R.NURSE), PATIENT, NO_STANDING, [NOTE], P.TREAT, D.BAA, NOW)
    assert (got.fields, got.rule) == (frozenset(), "policy_error")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"purpose": "TREET"}, id="a purpose outside the schema"),
        pytest.param({"destination_class": "anywhere"}, id="a class outside the schema"),
        pytest.param({"caller": caller("janitor")}, id="a role outside the schema"),
        pytest.param({"caller": caller(R.PHYSICIAN, kind="badge")}, id="a credential outside the schema"),
        pytest.param({"now": NOW.replace(tzinfo=None)}, id="a time without a zone"),
        pytest.param({"standing": None}, id="no facts"),
    ],
)
def test_facts_that_do_not_fit_the_schema_deny(wrong):
    """Requests and entities are validated, for documents as well."""
    right: dict[str, Any] = {
        "caller": caller(R.PHYSICIAN),
        "patient": PATIENT,
        "standing": STANDINGS["in force"],
        "purpose": P.TREAT,
        "destination_class": D.BAA,
        "now": NOW,
    }
    assert isinstance(POLICY.decide(**right), Permit)
    assert POLICY.readable(**right, documents=[NOTE])[0].fields == frozenset(DocumentField)
    assert POLICY.decide(**{**right, **wrong}) == POLICY_ERROR
    assert POLICY.readable(**{**right, **wrong}, documents=[NOTE])[0].fields == frozenset()


@pytest.mark.parametrize(
    ("kind", "classes", "reason"),
    [
        ("letter", frozenset(), "a kind that no rule knows"),
        (DocumentKind.RESULT, frozenset({"telepathy"}), "a class that no rule knows, and so none protects"),
    ],
)
def test_a_document_outside_the_schema_closes_all_that_are_asked_about(kind, classes, reason):
    """What could not be decided is not read."""
    strange = DocumentFacts(DocumentId(UUID(int=3)), kind, classes)
    got = POLICY.readable(caller(R.NURSE), PATIENT, STANDINGS["in force"], [NOTE, strange], P.TREAT, D.BAA, NOW)
    assert [one.fields for one in got] == [frozenset(), frozenset()], reason


def test_documents_come_back_in_their_order_each_with_its_reason():
    """Decided once for each kind and set of classes."""
    again = DocumentFacts(DocumentId(UUID(int=4)), NOTE.kind)
    asked = [PROTECTED, NOTE, again]
    got = POLICY.readable(caller(R.NURSE), PATIENT, STANDINGS["in force"], asked, P.TREAT, D.BAA, NOW)
    assert [one.id for one in got] == [one.id for one in asked]
    assert [one.rule for one in got] == ["hiv_data", "documents_for_treatment", "documents_for_treatment"]
    assert got[0].reason is not None
    assert got[1].reason is None
    assert list(POLICY.readable(caller(R.NURSE), PATIENT, NO_STANDING, [], P.TREAT, D.BAA, NOW)) == []


def test_the_relation_of_another_instant_is_not_remembered():
    """Parsed entities are reused, but only for equal facts."""
    until_now = STANDINGS["ends this second"]
    before = POLICY.decide(caller(R.NURSE), PATIENT, until_now, P.TREAT, D.BAA, NOW - DAY)
    at_the_end = POLICY.decide(caller(R.NURSE), PATIENT, until_now, P.TREAT, D.BAA, NOW)
    assert isinstance(before, Permit)
    assert isinstance(at_the_end, Deny)


def test_a_grant_that_ended_opens_no_document_and_no_class():
    """Care is still there, the grant's class no longer; then neither is."""
    ended = relation(NOW - DAY, NOW, S.MANUAL, DataClass.HIV)
    who, asked = caller(R.NURSE), [NOTE, PROTECTED]
    in_care = Standing((ended, relation(NOW - DAY, None)))
    for between, at, rules in (
        (in_care, NOW - DAY, ["documents_for_treatment", "documents_for_treatment"]),
        (in_care, NOW, ["documents_for_treatment", "hiv_data"]),
        (Standing((ended,)), NOW, ["no_care_relation", "no_care_relation"]),
    ):
        got = POLICY.readable(who, PATIENT, between, asked, P.TREAT, D.BAA, at)
        assert [one.rule for one in got] == rules


def test_neither_is_the_flag_of_a_record_nor_the_service_that_acts():
    """The same person and patient, a moment later."""
    who, ward = caller(R.NURSE), standing(S.DEPARTMENT)
    flagged = standing(S.DEPARTMENT, restricted=True)
    said = [POLICY.decide(who, PATIENT, one, P.TREAT, D.BAA, NOW).rule for one in (ward, flagged, ward)]
    assert said == ["treatment_in_care", "restricted_record", "treatment_in_care"]
    glass, agent = standing(S.EMERGENCY), caller(R.NURSE, service=UUID(int=9))
    said = [POLICY.decide(one, PATIENT, glass, P.ETREAT, D.BAA, NOW).rule for one in (who, agent, who)]
    assert said == ["emergency_treatment", "emergency_by_service", "emergency_treatment"]


def test_of_several_rules_the_first_of_the_files_is_named_and_all_are_known():
    """The log always says the same."""
    said = POLICY.decide(caller(R.NURSE), PATIENT, NO_STANDING, P.ETREAT, D.NO_BAA, NOW)
    assert said.rule == "no_care_relation"
    assert POLICY.decide(caller(), None, NO_STANDING, P.TREAT, D.BAA, NOW) == DEFAULT_DENY


@pytest.mark.parametrize(
    ("who", "rule", "reason"),
    [
        (
            caller(R.ADMINISTRATOR, kind=CredentialKind.BROWSER),
            "act_needs_step_up",
            "never logged in, as far as is known",
        ),
        (caller(R.ADMINISTRATOR, kind=CredentialKind.BROWSER, auth_time=NOW, acr="mfa"), "administrator_acts", "fresh"),
        (
            caller(R.ADMINISTRATOR, kind=CredentialKind.BROWSER, auth_time=NOW, acr="password"),
            "act_needs_step_up",
            "fresh, but not strong enough",
        ),
        (caller(R.ADMINISTRATOR, auth_time=NOW, acr="mfa"), "act_needs_step_up", "a personal key, whatever it says"),
    ],
)
def test_acts_of_weight_need_a_strong_and_fresh_login(who, rule, reason):
    """Roles, grants and reviews."""
    policy = Policy.load(freshness=Freshness(frozenset({"mfa"})))
    assert policy.decide_act(who, AdministrativeAct.MANAGE_ROLES, NOW).rule == rule, reason


def test_an_organisations_rule_closes_what_the_shipped_ones_open_and_is_named(tmp_path: Path):
    """Read after them; where both forbid, the shipped one is named."""
    (tmp_path / "nights.cedar").write_text(
        '@id("our_pharmacy") @reason("Our pharmacists ask by telephone.")'
        ' forbid (principal in Role::"pharmacist", action in Action::"question", resource);'
    )
    policy = Policy.load(extra=tmp_path)
    ask = [
        policy.decide(caller(role), PATIENT, between, P.TREAT, D.BAA, NOW).rule
        for role, between in (
            (R.PHARMACIST, STANDINGS["in force"]),
            (R.PHARMACIST, STANDINGS["none"]),
            (R.NURSE, STANDINGS["in force"]),
        )
    ]
    assert ask == ["our_pharmacy", "no_care_relation", "treatment_in_care"]


def test_an_organisations_folder_that_is_not_there_stops_the_service(tmp_path: Path):
    """It would silently drop what the organisation forbids."""
    with pytest.raises(ConfigurationError):
        Policy.load(extra=tmp_path / "gone")
