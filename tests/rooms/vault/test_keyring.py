"""Data keys at hand."""

from uuid import uuid4

import pytest

from phiward.domain.errors import VaultError
from phiward.vault.classes import KeyClass
from phiward.vault.keyring import Keyring
from phiward.vault.root import RootKey
from phiward.vault.store import KeyName
from tests.rooms.vault.twins import MemoryKeyStore

ROOT = RootKey(bytes(range(32)))


def name() -> KeyName:
    """A key of a new patient."""
    return KeyName(uuid4(), KeyClass.PHI, uuid4(), 1)


def test_no_key_is_made_when_none_is_asked_for() -> None:
    """Opening must not make keys."""
    store = MemoryKeyStore()
    assert Keyring(ROOT, store, 8).data_key(name(), create=False) is None
    assert all(key.subject is None for key in store.keys)


def test_another_root_key_unwraps_nothing() -> None:
    """The key store alone is worthless."""
    store, key = MemoryKeyStore(), name()
    Keyring(ROOT, store, 8).data_key(key, create=True)
    with pytest.raises(VaultError):
        Keyring(RootKey(bytes(32)), store, 8).data_key(key, create=True)


def test_of_two_creators_both_get_the_key_that_stands() -> None:
    """The second finds nothing, makes a key, and learns that the first was quicker."""

    class Late(MemoryKeyStore):
        """Says that there is no key, as it looked a moment ago."""

        def get(self, name: KeyName) -> bytes | None:
            return None if name.subject else super().get(name)

    store, key = Late(), name()
    first, second = Keyring(ROOT, store, 8), Keyring(ROOT, store, 8)
    assert first.data_key(key, create=True) == second.data_key(key, create=True)


def test_no_more_keys_stay_in_memory_than_the_limit() -> None:
    """The key that was not used for longest goes first; the key-encryption key counts too."""
    store = MemoryKeyStore()
    ring = Keyring(ROOT, store, 4)
    tenant = uuid4()
    names = [KeyName(tenant, KeyClass.PHI, uuid4(), 1) for _ in range(10)]
    keys = [ring.data_key(one, create=True) for one in names]
    assert len(ring._cache) == 4
    assert [ring.data_key(one, create=False) for one in names] == keys


def test_a_key_destroyed_by_another_process_is_not_used_from_the_cache() -> None:
    """The store is asked before the cache is trusted."""
    store, key = MemoryKeyStore(), name()
    ring = Keyring(ROOT, store, 8)
    ring.data_key(key, create=True)
    assert key.subject is not None
    store.destroy(key.tenant, key.subject)
    with pytest.raises(VaultError):
        ring.data_key(key, create=True)


def test_a_key_destroyed_while_it_was_loaded_is_not_kept() -> None:
    """One caller reads the wrapped key; it is destroyed, another caller notices; then the first goes on."""

    class Racing(MemoryKeyStore):
        """Destroys the key just after it was read, and lets another caller use the ring."""

        ring: Keyring | None = None

        def get(self, name: KeyName) -> bytes | None:
            found, ring = super().get(name), self.ring
            if ring is not None and name.subject:
                self.ring = None
                self.destroy(name.tenant, name.subject)
                ring.data_key(another, create=True)
            return found

    store, key, another = Racing(), name(), name()
    Keyring(ROOT, store, 8).data_key(key, create=True)
    ring = store.ring = Keyring(ROOT, store, 8)
    ring.data_key(key, create=False)
    with pytest.raises(VaultError):
        ring.data_key(key, create=False)


def test_what_is_destroyed_here_is_forgotten_even_if_the_store_fails() -> None:
    """The safe side of a failure."""

    class Failing(MemoryKeyStore):
        """Cannot destroy."""

        def destroy(self, tenant: object, subject: object) -> int:
            raise VaultError("The key store cannot be read or written.")

    store, key = Failing(), name()
    ring = Keyring(ROOT, store, 8)
    ring.data_key(key, create=True)
    assert key.subject is not None
    with pytest.raises(VaultError):
        ring.destroy(key.tenant, key.subject)
    assert not ring._cache
