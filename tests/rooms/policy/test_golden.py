"""The golden table that is shipped, and what an organisation's rules may do to it."""

import json
from pathlib import Path

import pytest

from phiward.domain.errors import InvalidRequestError
from phiward.policy.decide import Policy
from phiward.policy.golden import Result, check, read_golden
from phiward.policy.rules import shipped_policies
from tests.rooms.policy.people import NOW

TABLE = read_golden(shipped_policies(), NOW)
POLICY = Policy.load()
ROW = {"because": "B.", "roles": ["nurse"], "relations": ["CareTeam"], "allowed": True, "rule": "treatment_in_care"}


def test_every_golden_decision_holds():
    """What the log will say, row by row, each with a reason that people gave."""
    wrong = [
        (one.golden.because, one.golden.rule, one.rule)
        for one in check(POLICY, TABLE, NOW)
        if one.result is not Result.HOLDS
    ]
    assert wrong == []


def test_every_shipped_rule_decides_in_some_row():
    """A rule that never decides is a rule nobody tested. One opens titles only, and a row shows those."""
    deciding = {row.rule for row in TABLE}
    assert {rule.id for rule in POLICY.rules} - deciding == {"clinical_titles_for_payment"}
    assert any(row.fields == {"title", "date"} for row in TABLE)


def test_no_question_stands_in_the_table_twice():
    """Two rows could contradict each other."""
    rows = json.loads((shipped_policies() / "golden.json").read_text("utf-8"))
    asked = [json.dumps({k: v for k, v in row.items() if k not in ("because", "rule", "allowed")}) for row in rows]
    assert len(set(asked)) == len(asked)


def results(folder: Path, text: str) -> dict[Result, int]:
    """How often each result comes with an organisation's rule."""
    (folder / "ours.cedar").write_text(text)
    got = [one.result for one in check(Policy.load(extra=folder), TABLE, NOW)]
    return {result: got.count(result) for result in Result}


def test_an_organisations_rule_that_closes_is_told(tmp_path: Path):
    """It is what such a folder is for."""
    got = results(tmp_path, '@id("x") @reason("X.") forbid (principal in Role::"pharmacist", action, resource);')
    assert got[Result.NARROWED] > 0
    assert got[Result.WRONG] == 0


def test_one_that_closes_a_single_field_is_told_as_well(tmp_path: Path):
    """The text stays open, the title does not."""
    rule = 'forbid (principal, action == Action::"read_document", resource)'
    got = results(tmp_path, f'@id("x") @reason("X.") {rule} when {{ context.field == DocumentField::"title" }};')
    assert got[Result.NARROWED] > 0
    assert got[Result.WRONG] == 0


def test_one_that_errs_is_wrong(tmp_path: Path):
    """Everybody would be locked out."""
    when = "when { 9223372036854775807 + context.now.toTime().toMilliseconds() > 0 }"
    got = results(tmp_path, f'@id("x") @reason("X.") forbid (principal, action, resource) {when};')
    assert got[Result.WRONG] == len(TABLE)


def test_rules_that_changed_without_anybody_saying_so_are_wrong():
    """Without an organisation's rule nothing can narrow."""
    (row,) = [one for one in TABLE if one.rule == "clinician_requests_emergency"]
    other = type(row)(row.because, row.case, not row.allowed, row.rule)
    titles = next(one for one in TABLE if one.fields == {"title", "date"})
    fewer = type(titles)("B.", titles.case, titles.allowed, titles.rule, frozenset({"title", "date", "text"}))
    assert [one.result for one in check(POLICY, [other, fewer], NOW)] == [Result.WRONG, Result.WRONG]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("{", "golden.json", "no JSON"),
        ("{}", "golden.json", "no list"),
        ("[7]", "row 1", "no object"),
        (json.dumps([ROW, {**ROW, "because": ""}]), "row 2", "no reason"),
        (json.dumps([{**ROW, "allowed": "yes"}]), "row 1", "a word instead of a truth"),
        (json.dumps([{**ROW, "roles": ["janitor"]}]), "roles", "a role that nobody has"),
        (json.dumps([{**ROW, "fields": ["text"]}]), "row 1", "fields without a document"),
        (json.dumps([{**ROW, "document": {"kind": "result"}}]), "row 1", "a document without fields"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_by_its_place(tmp_path: Path, text, place, reason):
    """A row that was passed over would check nothing."""
    (tmp_path / "golden.json").write_text(text)
    with pytest.raises(InvalidRequestError) as refused:
        read_golden(tmp_path, NOW)
    assert place in str(refused.value.param), reason


def test_an_organisation_may_have_a_table_of_its_own_or_none(tmp_path: Path):
    """Beside its rules."""
    assert read_golden(tmp_path, NOW) == ()
    (tmp_path / "golden.json").write_text(json.dumps([ROW]))
    assert [one.result for one in check(POLICY, read_golden(tmp_path, NOW), NOW)] == [Result.HOLDS]
