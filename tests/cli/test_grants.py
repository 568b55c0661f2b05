"""`phiward grant`."""

from datetime import UTC, datetime, timedelta

from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation

NEXT_MONTH = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
REASON = "Zelda asked for a second opinion"


def test_a_grant_needs_another_persons_approval_and_an_end(installation: Installation) -> None:
    """Exit code 2, and the reason is in no message."""
    reference, consultant = patient_of(installation), person(installation, "consult.test", "physician")
    person(installation, "officer.test", "privacy_officer")
    base = ("grant", "add", consultant, reference, "--basis", "consult", "--reason-file", "-")
    for more, place in (
        (("--approver", consultant, "--until", NEXT_MONTH), "approver"),
        (("--approver", "officer.test", "--until", "2999-01-01"), "ends_at"),
        (("--approver", "officer.test", "--until", "2001-01-01"), "ends_at"),
    ):
        ran = installation.run(*base, *more, stdin=REASON)
        assert (ran.code, place in ran.err) == (2, True), ran
        assert "Zelda" not in ran.err + ran.out
    made = installation.run(*base, "--approver", "officer.test", "--until", NEXT_MONTH, "--json", stdin=REASON)
    assert made.told["kind"] == "manual"
    listed = installation.run("grant", "list", "--json")
    (row,) = (one for one in listed.told if one["id"] == made.told["grant"])
    assert (row["basis"], row["revoked_at"]) == ("consult", None)
    assert "Zelda" not in listed.out
    installation.json("grant", "revoke", made.told["grant"])
    assert installation.run("grant", "revoke", made.told["grant"]).code == 2


def test_a_file_with_the_reason_that_is_not_there_is_bad_use(installation: Installation) -> None:
    """By the name of the option."""
    reference = patient_of(installation)
    person(installation, "officer2.test", "privacy_officer")
    ran = installation.run(
        "grant", "add", "dr.test", reference, "--basis", "consult", "--reason-file", "/nonexistent/reason",
        "--approver", "officer2.test", "--until", NEXT_MONTH,
    )  # fmt: skip
    assert (ran.code, "reason-file" in ran.err) == (2, True)
