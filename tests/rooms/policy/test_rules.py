"""Reading the policies: what is refused at the start."""

import re
from pathlib import Path

import pytest

from phiward.domain.access import DataClass, DocumentField, DocumentKind
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import CredentialKind, PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.rules import PolicyText, parse_rules, read_rules, shipped_policies

SCHEMA = (shipped_policies() / "schema.cedarschema").read_text("utf-8")
GOOD = (
    '@id("one") @reason("Because.") permit (principal, action in Action::"question", resource)'
    'when { context.purpose == Purpose::"TREAT" };'
)
FORBIDS = '@id("ours") @reason("Ours.") forbid (principal in Role::"nurse", action, resource);'

BROKEN = [
    pytest.param("permit (principal, action", "parsed", id="not Cedar"),
    pytest.param("", "no policies", id="nothing"),
    pytest.param(GOOD.replace("TREAT", "TREET"), "schema", id="a purpose that does not exist"),
    pytest.param(GOOD.replace("principal,", 'principal in Role::"doctor",'), "schema", id="a role that does not exist"),
    pytest.param(GOOD.replace("context.purpose", "context.porpose"), "schema", id="a misspelt attribute"),
    pytest.param(GOOD.replace("context.purpose", "resource.in_care_of"), "schema", id="an attribute of some only"),
    pytest.param(GOOD.replace(' in Action::"question"', ""), "one.*purpose", id="a purpose of acts, which have none"),
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
        (tmp_path / "policies" / name).write_text(GOOD.replace("one", name.replace(".", "_")))
    assert [rule.id for rule in read_rules(tmp_path).rules] == ["a_cedar", "b_cedar"]


@pytest.mark.parametrize("given", ["No Mary Smith", "Ours", "über", "a" * 65, "1st", "a-b"])
def test_an_id_is_a_code_because_it_stands_in_the_log(given: str) -> None:
    """A name or a sentence would stand there in clear, for years."""
    with pytest.raises(ConfigurationError, match="@id"):
        parse_rules(SCHEMA, GOOD.replace("one", given))


def test_the_digest_tells_one_set_of_policies_from_another() -> None:
    """Any text, any name of a file, whose rule it is; and nothing else."""
    text = PolicyText("a.cedar", GOOD)
    sets = [
        parse_rules(SCHEMA, [text]),
        parse_rules(SCHEMA + "\n", [text]),
        parse_rules(SCHEMA, [PolicyText("b.cedar", GOOD)]),
        parse_rules(SCHEMA, [PolicyText("a.cedar", GOOD + " ")]),
        parse_rules(SCHEMA, [text, PolicyText("b.cedar", GOOD.replace("one", "two"))]),
    ]
    assert len({one.digest for one in sets}) == len(sets)
    assert parse_rules(SCHEMA, [text]).digest == sets[0].digest
    assert re.fullmatch(r"[0-9a-f]{64}", sets[0].digest)


def test_the_shipped_rules_are_short_and_each_says_why():
    """Files of one theme each, that a privacy officer can read."""
    rules = read_rules(shipped_policies()).rules
    files = {rule.file for rule in rules}
    assert all(sum(rule.file == file for rule in rules) <= 10 for file in files)
    assert all(rule.reason.endswith(".") and len(rule.reason) < 120 for rule in rules)
    assert [rule.cedar_id for rule in rules] == [f"policy{number}" for number in range(len(rules))]
    assert not any(rule.own for rule in rules)


@pytest.mark.parametrize(
    ("entity", "values"),
    [
        ("Role", list(Role)),
        ("Purpose", list(PurposeOfUse)),
        ("DestinationClass", list(DestinationClass)),
        ("Credential", list(CredentialKind)),
        ("DataClass", list(DataClass)),
        ("DocumentKind", list(DocumentKind)),
        ("DocumentField", list(DocumentField)),
    ],
)
def test_the_schema_lists_exactly_the_words_of_the_domain(entity: str, values: list[str]) -> None:
    """A new role in the code must be a decision of the policies as well."""
    line = next(line for line in SCHEMA.splitlines() if line.startswith(f"entity {entity} enum"))
    assert line.split("[")[1].rstrip("];") == ", ".join(f'"{one}"' for one in values)


def test_the_schema_knows_exactly_the_acts_of_the_domain() -> None:
    """Each is an action of its own."""
    listed = SCHEMA.split('action "administer";')[1].split("in [")[0]
    assert sorted(re.findall(r'"(\w+)"', listed)) == sorted(AdministrativeAct)


def ours(folder: Path, text: str = FORBIDS, name: str = "ours.cedar") -> Path:
    """A folder of an organisation with one file."""
    (folder / name).write_text(text)
    return folder


def test_an_organisations_rules_come_last_and_are_known_as_its_own(tmp_path: Path) -> None:
    """By file and by mark; hidden files, a table and notes may stand beside them."""
    for name in (".hidden", "golden.json", "README.md", "notes.txt"):
        (tmp_path / name).write_text("[]")
    rules = read_rules(shipped_policies(), ours(tmp_path)).rules
    assert (rules[-1].id, rules[-1].file, rules[-1].own) == ("ours", "ours.cedar", True)
    assert rules[-1].cedar_id == f"policy{len(rules) - 1}"
    assert not any(rule.own for rule in rules[:-1])


REFUSED = [
    (FORBIDS.replace("forbid", "permit"), "ours.cedar", "only forbid", "a permit would widen"),
    (
        '@widens("yes") ' + FORBIDS.replace("forbid", "permit"),
        "ours.cedar",
        "only forbid",
        "whatever it says of itself",
    ),
    (FORBIDS.replace('"ours"', '"no_care_relation"'), "ours.cedar", "same @id", "an id of a shipped rule"),
    (FORBIDS.replace('"nurse"', '"janitor"'), "ours.cedar", "schema", "a role that does not exist"),
    (FORBIDS.replace('@reason("Ours.")', ""), "ours.cedar", "ours.cedar", "no reason, and in which file"),
    (FORBIDS[:-1], "ours.cedar", "ours.cedar", "a rule that runs on into the next file"),
    (FORBIDS, "ours.cedr", "ours.cedr", "a misspelt ending would be passed over"),
]


@pytest.mark.parametrize(("text", "name", "word", "reason"), REFUSED)
def test_an_organisations_folder_that_is_not_sound_stops_the_service(
    tmp_path: Path, text: str, name: str, word: str, reason: str
) -> None:
    """It says what is wrong, and where."""
    with pytest.raises(ConfigurationError, match=re.escape(word)):
        read_rules(shipped_policies(), ours(tmp_path, text, name))


def test_an_empty_or_missing_folder_of_an_organisation_stops_the_service(tmp_path: Path) -> None:
    """A mount that failed must not drop what the organisation forbids."""
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ConfigurationError, match="organisation"):
            read_rules(shipped_policies(), folder)


def test_anything_but_a_plain_file_in_it_is_refused(tmp_path: Path) -> None:
    """A folder inside would be passed over; a file without end would be read."""
    (ours(tmp_path) / "more.cedar").mkdir()
    with pytest.raises(ConfigurationError, match=r"more\.cedar"):
        read_rules(shipped_policies(), tmp_path)
