"""The in-memory key store keeps the promises of the real one; one table of promises for both."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from phiward.adapters.keystore import SqliteKeyStore
from phiward.domain.errors import VaultError
from phiward.vault.classes import KeyClass
from phiward.vault.store import KeyName, KeyStore
from tests.rooms.vault.twins import MemoryKeyStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
    """Each implementation in turn."""
    if request.param == "memory":
        yield MemoryKeyStore()
        return
    real = SqliteKeyStore(tmp_path / "keys.sqlite")
    yield real
    real.close()


def test_the_first_key_stands_and_later_creators_get_it(store: KeyStore) -> None:
    """Two creators must not seal under two keys."""
    name = KeyName(uuid4(), KeyClass.PHI, uuid4(), 1)
    assert store.get(name) is None
    assert store.put_if_absent(name, b"first") == b"first"
    assert store.put_if_absent(name, b"second") == b"first"
    assert store.get(name) == b"first"


def test_destroying_takes_all_classes_and_versions_of_one_subject_only(store: KeyStore) -> None:
    """The unit of destruction is the patient."""
    tenant, patient, neighbour = uuid4(), uuid4(), uuid4()
    doomed = [KeyName(tenant, c, patient, v) for c in (KeyClass.PHI, KeyClass.AUDIT) for v in (1, 2)]
    spared = [
        KeyName(tenant, KeyClass.PHI, neighbour, 1),
        KeyName(uuid4(), KeyClass.PHI, patient, 1),
        KeyName(tenant, KeyClass.PHI, None, 1),
    ]
    for name in doomed + spared:
        store.put_if_absent(name, b"wrapped")

    assert store.destroy(tenant, patient) == len(doomed)

    for name in doomed:
        with pytest.raises(VaultError):
            store.get(name)
    assert [store.get(name) for name in spared] == [b"wrapped"] * len(spared)


def test_a_destroyed_subject_never_gets_a_new_key(store: KeyStore) -> None:
    """Otherwise a slow writer would bring the patient back."""
    name = KeyName(uuid4(), KeyClass.PHI, uuid4(), 1)
    assert name.subject is not None
    store.destroy(name.tenant, name.subject)
    with pytest.raises(VaultError):
        store.put_if_absent(name, b"wrapped")


def test_destructions_grow_once_for_each_subject(store: KeyStore) -> None:
    """Repeating a destruction does no harm."""
    tenant, patient = uuid4(), uuid4()
    before = store.destructions()
    store.put_if_absent(KeyName(tenant, KeyClass.PHI, patient, 1), b"wrapped")
    assert store.destructions() == before
    store.destroy(tenant, patient)
    after = store.destructions()
    assert after > before
    assert store.destroy(tenant, patient) == 0
    assert store.destructions() == after
