"""The key store file, as several threads and processes use it. Its promises: tests/rooms/vault/test_twins."""

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from phiward.adapters.keystore import SqliteKeyStore
from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.vault.classes import KeyClass
from phiward.vault.root import RootKey
from phiward.vault.store import KeyName
from phiward.vault.vault import Vault

ROOT = RootKey(bytes(range(32)))
TENANT = UUID(int=1)

_CREATOR = """
import sys
from pathlib import Path
from uuid import UUID
from phiward.adapters.keystore import SqliteKeyStore
from phiward.vault.classes import KeyClass
from phiward.vault.store import KeyName
store = SqliteKeyStore(Path(sys.argv[1]))
for number in range(40):
    name = KeyName(UUID(int=1), KeyClass.PHI, UUID(int=number), 1)
    print(store.put_if_absent(name, sys.argv[2].encode() * 8).decode())
store.close()
"""

_DESTROYER = """
import sys
from pathlib import Path
from uuid import UUID
from phiward.adapters.keystore import SqliteKeyStore
store = SqliteKeyStore(Path(sys.argv[1]))
print(store.destroy(UUID(int=1), UUID(int=2)))
store.close()
"""


def program(text: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process of its own."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", text, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def test_a_store_inside_the_data_folder_is_refused(tmp_path: Path) -> None:
    """A restored backup of the data must not bring keys back."""
    (tmp_path / "data").mkdir()
    with pytest.raises(VaultError, match="data folder"):
        SqliteKeyStore(tmp_path / "data" / "keys.sqlite", data_dir=tmp_path / "data")


def test_a_store_open_to_others_is_refused(tmp_path: Path) -> None:
    """As the root key is."""
    path = tmp_path / "keys.sqlite"
    SqliteKeyStore(path).close()
    path.chmod(0o644)
    with pytest.raises(VaultError, match="0600"):
        SqliteKeyStore(path)


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """And the message does not quote the driver."""
    path = tmp_path / "keys.sqlite"
    path.touch(0o600)
    path.write_bytes(b"this is not a database, " * 100)
    with pytest.raises(VaultError, match="cannot be opened"):
        SqliteKeyStore(path)


def test_a_closed_store_answers_with_an_error_of_the_house(tmp_path: Path) -> None:
    """Never with the driver's."""
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    store.close()
    with pytest.raises(VaultError):
        store.destructions()


def test_the_file_and_its_log_are_for_the_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask says; the log holds wrapped keys as well."""
    before = os.umask(0)
    try:
        store = SqliteKeyStore(tmp_path / "keys.sqlite")
        store.put_if_absent(KeyName(TENANT, KeyClass.PHI, uuid4(), 1), b"wrapped")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()
    assert modes == dict.fromkeys(["keys.sqlite", "keys.sqlite-wal", "keys.sqlite-shm"], 0o600)


def test_the_file_is_written_through_and_wiped(tmp_path: Path) -> None:
    """Durable before it is used; deleted content is overwritten."""
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    pragmas = {
        name: store._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_after_destruction_the_wrapped_key_stands_in_no_file(tmp_path: Path) -> None:
    """Not in the table, not in a freed page, not in the write-ahead log."""
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    patient, wrapped = uuid4(), b"wrapped key of an invented patient"
    store.put_if_absent(KeyName(TENANT, KeyClass.PHI, patient, 1), wrapped)
    before = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    store.destroy(TENANT, patient)

    after = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert wrapped in before
    assert wrapped not in after


def test_a_destruction_that_leaves_the_log_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader holds the log; the key is gone for every user, but its bytes may still stand there."""
    monkeypatch.setattr("phiward.adapters.keystore._BUSY_SECONDS", 0.05)
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    patient = uuid4()
    store.put_if_absent(KeyName(TENANT, KeyClass.PHI, patient, 1), b"wrapped")
    reader = sqlite3.connect(tmp_path / "keys.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM wrapped_key").fetchone()

    with pytest.raises(VaultError, match="again"):
        store.destroy(TENANT, patient)

    reader.execute("ROLLBACK")
    reader.close()
    assert store.destroy(TENANT, patient) == 0
    store.close()


def test_two_processes_that_create_the_same_keys_get_the_same_keys(tmp_path: Path) -> None:
    """Each key has one winner, and the loser learns the winner's."""
    path = str(tmp_path / "keys.sqlite")
    answers = [
        process.communicate(timeout=60)[0].split() for process in (program(_CREATOR, path, name) for name in "ab")
    ]
    assert len(answers[0]) == 40
    assert answers[0] == answers[1]


def test_a_destruction_by_another_process_is_seen_at_once(tmp_path: Path) -> None:
    """Although this process holds the unwrapped key."""
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    vault = Vault(ROOT, store)
    patient, record = PatientRef(UUID(int=2)), uuid4()
    sealed = vault.seal(TENANT, patient, record, "note", b"invented")
    assert vault.open(TENANT, patient, record, "note", sealed) == b"invented"

    assert program(_DESTROYER, str(tmp_path / "keys.sqlite")).communicate(timeout=60)[0].strip() == "1"

    with pytest.raises(VaultError):
        vault.open(TENANT, patient, record, "note", sealed)
    store.close()


def test_a_restarted_process_opens_what_was_sealed(tmp_path: Path) -> None:
    """Keys outlive the process, destructions too."""
    patient, gone, record = PatientRef(uuid4()), PatientRef(uuid4()), uuid4()
    first = SqliteKeyStore(tmp_path / "keys.sqlite")
    sealed = {one: Vault(ROOT, first).seal(TENANT, one, record, "note", b"invented") for one in (patient, gone)}
    Vault(ROOT, first).destroy(TENANT, gone)
    first.close()

    second = SqliteKeyStore(tmp_path / "keys.sqlite")
    vault = Vault(ROOT, second)
    assert vault.open(TENANT, patient, record, "note", sealed[patient]) == b"invented"
    with pytest.raises(VaultError):
        vault.open(TENANT, gone, record, "note", sealed[gone])
    second.close()


def test_sixteen_threads_share_a_store(tmp_path: Path) -> None:
    """No error, and one key for each patient."""
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    vault = Vault(ROOT, store, cached_keys=3)
    patients, record = [PatientRef(uuid4()) for _ in range(8)], uuid4()

    def work(number: int) -> bool:
        patient = patients[number % len(patients)]
        sealed = vault.seal(TENANT, patient, record, "note", b"invented")
        return vault.open(TENANT, patient, record, "note", sealed) == b"invented"

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(320)))
    store.close()
