"""Why a question is answered as it is."""

from pathlib import Path

import pytest

from phiward.domain.access import DocumentField
from phiward.policy.cases import read_case
from phiward.policy.decide import DEFAULT_DENY, POLICY_ERROR, Policy
from phiward.policy.explain import explain
from phiward.policy.rules import parse_rules, shipped_policies
from tests.rooms.policy.people import NOW
from tests.rooms.policy.test_decide import ERRS

POLICY = Policy.load()


def test_every_rule_that_agrees_is_named():
    """The first decides; the others would still forbid if it went."""
    case = read_case({"roles": ["nurse"], "purpose": "ETREAT", "destination": "no_baa", "service": True}, NOW)
    said = explain(POLICY, case, NOW)
    assert [rule.id for rule in said.led] == [
        "no_care_relation",
        "emergency_not_open",
        "emergency_by_service",
        "emergency_without_agreement",
    ]
    assert not said.allowed
    assert said.facts == {
        "roles": ["nurse"],
        "credential": "browser",
        "acting_service": True,
        "in_care": False,
        "direct_care": False,
        "own_record": False,
        "proxy": False,
        "emergency": False,
        "restricted": False,
        "purpose": "ETREAT",
        "destination": "no_baa",
        "may_read": True,
    }


def test_a_document_is_explained_by_its_text_and_its_open_fields():
    """And by the classes that consents and grants open."""
    given = {
        "roles": ["billing"],
        "relations": [{"source": "manual", "classes": ["hiv"]}],
        "consents": [{"class": "part2", "purpose": "HPAYMT"}],
        "purpose": "HPAYMT",
        "document": {"kind": "result", "classes": ["hiv"]},
    }
    said = explain(POLICY, read_case(given, NOW), NOW)
    assert (said.verdict, said.fields) == (DEFAULT_DENY, (DocumentField.TITLE, DocumentField.DATE))
    assert (said.facts["consented"], said.facts["granted"]) == (["part2"], ["hiv"])


def test_an_act_is_explained_without_a_patient():
    """By role, credential and step-up."""
    said = explain(POLICY, read_case({"roles": ["administrator"], "act": "manage_roles"}, NOW), NOW)
    assert [rule.id for rule in said.led] == ["act_needs_step_up"]
    assert said.facts["step_up"] is False
    assert "in_care" not in said.facts


@pytest.mark.parametrize("more", [{}, {"document": {"kind": "result"}}, {"act": "manage_keys"}])
def test_a_rule_that_errs_is_told_as_such(more):
    """Not as a refusal of somebody's making."""
    schema = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
    said = explain(Policy(parse_rules(schema, ERRS)), read_case({"roles": ["nurse"], **more}, NOW), NOW)
    assert (said.verdict, said.led) == (POLICY_ERROR, ())


def test_a_rule_that_errs_for_one_field_only_is_told_as_well():
    """The title could not be decided, although the text was."""
    schema = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
    text = ERRS.replace("forbid (principal, action,", 'forbid (principal, action == Action::"read_document",')
    text = text.replace("when { ", 'when { context.field == DocumentField::"title" && ')
    case = read_case({"roles": ["nurse"], "document": {"kind": "result"}}, NOW)
    assert explain(Policy(parse_rules(schema, text)), case, NOW).verdict == POLICY_ERROR


def test_an_organisations_rule_is_marked(tmp_path: Path):
    """So that a privacy officer knows whom to ask."""
    (tmp_path / "ours.cedar").write_text('@id("ours") @reason("Ours.") forbid (principal, action, resource);')
    said = explain(Policy.load(extra=tmp_path), read_case({"roles": ["nurse"], "patient": False}, NOW), NOW)
    assert [(rule.id, rule.own, rule.file) for rule in said.led] == [("ours", True, "ours.cedar")]
