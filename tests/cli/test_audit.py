"""`phiward audit`."""

from pathlib import Path

import psycopg

from phiward.settings import Settings
from phiward.wiring.base import administrator, embedded_database
from tests.cli.conftest import Installation


def test_an_unknown_interaction_cannot_be_told(installation: Installation) -> None:
    """Exit code 2: nothing stands on record."""
    assert installation.run("audit", "show", "00000000-0000-0000-0000-000000000000").code == 2


def test_an_untouched_log_holds_and_an_edited_one_does_not(installation: Installation) -> None:
    """Administrative acts are in it; then a superuser edits one."""
    report = installation.json("audit", "verify")
    assert report["holds"]
    assert report["entries"] > 0
    assert "holds" in installation.run("audit", "verify").out
    settings = at(installation.folder)
    edit = "UPDATE phiward.audit_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), %s, %s), 'UTF8')"
    with embedded_database(settings), psycopg.connect(administrator(settings)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(edit + " WHERE leaf_index = 1", ["tenant.added", "tenant.edited"])
    try:
        ran = installation.run("audit", "verify", "--json")
        assert ran.code == 1
        assert ran.told["findings"]
        assert ran.told["first_bad_index"] == 0
        assert "DOES NOT HOLD" in installation.run("audit", "verify").out
    finally:
        with embedded_database(settings), psycopg.connect(administrator(settings)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(edit + " WHERE leaf_index = 1", ["tenant.edited", "tenant.added"])
    assert installation.json("audit", "verify")["holds"]


def test_the_public_key_is_printed_for_strangers(installation: Installation) -> None:
    """In the form that C2SP tools read."""
    assert installation.json("audit", "key")["verifier_key"].count("+") >= 2


def at(folder: Path) -> Settings:
    """The settings of the installation."""
    return Settings(data_dir=folder / "data", secrets_dir=folder / "secrets", anchor_dir=folder / "anchor")
