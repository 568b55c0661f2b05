"""Reading the policies: parsed, validated against the schema, each with an id and a reason in plain words.

A policy that fails any of this stops the service. Cedar would otherwise skip a rule that errs, and
skipping a `forbid` permits. An organisation's own rules stand in a folder of its own, are read after the
shipped ones, and may only forbid.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import cedarpy

from phiward.domain.errors import ConfigurationError

GOLDEN_FILE = "golden.json"
MOST_ERRORS = 5
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CEDAR_ID = re.compile(r"\bpolicy\d+\b")
_BESIDE = (".md", ".txt")
MOST_BYTES = 1_048_576
"""Of one file of policies."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy. `cedar_id` is the position that Cedar reports: policy0, policy1, … `file` is where it stands.

    `own`: it is the organisation's, not one of those that are shipped.
    """

    cedar_id: str
    id: str
    effect: Literal["permit", "forbid"]
    reason: str
    file: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The policies in the order of their files and lines, ready to be evaluated.

    `digest`: SHA-256, in hexadecimal, of the schema and of every file with its name; equal where all of them are.
    """

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    rules: tuple[Rule, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One file of policies."""

    file: str
    text: str
    own: bool = False


def shipped_policies() -> Traversable:
    """The folder of the policies that come with this package."""
    return files(__package__)


def read_rules(folder: Traversable, extra: Path | None = None) -> RuleBook:
    """Read `schema.cedarschema` and `policies/*.cedar`, then `*.cedar` of an organisation's folder `extra`.

    Raises ConfigurationError naming what is wrong.
    """
    try:
        schema_text = (folder / "schema.cedarschema").read_text("utf-8")
        paths = sorted((folder / "policies").iterdir(), key=lambda path: path.name)
        texts = [PolicyText(path.name, path.read_text("utf-8")) for path in paths if path.name.endswith(".cedar")]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("The policies cannot be read.") from error
    return parse_rules(schema_text, texts + ([] if extra is None else organisation_texts(extra)))


def organisation_texts(folder: Path) -> list[PolicyText]:
    """The files of an organisation's folder, in the order of their names.

    Raises ConfigurationError for a folder without policies, which would silently drop what it should forbid (a mount
    that failed), and for a file that is none and would be passed over (a misspelt ending).
    """
    try:
        paths = sorted((one for one in folder.iterdir() if not one.name.startswith(".")), key=lambda one: one.name)
        wrong = [one.name for one in paths if not _expected(one)]
        if wrong:
            raise ConfigurationError(
                f"The organisation's folder of policies holds {wrong[0]!r}; only *.cedar, {GOLDEN_FILE}, *.md and *.txt"
                " belong there."
            )
        texts = [PolicyText(one.name, one.read_text("utf-8"), own=True) for one in paths if one.suffix == ".cedar"]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("The organisation's folder of policies cannot be read.") from error
    if not texts:
        raise ConfigurationError("The organisation's folder of policies holds no *.cedar file; name no folder instead.")
    return texts


def _expected(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return False
    return path.name == GOLDEN_FILE or path.suffix in (".cedar", *_BESIDE)


def parse_rules(schema_text: str, texts: str | Sequence[PolicyText]) -> RuleBook:
    """Parse and validate. Raises ConfigurationError naming what is wrong, and in which file."""
    given = [PolicyText("", texts)] if isinstance(texts, str) else texts
    try:
        schema = cedarpy.Schema.from_str(schema_text)
    except ValueError as error:
        raise ConfigurationError(f"The schema of the policies cannot be parsed: {error}") from error
    rules: list[Rule] = []
    for one in given:
        rules += _rules(one, len(rules))
    text = "\n".join(one.text for one in given)
    if not rules:
        raise ConfigurationError("There are no policies.")
    _refuse_repeated(rules)
    checked = cedarpy.validate_policies(text, schema)
    if not checked.validation_passed:
        raise ConfigurationError("A policy contradicts the schema: " + _worded(checked.errors, rules))
    return RuleBook(cedarpy.PolicySet.from_str(text), schema, tuple(rules), _digest(schema_text, given))


def _digest(schema_text: str, texts: Sequence[PolicyText]) -> str:
    """Of JSON, so that no two sets of files run into one text."""
    whole = [schema_text, [[one.file, one.text, one.own] for one in texts]]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _rules(text: PolicyText, before: int) -> list[Rule]:
    """The rules of one file; each file must be whole, so that none can run on into the next."""
    where = f" ({text.file})" if text.file else ""
    try:
        parsed: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(text.text))
    except ValueError as error:
        raise ConfigurationError(f"The policies{where} cannot be parsed: {error}") from error
    if parsed["templates"] or parsed["templateLinks"]:
        raise ConfigurationError(f"The policies{where} hold a template; write each rule out.")
    found = parsed["staticPolicies"]
    rules = []
    for cedar_id in sorted(found, key=_position):
        policy, position = found[cedar_id], _position(cedar_id)
        notes = policy.get("annotations") or {}
        if not notes.get("id") or not notes.get("reason"):
            raise ConfigurationError(f"A policy{where} has no @id or no @reason (policy {position + 1} of its file).")
        if _ID.fullmatch(notes["id"]) is None:
            raise ConfigurationError(
                f"An @id{where} is 1 to 64 of a-z, 0-9 and _, because it stands in the log (policy {position + 1})."
            )
        if text.own and policy["effect"] != "forbid":
            raise ConfigurationError(
                f"The rule {notes['id']!r}{where} permits. An organisation's own rules may only forbid: what they could"
                " permit, nobody here has tested."
            )
        rules.append(
            Rule(f"policy{before + position}", notes["id"], policy["effect"], notes["reason"], text.file, text.own)
        )
    return rules


def _worded(errors: Sequence[object], rules: Sequence[Rule]) -> str:
    """The first few, each rule by the id that its author gave it."""
    ids = {rule.cedar_id: rule.id for rule in rules}
    said = [_CEDAR_ID.sub(lambda found: ids.get(found[0], found[0]), str(error)) for error in errors[:MOST_ERRORS]]
    return "; ".join(said) + ("; and more." if len(errors) > MOST_ERRORS else "")


def _position(cedar_id: str) -> int:
    return int(cedar_id.removeprefix("policy"))


def _refuse_repeated(rules: Sequence[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ConfigurationError(f"Two policies have the same @id: {rule.id!r}.")
        seen.add(rule.id)
