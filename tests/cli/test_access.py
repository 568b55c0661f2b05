"""`phiward access`."""

import pytest

from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation


@pytest.mark.parametrize("words", [(), ("--person", "dr.test", "--patient", "1")])
def test_a_report_is_about_a_person_or_about_a_patient(installation: Installation, words: tuple[str, ...]) -> None:
    """Exactly one."""
    ran = installation.run("access", "report", *words)
    assert (ran.code, "--person or --patient" in ran.err) == (2, True)


def test_a_report_about_nobody_is_bad_use(installation: Installation) -> None:
    """An unknown login, an unknown patient."""
    assert installation.run("access", "report", "--person", "nobody").code == 2
    assert installation.run("access", "report", "--patient", "99999999").code == 2


def test_a_report_begins_with_a_sentence_and_lists_every_reason(installation: Installation) -> None:
    """For people as a table, for programs as JSON; the flag is told."""
    reference, nurse = patient_of(installation), person(installation, "report.test", "nurse")
    installation.json("relation", "unit", "add", "Panel R", "--kind", "panel")
    installation.json("relation", "unit", "add-member", "Panel R", nurse)
    installation.json("relation", "unit", "add-patient", "Panel R", reference)
    told = installation.json("access", "report", "--patient", reference)
    (row,) = (one for one in told["rows"] if one["login"] == nurse)
    assert (row["source"], row["roles"], row["closed_by_flag"]) == ("Panel", ["nurse"], False)
    assert "by panel" in told["summary"]
    ran = installation.run("access", "report", "--patient", reference)
    assert ran.out.splitlines()[0].startswith(told["summary"][:30])
    assert nurse in ran.out
    assert installation.json("access", "restrict", reference) == {"restricted": True, "before": False}
    assert "shuts out 1 more" in installation.json("access", "report", "--patient", reference)["summary"]
    assert installation.json("access", "restrict", reference, "--off") == {"restricted": False, "before": True}
