"""`phiward migrate`."""

from phiward.adapters.postgres.migrate import head
from tests.cli.conftest import Installation


def test_migrating_twice_changes_nothing(installation: Installation) -> None:
    """The same revision, and keys are not made anew."""
    key = (installation.folder / "secrets" / "root.key").read_bytes()
    assert installation.json("migrate") == {"revision": head(), "database": "embedded"}
    assert (installation.folder / "secrets" / "root.key").read_bytes() == key


def test_keys_inside_the_data_folder_are_refused(installation: Installation) -> None:
    """Before anything is made."""
    ran = installation.run("migrate", PHIWARD_SECRETS_DIR=str(installation.folder / "data" / "secrets"))
    assert ran.code == 2
    assert "PHIWARD_SECRETS_DIR" in ran.err
