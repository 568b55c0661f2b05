"""`phiward policy`: run as an administrator runs it, and the way from rows of the database to facts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import typer
from typer.testing import CliRunner

from phiward.adapters.postgres.registry import PersonRow
from phiward.cli import policy as module
from phiward.cli.common import run as run_coroutine
from phiward.domain.access import DataClass, RelationSource
from phiward.domain.administration import AccessRow, ConsentEntry
from phiward.domain.patients import PatientRef
from phiward.domain.people import PersonId
from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
ME, PATIENT, TENANT = PersonId(uuid4()), PatientRef(uuid4()), uuid4()
FORBIDS = '@id("ours") @reason("Ours.") forbid (principal in Role::"pharmacist", action, resource);'


def run(*words: str, stdin: str | None = None) -> Any:
    """The command, in this process."""
    return CliRunner().invoke(module.app, list(words), input=stdin)


def test_the_shipped_rules_hold_and_each_is_shown():
    """For people and for programs."""
    told = json.loads(run("check", "--json").stdout)
    assert told["holds"] is True
    assert told["other"] == []
    assert {"effect", "rule", "reason", "file", "own"} == told["rules"][0].keys()
    shown = run("check")
    assert shown.exit_code == 0
    for rule in told["rules"]:
        assert f"{rule['effect']:6} {rule['rule']}: {rule['reason']}\n" in shown.stdout


def test_an_organisations_rule_is_shown_with_what_it_closes(tmp_path: Path):
    """It narrows, and that holds."""
    (tmp_path / "ours.cedar").write_text(FORBIDS)
    ran = run("check", str(tmp_path), "--json")
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["holds"], told["rules"][-1]["own"]) == (0, True, True)
    assert {one["result"] for one in told["other"]} == {"narrowed"}
    assert {one["decided"] for one in told["other"]} == {"ours"}


def test_an_organisations_own_table_that_does_not_hold_exits_with_1(tmp_path: Path):
    """Its people said otherwise."""
    (tmp_path / "ours.cedar").write_text(FORBIDS)
    row = {"because": "B.", "roles": ["nurse"], "patient": False, "allowed": False, "rule": "ours"}
    (tmp_path / "golden.json").write_text(json.dumps([row]))
    ran = run("check", str(tmp_path))
    assert ran.exit_code == 1
    assert "wrong" in ran.stdout


def test_the_folder_that_the_gateway_uses_is_checked_unless_another_is_named(tmp_path: Path, monkeypatch):
    """What is checked is what runs; an explanation as well."""
    (tmp_path / "ours.cedar").write_text(FORBIDS)
    monkeypatch.setenv("PHIWARD_POLICY_DIR", str(tmp_path))
    assert json.loads(run("check", "--json").stdout)["rules"][-1]["rule"] == "ours"
    case = {"roles": ["pharmacist"], "patient": False}
    assert json.loads(run("explain", "--facts", "-", "--json", stdin=json.dumps(case)).stdout)["rule"] == "ours"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("ours.cedar", FORBIDS.replace("forbid", "permit"), "a permit"),
        ("ours.cedar", "forbid", "no rule"),
        ("ours.txt", FORBIDS, "no rule at all"),
        ("golden.json", "{", "a broken table and no rule"),
    ],
)
def test_an_unsound_folder_exits_with_2(tmp_path: Path, name: str, text: str, reason: str):
    """It cannot be told what would hold."""
    (tmp_path / name).write_text(text)
    ran = run("check", str(tmp_path))
    assert ran.exit_code == 2, reason
    assert "What to do" in ran.stderr


CASES = [
    ({"roles": ["nurse"], "relations": ["CareTeam"]}, 0, "treatment_in_care", "allowed"),
    ({"roles": ["nurse"]}, 1, "no_care_relation", "not allowed"),
    (
        {"roles": ["billing"], "relations": ["CareTeam"], "purpose": "HPAYMT", "document": {"kind": "result"}},
        1,
        "default_deny",
        "titles only",
    ),
    ({"roles": ["administrator"], "act": "manage_keys"}, 0, "administrator_acts", "an act"),
]


@pytest.mark.parametrize(("case", "code", "rule", "reason"), CASES)
def test_a_case_is_explained_by_the_rule_that_decides(tmp_path: Path, case, code, rule, reason):
    """From a file or from the input; no database is asked."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case))
    ran = run("explain", "--facts", str(file), "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["rule"]) == (code, rule), reason
    words = run("explain", "--facts", "-", stdin=json.dumps(case))
    assert words.exit_code == code
    assert rule in words.stdout
    assert "Facts" in words.stdout


def test_what_agrees_and_what_may_be_read_is_told():
    """All rules that forbid, and the fields."""
    case = {
        "roles": ["nurse"],
        "relations": ["Panel"],
        "restricted": True,
        "document": {"kind": "result", "classes": ["hiv"]},
    }
    ran = run("explain", "--facts", "-", stdin=json.dumps(case))
    assert "Rules that say the same: hiv_data." in ran.stdout
    assert "Fields that may be read: none." in ran.stdout


@pytest.mark.parametrize(
    ("words", "stdin", "reason"),
    [
        (("explain",), "", "nobody asks"),
        (("explain", "--facts", "gone.json"), "", "no file"),
        (("explain", "--facts", "-"), "{", "no JSON"),
        (("explain", "--facts", "-"), '{"roles": ["janitor"]}', "a role that nobody has"),
        (("explain", "--as", "dr", "--document", "result"), "", "a document of nobody"),
        (("explain", "--as", "dr", "--purpose", "TREET"), "", "a purpose that does not exist"),
    ],
)
def test_bad_use_exits_with_2_and_repeats_nothing(words, stdin, reason):
    """In words."""
    ran = run(*words, stdin=stdin)
    assert ran.exit_code == 2, reason
    assert "janitor" not in ran.stderr + ran.stdout


def row(source: str, **more: Any) -> AccessRow:
    """A relation of mine, as the access report lists it."""
    made = AccessRow(ME, "dr", ("physician",), PATIENT, source, NOW - DAY, None, None, None, None, (), False, False)
    return replace(made, **more)


def consent(number: int, data_class: str = "hiv", **more: Any) -> ConsentEntry:
    """A consent to treatment, in force."""
    made = ConsentEntry(UUID(int=number), PATIENT, data_class, "TREAT", NOW - DAY, NOW + DAY, None)
    return replace(made, **more)


class House:
    """The registrar's parts that the command asks."""

    def __init__(self, *rows: AccessRow, consents: tuple[ConsentEntry, ...] = ()) -> None:
        self.rows, self.given, self.asked, self.active = rows, consents, 0, True

    async def who_may_see(self, tenant: UUID, patient: UUID) -> tuple[AccessRow, ...]:
        """On record."""
        assert (tenant, patient) == (TENANT, PATIENT)
        self.asked += 1
        return self.rows

    async def consents(self, tenant: UUID, after: UUID, limit: int = 2) -> tuple[ConsentEntry, ...]:
        """Pages of two."""
        return tuple(sorted((one for one in self.given if one.id > after), key=lambda one: one.id))[:limit]

    async def person_by_login(self, tenant: UUID, login: str) -> PersonId:
        """There is one."""
        return ME

    async def people(self, tenant: UUID) -> tuple[PersonRow, ...]:
        """With a role that this version does not know."""
        return (PersonRow(ME, "dr", ("physician", "wizard"), None, self.active),)

    async def patient_by_reference(self, tenant: UUID, reference: str) -> PatientRef:
        """There is one."""
        return PATIENT


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch):
    """Asks `house` instead of a database."""

    def opened(made: House) -> House:
        registrar = SimpleNamespace(tenant=TENANT, registry=made, reports=made, access=SimpleNamespace(grants=made))
        monkeypatch.setattr(module, "with_registrar", lambda work: module_run(work, registrar))
        return made

    return opened


