"""`phiward review`, on a real installation with a grant that was put there by hand."""

from uuid import UUID, uuid4

import psycopg
import pytest

from phiward.settings import Settings
from phiward.wiring.base import administrator, embedded_database
from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation


@pytest.fixture
def emergency(installation: Installation) -> UUID:
    """An emergency access of a physician that is over."""
    patient_of(installation)
    suffix = uuid4().hex[:8]
    login = person(installation, f"physician-{suffix}", "physician")
    grant = uuid4()
    folder = installation.folder
    settings = Settings(data_dir=folder / "data", secrets_dir=folder / "secrets", anchor_dir=folder / "anchors")
    with embedded_database(settings), psycopg.connect(administrator(settings)) as connection:
        connection.execute("SET search_path = phiward")
        row = connection.execute("SELECT tenant, id FROM person WHERE login = %s", [login]).fetchone()
        patient = connection.execute("SELECT id FROM patient LIMIT 1").fetchone()
        assert row is not None
        assert patient is not None
        connection.execute(
            "INSERT INTO access_grant (id, tenant, kind, person, patient, basis, starts_at, ends_at)"
            " VALUES (%s, %s, 'emergency', %s, %s, 'consult', now() - interval '2 hours', now() - interval '1 hour')",
            [grant, row[0], row[1], patient[0]],
        )
        connection.execute(
            "INSERT INTO emergency (id, tenant, session, reason, offline, auth_time, acr, review_due)"
            " VALUES (%s, %s, %s, 'consult', false, now(), 'mfa', now() + interval '1 day')",
            [grant, row[0], uuid4()],
        )
    return grant


def test_what_cannot_be_reviewed_is_refused_with_what_to_do(installation: Installation, emergency: UUID) -> None:
    """An unknown id, somebody who is no officer, an outcome that there is not."""
    person(installation, f"n-{emergency.hex[:8]}", "nurse")
    for words, told in (
        (("show", str(uuid4())), "nothing of that id"),
        (("decide", str(emergency), "appropriate", "--as", f"n-{emergency.hex[:8]}", "--note", "all fine"), "officers"),
        (("decide", str(emergency), "fine", "--as", "x", "--note", "all fine"), "fine"),
    ):
        ran = installation.run("review", *words)
        assert ran.code == 2, words
        assert told in ran.err


def test_an_officer_lists_shows_and_decides(installation: Installation, emergency: UUID) -> None:
    """Then it waits no longer, and an inappropriate access has an incident."""
    officer = person(installation, f"o-{emergency.hex[:8]}", "privacy_officer")
    assert str(emergency) in [one["id"] for one in installation.json("review", "list")]
    shown = installation.json("review", "show", str(emergency))
    assert (shown["reason"], shown["seen"]) == ("consult", [])
    decided = installation.json(
        "review", "decide", str(emergency), "inappropriate", "--as", officer, "--note", "No reason could be found."
    )
    assert decided["incident"] is not None
    assert str(emergency) not in [one["id"] for one in installation.json("review", "list")]
    assert str(emergency) in [one["id"] for one in installation.json("review", "list", "--all")]


def test_offline_codes_are_shown_once(installation: Installation) -> None:
    """Eight of them, in groups."""
    login = person(installation, f"offline-{uuid4().hex[:8]}", "physician")
    codes = installation.json("user", "offline-codes", login)["codes"]
    assert len(set(codes)) == 8
    assert all(len(code) == 19 and code.count("-") == 3 for code in codes)
