"""`phiward retention`, on a real installation: what is refused and asked, then holds, and a patient's destruction."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation


@pytest.mark.parametrize(
    ("years", "told", "reason"),
    [
        ('{"audit": 5}', "164.316", "below the floor"),
        ('{"audit": 9, "reviews": 8}', "review", "reviews before what they review"),
        ('{"nothing": 9}', "no such class", "a class that there is not"),
    ],
)
def test_a_schedule_that_cannot_stand_ends_every_command(
    installation: Installation, years: str, told: str, reason: str
) -> None:
    """At start, by the rule."""
    ran = installation.run("user", "list", PHIWARD_RETENTION_YEARS=years)
    assert (ran.code, told in ran.err) == (2, True), reason


@pytest.mark.parametrize(
    ("words", "told", "reason"),
    [
        (("hold", "add", "--reason", "litigation"), "Name one", "on nothing"),
        (("hold", "add", "--reason", "litigation", "--everything", "--shard", "2026"), "Name one", "on two"),
        (("hold", "add", "--reason", "litigation", "--shard", "1999"), "no such shard", "on an unknown shard"),
        (("hold", "add", "--reason", "litigation", "--person", "nobody.here"), "no person", "on an unknown person"),
        (("hold", "add", "--reason", "a case in words", "--everything"), "Invalid value", "a reason is a code"),
        (("hold", "lift", str(uuid4()), "--reason", "closed"), "nothing of that id", "an unknown hold"),
        (("certificate", str(uuid4())), "nothing of that id", "an unknown certificate"),
        (("destroy", "shard", "1999", "--yes"), "nothing of that id", "an unknown shard"),
        (("destroy", "patient", "Patient/nobody", "--reason", "court_order", "--yes"), "No such patient", "nobody"),
        (("destroy", "patient", str(uuid4()), "--reason", "court_order", "--yes"), "nothing of that id", "nobody's id"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    installation: Installation, words: tuple[str, ...], told: str, reason: str
) -> None:
    """And nothing is held or destroyed."""
    ran = installation.run("retention", *words)
    assert (ran.code, told in ran.err) == (2, True), (reason, ran)


def test_the_shard_in_which_the_log_is_written_is_not_destroyed(installation: Installation) -> None:
    """Of this year; the verification numbers what waits, which opens it."""
    assert installation.json("audit", "verify")["holds"]
    ran = installation.run("retention", "destroy", "shard", str(datetime.now(UTC).year), "--yes")
    assert (ran.code, "still in force" in ran.err) == (2, True), ran


def test_a_patient_is_destroyed_once_no_hold_stands_and_the_name_was_typed(installation: Installation) -> None:
    """Hold, refusal, lift, the wrong name, the right one, the certificate; the log still verifies."""
    reference = patient_of(installation)
    patient = installation.json("retention", "hold", "add", "--reason", "minor", "--patient", reference)["subject"]
    destroy = ("retention", "destroy", "patient", reference, "--reason")
    held = installation.run(*destroy, "made_in_error", "--yes")
    assert (held.code, "legal hold" in held.err) == (2, True)
    (hold,) = installation.json("retention", "hold", "list")
    assert installation.json("retention", "hold", "lift", hold["id"], "--reason", "closed")["lift_reason"] == "closed"
    assert [one["id"] for one in installation.json("retention", "hold", "list", "--all")] == [hold["id"]]
    early = installation.run(*destroy, "retention_over", "--yes")
    assert (early.code, "period is not over" in early.err) == (2, True)
    wrong = installation.run(*destroy, "made_in_error", stdin="yes\n")
    assert (wrong.code, "Nothing was destroyed" in wrong.err) == (2, True)
    done = installation.run(*destroy, "made_in_error", "--json", stdin=f"{patient}\n")
    assert done.code == 0, done
    for words in ("the keys of this patient", "keyed digests", "its proofs stay valid", "made_in_error"):
        assert words in done.err
    certificate = json.loads(done.out[done.out.index("{") :])
    assert certificate["subject"] == patient
    assert certificate["gone"]["document"] > 0
    assert installation.json("retention", "certificate", certificate["id"]) == certificate
    again = installation.run(*destroy, "made_in_error", "--yes")
    assert (again.code, "No such patient" in again.err) == (2, True)
    assert installation.json("retention", "reapply") == {"patients": 1}
    assert installation.json("audit", "verify")["holds"] is True


def test_the_schedule_and_what_is_due_are_shown(installation: Installation) -> None:
    """For people and for programs."""
    shown = installation.json("retention", "show")
    assert {one["class"] for one in shown["classes"]} == {"audit", "texts", "clinical", "reviews", "access", "alerts"}
    assert {one["years"] for one in shown["classes"]} == {7}
    assert installation.json("retention", "due") == []
    assert "Retention" in installation.run("retention", "show").out
    person(installation, f"held-{uuid4().hex[:8]}", "nurse")
    longer = installation.run("retention", "show", "--json", PHIWARD_RETENTION_YEARS='{"audit": 10}')
    years = {one["class"]: one["years"] for one in longer.told["classes"]}
    assert (years["audit"], years["reviews"], years["alerts"]) == (10, 10, 7)