def module_run(work: Any, registrar: Any) -> Any:
    """As `with_registrar` does, errors of the house included."""
    return run_coroutine(work(registrar))


async def test_a_standing_is_what_the_report_and_the_consents_say():
    """Of this person and patient, in force; a word that this version does not know opens nothing."""
    house = House(
        row("CareTeam"),
        row("manual", classes=("hiv", "telepathy"), grant=UUID(int=5)),
        row("Telepathy"),
        row("Encounter", person=uuid4()),
        consents=(
            consent(1),
            consent(2, "part2", patient=uuid4()),
            consent(3, "part2", revoked_at=NOW),
            consent(4, "genetic", ends_at=NOW),
            consent(5, "telepathy"),
            consent(6, "minor"),
        ),
    )
    got = await module.standing_of(house, house, TENANT, ME, PATIENT, NOW)
    assert [one.source for one in got.relations] == [RelationSource.CARE_TEAM, RelationSource.MANUAL]
    assert got.relations[1].classes == {DataClass.HIV}
    assert [one.data_class for one in got.consents] == [DataClass.HIV, DataClass.MINOR]
    assert not got.restricted


async def test_the_flag_of_the_record_is_told():
    """By any row of mine."""
    house = House(row("Panel", restricted=True))
    assert (await module.standing_of(house, house, TENANT, ME, PATIENT, NOW)).restricted


