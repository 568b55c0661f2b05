"""Golden decisions: cases whose answer people decided, each with its reason, and whether the rules still give it.

The table `golden.json` that is shipped holds for the shipped rules. An organisation's rules may close what it opens,
and that is told; they may not open, nor err.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any

from phiward.domain.errors import InvalidRequestError
from phiward.policy.cases import Case, read_case
from phiward.policy.decide import Policy
from phiward.policy.explain import explain
from phiward.policy.rules import GOLDEN_FILE


class Result(StrEnum):
    """What became of a golden decision."""

    HOLDS = "holds"
    NARROWED = "narrowed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Golden:
    """`fields` are those of a document that may be read; None where the case is about no document."""

    because: str
    case: Case
    allowed: bool
    rule: str
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A golden decision, and what the rules say now."""

    golden: Golden
    result: Result
    rule: str


def read_golden(folder: Traversable, now: datetime) -> tuple[Golden, ...]:
    """The table in a folder; empty where there is none. Raises InvalidRequestError naming the row."""
    file = folder / GOLDEN_FILE
    try:
        if not file.is_file():
            return ()
        rows = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidRequestError("The golden decisions cannot be read.", param=GOLDEN_FILE) from error
    if not isinstance(rows, list):
        raise InvalidRequestError("The golden decisions are a list.", param=GOLDEN_FILE)
    return tuple(_row(row, f"{GOLDEN_FILE}, row {number}", now) for number, row in enumerate(rows, start=1))


def _row(row: Any, place: str, now: datetime) -> Golden:
    if not isinstance(row, dict):
        raise InvalidRequestError("A row is an object.", param=place)
    left = dict(row)
    because, allowed, rule, fields = (left.pop(name, None) for name in ("because", "allowed", "rule", "fields"))
    if not isinstance(because, str) or not because or not isinstance(allowed, bool) or not isinstance(rule, str):
        raise InvalidRequestError("A row says because, allowed and rule.", param=place)
    try:
        case = read_case(left, now)
    except InvalidRequestError as error:
        raise InvalidRequestError(str(error), param=f"{place}, {error.param}") from error
    if (case.document is None) != (fields is None):
        raise InvalidRequestError("A row about a document, and no other, says its fields.", param=place)
    return Golden(because, case, allowed, rule, None if fields is None else frozenset(map(str, fields)))


def check(policy: Policy, table: Sequence[Golden], now: datetime) -> tuple[Checked, ...]:
    """What the rules of `policy` say to each row."""
    own = {rule.id for rule in policy.rules if rule.own}
    return tuple(_checked(policy, row, own, now) for row in table)


def _checked(policy: Policy, row: Golden, own: set[str], now: datetime) -> Checked:
    said = explain(policy, row.case, now)
    rule = said.verdict.rule
    fields = None if said.fields is None else frozenset(map(str, said.fields))
    if (said.allowed, rule, fields) == (row.allowed, row.rule, row.fields):
        return Checked(row, Result.HOLDS, rule)
    narrower = said.allowed <= row.allowed and (fields or frozenset()) <= (row.fields or frozenset())
    narrowed = narrower and bool(own) and rule in own | {row.rule}
    return Checked(row, Result.NARROWED if narrowed else Result.WRONG, rule)
