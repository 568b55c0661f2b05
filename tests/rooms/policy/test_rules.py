"""Reading the policies: what is refused at the start."""

from pathlib import Path

import pytest

from phiward.domain.errors import ConfigurationError
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.rules import parse_rules, read_rules, shipped_policies

SCHEMA = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
GOOD = (
    '@id("one") @reason("Because.") permit (principal, action, resource)when { context.purpose == Purpose::"TREAT" };'
)

BROKEN = [
    pytest.param("permit (principal, action", "parsed", id="not Cedar"),
    pytest.param("", "no policies", id="nothing"),
    pytest.param(GOOD.replace("TREAT", "TREET"), "schema", id="a purpose that does not exist"),
    pytest.param(GOOD.replace("principal,", 'principal in Role::"doctor",'), "schema", id="a role that does not exist"),
    pytest.param(GOOD.replace("context.purpose", "context.porpose"), "schema", id="a misspelt attribute"),
    pytest.param(GOOD.replace("context.purpose", "resource.in_care_of"), "schema", id="an attribute of some only"),
    pytest.param(GOOD.replace('@id("one")', ""), "@id", id="no id"),
    pytest.param(GOOD.replace('@reason("Because.")', ""), "@reason", id="no reason"),
    pytest.param(GOOD.replace('"Because."', '""'), "@reason", id="an empty reason"),
    pytest.param(GOOD + GOOD, "same @id", id="one id twice"),
    pytest.param(GOOD.replace("(principal,", "(principal == ?principal,"), "template", id="a template"),
]


@pytest.mark.parametrize(("text", "word"), BROKEN)
def test_a_policy_that_is_not_sound_stops_the_service(text: str, word: str) -> None:
    """Cedar would skip a rule that errs; skipping a forbid permits."""
    with pytest.raises(ConfigurationError, match=word):
        parse_rules(SCHEMA, text)


def test_a_broken_schema_stops_the_service() -> None:
    """Nothing could be validated against it."""
    with pytest.raises(ConfigurationError, match="parsed"):
        parse_rules("entity", GOOD)


def test_a_missing_folder_stops_the_service(tmp_path: Path) -> None:
    """No policies is not the same as no rules."""
    with pytest.raises(ConfigurationError, match="read"):
        read_rules(tmp_path)


def test_the_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """So the first rule that forbids is always the same."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "schema.cedarschema").write_text(SCHEMA)
    for name in ("b.cedar", "a.cedar", "readme.txt"):
        (tmp_path / "policies" / name).write_text(GOOD.replace("one", name))
    assert [rule.id for rule in read_rules(tmp_path).rules] == ["a.cedar", "b.cedar"]


def test_the_shipped_rules_are_few_and_each_says_why() -> None:
    """A dozen sentences that a privacy officer can read."""
    rules = read_rules(shipped_policies()).rules
    assert len(rules) <= 12
    assert all(rule.reason.endswith(".") and len(rule.reason) < 120 for rule in rules)
    assert [rule.cedar_id for rule in rules] == [f"policy{number}" for number in range(len(rules))]


@pytest.mark.parametrize(
    ("entity", "values"),
    [("Role", list(Role)), ("Purpose", list(PurposeOfUse)), ("DestinationClass", list(DestinationClass))],
)
def test_the_schema_lists_exactly_the_words_of_the_domain(entity: str, values: list[str]) -> None:
    """A new role in the code must be a decision of the policies as well."""
    line = next(line for line in SCHEMA.splitlines() if line.startswith(f"entity {entity} enum"))
    assert line.split("[")[1].rstrip("];") == ", ".join(f'"{one}"' for one in values)