@pytest.mark.parametrize(
    ("words", "rule", "reason"),
    [
        (("--patient", "123"), "treatment_in_care", "as she is"),
        (("--patient", "-"), "treatment_in_care", "the reference kept out of the list of processes"),
        ((), "treatment_without_patient", "about nobody"),
        (("--patient", "1", "--document", "result", "--class", "hiv"), "hiv_data", "a document"),
        (("--patient", "1", "--purpose", "ETREAT", "--service"), "emergency_not_open", "a service in an emergency"),
        (("--patient", "1", "--scope", "openid"), "scope_does_not_read", "a scope that does not read"),
        (("--patient", "1", "--scope", "patient/*.rs"), "treatment_in_care", "a scope for the patient in context"),
        (("--patient", "1", "--credential", "delegated"), "scope_does_not_read", "a token without scopes"),
        (("--act", "request_emergency"), "clinician_requests_emergency", "an act"),
        (("--act", "manage_roles", "--fresh"), "default_deny", "an act that is not hers"),
    ],
)
def test_a_persons_question_is_explained_from_what_the_database_knows(house, words, rule, reason):
    """And asking about a patient goes through the access report, which is on record."""
    made = house(House(row("CareTeam")))
    ran = run("explain", "--as", "dr", *words, "--json", stdin="123\n")
    assert json.loads(ran.stdout)["rule"] == rule, reason
    assert made.asked == ("--patient" in words)
    assert json.loads(ran.stdout)["facts"]["roles"] == ["physician"]


def test_a_deactivated_person_is_no_question_of_rules(house):
    """She is refused before any rule is asked."""
    house(House()).active = False
    ran = run("explain", "--as", "dr")
    assert ran.exit_code == 2
    assert "deactivated" in ran.stderr


def test_an_installation_explains_its_own_people_and_patients(installation: Installation):
    """With a real database: a stranger, then a grant that opens one class; and the question is on record."""
    patient = patient_of(installation)
    nurse = person(installation, "nurse.explained", "nurse")
    asked = ("policy", "explain", "--as", nurse, "--patient", "-", "--document", "result", "--class", "hiv", "--json")
    assert installation.run(*asked, stdin=patient).told["rule"] == "no_care_relation"
    officer = person(installation, "officer.explained", "privacy_officer")
    until = (NOW + 9 * DAY).date().isoformat()
    words = ("--basis", "consult", "--approver", officer, "--until", until, "--data-class", "hiv", "--reason-file", "-")
    granted = installation.run("grant", "add", nurse, patient, *words, stdin="Asked to look.")
    assert granted.code == 0, granted.err
    ran = installation.run(*asked, stdin=patient)
    assert (ran.code, ran.told["rule"]) == (0, "documents_for_treatment")
    assert ran.told["facts"]["granted"] == ["hiv"]


def test_nobody_and_no_patient_cannot_be_explained(installation: Installation):
    """An unknown login and an unknown reference."""
    for words in (("--as", "nobody"), ("--as", "dr.test", "--patient", "99999999")):
        assert installation.run("policy", "explain", *words).code == 2


def test_the_commands_are_two():
    """As the documents list them."""
    assert sorted(typer.main.get_command(module.app).commands) == ["check", "explain"]
