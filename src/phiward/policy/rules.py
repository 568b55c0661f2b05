"""Reading the policies: parsed, validated against the schema, each with an id and a reason in plain words.

A policy that fails any of this stops the service. Cedar would otherwise skip a rule that errs, and
skipping a `forbid` permits.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import cedarpy

from phiward.domain.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy. `cedar_id` is the position that Cedar reports: policy0, policy1, …"""

    cedar_id: str
    id: str
    effect: Literal["permit", "forbid"]
    reason: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The policies in the order of their files and lines, ready to be evaluated."""

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    rules: tuple[Rule, ...]


def shipped_policies() -> Traversable:
    """The folder of the policies that come with this package."""
    return files(__package__)


def read_rules(folder: Traversable) -> RuleBook:
    """Read `schema.cedarschema` and `policies/*.cedar`. Raises ConfigurationError naming what is wrong."""
    try:
        schema_text = (folder / "schema.cedarschema").read_text("utf-8")
        paths = sorted((folder / "policies").iterdir(), key=lambda path: path.name)
        text = "\n".join(path.read_text("utf-8") for path in paths if path.name.endswith(".cedar"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("The policies cannot be read.") from error
    return parse_rules(schema_text, text)


def parse_rules(schema_text: str, text: str) -> RuleBook:
    """Parse and validate. Raises ConfigurationError naming what is wrong."""
    try:
        schema = cedarpy.Schema.from_str(schema_text)
        policies = cedarpy.PolicySet.from_str(text)
        parsed: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise ConfigurationError(f"The policies cannot be parsed: {error}") from error
    if parsed["templates"] or parsed["templateLinks"]:
        raise ConfigurationError("The policies hold a template; write each rule out.")
    rules = _named(parsed["staticPolicies"])
    checked = cedarpy.validate_policies(text, schema)
    if not checked.validation_passed:
        raise ConfigurationError("A policy contradicts the schema: " + "; ".join(map(str, checked.errors)))
    return RuleBook(policies, schema, rules)


def _named(parsed: dict[str, Any]) -> tuple[Rule, ...]:
    rules = []
    for cedar_id in sorted(parsed, key=lambda one: int(one.removeprefix("policy"))):
        policy = parsed[cedar_id]
        notes = policy.get("annotations") or {}
        if not notes.get("id") or not notes.get("reason"):
            raise ConfigurationError(f"A policy has no @id or no @reason ({cedar_id}, counted from policy0).")
        rules.append(Rule(cedar_id, notes["id"], policy["effect"], notes["reason"]))
    if not rules:
        raise ConfigurationError("There are no policies.")
    if len({rule.id for rule in rules}) != len(rules):
        raise ConfigurationError("Two policies have the same @id.")
    return tuple(rules)
