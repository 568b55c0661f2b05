"""Data keys at hand: made on first use, unwrapped once, kept in a bounded cache, dropped on destruction."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from phiward.vault.classes import KeyClass
from phiward.vault.hkdf import hkdf
from phiward.vault.root import RootKey
from phiward.vault.store import KeyName, KeyStore
from phiward.vault.wrapping import KEY_BYTES, new_key, unwrap_key, wrap_key

KEY_VERSION = 1
"""The version of every key until there is rotation; it is part of each key's name and context."""


class Keyring:
    """Unwraps data keys. Safe for several threads."""

    def __init__(self, root: RootKey, store: KeyStore, cached_keys: int) -> None:
        """`cached_keys` is how many unwrapped keys stay in memory, least recently used out first."""
        self._wrapping_key = hkdf(root.value, b"", b"phiward root: wrapping key", KEY_BYTES)
        self._store = store
        self._cached_keys = cached_keys
        self._cache: OrderedDict[KeyName, bytes] = OrderedDict()
        self._destructions = store.destructions()
        self._lock = Lock()

    def data_key(self, name: KeyName, *, create: bool) -> bytes | None:
        """The data key; None when there is none and `create` is False. Raises VaultError.

        Asks the store whether anything was destroyed since, by this process or another, before it
        trusts the cache: a destroyed key stops working at once everywhere.
        """
        destructions = self._store.destructions()
        cached = self._cached(name, destructions)
        if cached is not None:
            return cached
        wrapping_key = self._kek(name.tenant, name.key_class, destructions)
        key = self._load(wrapping_key, name, create=create)
        if key is not None:
            self._remember(name, key, destructions)
        return key

    def destroy(self, tenant: UUID, subject: UUID) -> None:
        """Destroy the keys of a subject in the store, and forget them here even if that fails."""
        try:
            self._store.destroy(tenant, subject)
        finally:
            with self._lock:
                self._cache.clear()

    def _kek(self, tenant: UUID, key_class: KeyClass, destructions: int) -> bytes:
        name = KeyName(tenant, key_class, None, KEY_VERSION)
        key = self._cached(name, destructions) or self._load(self._wrapping_key, name, create=True)
        assert key is not None  # noqa: S101 - narrows the type; `create` always gives one
        self._remember(name, key, destructions)
        return key

    def _load(self, wrapping_key: bytes, name: KeyName, *, create: bool) -> bytes | None:
        wrapped = self._store.get(name)
        if wrapped is None:
            if not create:
                return None
            wrapped = self._store.put_if_absent(name, wrap_key(wrapping_key, name, new_key()))
        return unwrap_key(wrapping_key, name, wrapped)

    def _cached(self, name: KeyName, destructions: int) -> bytes | None:
        with self._lock:
            if destructions != self._destructions:
                self._cache.clear()
                self._destructions = destructions
            key = self._cache.get(name)
            if key is not None:
                self._cache.move_to_end(name)
            return key

    def _remember(self, name: KeyName, key: bytes, destructions: int) -> None:
        with self._lock:
            if destructions != self._destructions:
                return  # destroyed while it was loaded: use it once at most, never keep it
            self._cache[name] = key
            self._cache.move_to_end(name)
            while len(self._cache) > self._cached_keys:
                self._cache.popitem(last=False)
