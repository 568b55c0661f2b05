"""Keys by age, from a real store: counted by class, dated where a date is known, and never read."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from phiward.adapters.key_ages import DATA_DAYS, MASTER_DAYS, KeyAges
from phiward.adapters.keystore import SqliteKeyStore
from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.vault.classes import KeyClass
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault

TENANT = UUID(int=1)


def sealed(path: Path, *patients: PatientRef | None) -> Vault:
    """A store with keys of these."""
    vault = Vault(RootKey(bytes(range(32))), SqliteKeyStore(path))
    for one in patients:
        vault.seal(TENANT, one, uuid4(), "note", b"text")
    return vault


def test_a_store_that_is_not_there_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    """Nor is it made by looking at it."""
    with pytest.raises(VaultError):
        KeyAges(tmp_path / "keys.db", {}).keys(TENANT)
    assert not (tmp_path / "keys.db").exists()


def test_keys_are_counted_by_class_for_one_organisation_with_those_that_were_destroyed(tmp_path: Path) -> None:
    """Patients' keys, and the key that wraps them."""
    path = tmp_path / "keys.db"
    zora, gone = PatientRef(uuid4()), PatientRef(uuid4())
    vault = sealed(path, zora, gone, None)
    vault.seal(UUID(int=9), None, uuid4(), "note", b"text")
    vault.destroy(TENANT, gone)
    found = KeyAges(path, {}).keys(TENANT)
    told = {one.what: (one.count, one.undated, one.advised_days) for one in found.ages}
    assert told == {
        "Patients' records": (2, 0, DATA_DAYS), "Patients' records: the key that wraps them": (1, 0, DATA_DAYS),
    }  # fmt: skip
    assert found.destroyed == 1
    assert all(one.oldest and datetime.now(UTC) - one.oldest < timedelta(minutes=1) for one in found.ages)


def test_keys_of_a_store_from_before_there_were_ages_are_of_unknown_age(tmp_path: Path) -> None:
    """Opened by this version they still open what they sealed, and new ones are dated."""
    path = tmp_path / "keys.db"
    sealed(path, PatientRef(uuid4()))
    with sqlite3.connect(path) as old:
        old.execute("ALTER TABLE wrapped_key DROP COLUMN made_at")
    old.close()
    vault = sealed(path)
    (_, phi) = KeyAges(path, {}).keys(TENANT).ages
    assert (phi.count, phi.undated, phi.oldest) == (1, 1, None)
    vault.seal(TENANT, PatientRef(uuid4()), uuid4(), "note", b"text", key_class=KeyClass.PHI)
    (_, phi) = KeyAges(path, {}).keys(TENANT).ages
    assert (phi.count, phi.undated) == (2, 1)
    assert phi.oldest is not None


def test_a_key_that_is_a_file_is_as_old_as_the_file(tmp_path: Path) -> None:
    """One that is elsewhere has no age here."""
    path, root = tmp_path / "keys.db", tmp_path / "root.key"
    sealed(path)
    root.write_bytes(b"secret")
    then = datetime(2025, 1, 1, tzinfo=UTC)
    os.utime(root, (then.timestamp(), then.timestamp()))
    files = {"Root key": (root, MASTER_DAYS), "Signing key": (tmp_path / "none", None)}
    first, second = KeyAges(path, files).keys(TENANT).ages
    assert (first.count, first.oldest, first.old(then + timedelta(days=366))) == (1, then, True)
    assert (second.count, second.oldest) == (0, None)
    assert "secret" not in repr((first, second))
