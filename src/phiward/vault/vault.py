"""The vault: seal, open, digest, destroy. Synchronous; a call with a cached key takes microseconds."""

import hmac
from functools import lru_cache
from uuid import UUID

from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.vault.classes import KeyClass
from phiward.vault.context import digest_context, message_context
from phiward.vault.hkdf import hkdf
from phiward.vault.keyring import KEY_VERSION, Keyring
from phiward.vault.message import MESSAGE_VERSION, open_message, seal_message
from phiward.vault.root import RootKey
from phiward.vault.store import KeyName, KeyStore
from phiward.vault.wrapping import KEY_BYTES

DEFAULT_CACHED_KEYS = 4096


class Vault:
    """Seals under a patient's data key, or the organisation's where no patient is in context.

    Safe for several threads. Its errors never say what failed, only that it did.
    """

    def __init__(self, root: RootKey, store: KeyStore, *, cached_keys: int = DEFAULT_CACHED_KEYS) -> None:
        """`cached_keys`: most unwrapped keys in memory. Raises VaultError when the store fails."""
        self._store = store
        self._keyring = Keyring(root, store, cached_keys)

        @lru_cache(maxsize=1024)
        def digest_key(tenant: UUID | None, label: str) -> bytes:
            return hkdf(root.value, b"", digest_context(tenant, label), KEY_BYTES)

        self._digest_key = digest_key

    def __repr__(self) -> str:
        return "Vault(…)"

    def seal(
        self,
        tenant: UUID,
        patient: PatientRef | None,
        record: UUID,
        name: str,
        text: bytes,
        *,
        key_class: KeyClass = KeyClass.PHI,
    ) -> bytes:
        """Ciphertext bound to all that is named. Raises VaultError, also for a destroyed patient."""
        key = _key_name(tenant, patient, key_class)
        data_key = self._keyring.data_key(key, create=True)
        if data_key is None:
            raise VaultError("A key could not be made.")
        return seal_message(data_key, _context(key, patient, record, name), text)

    def open(
        self,
        tenant: UUID,
        patient: PatientRef | None,
        record: UUID,
        name: str,
        sealed: bytes,
        *,
        key_class: KeyClass = KeyClass.PHI,
    ) -> bytes:
        """The bytes that were sealed for exactly this tenant, class, patient, record and name.

        Raises VaultError when anything differs, or the key does not exist (any more).
        """
        key = _key_name(tenant, patient, key_class)
        data_key = self._keyring.data_key(key, create=False)
        if data_key is None:
            raise VaultError("A sealed text does not open here.")
        return open_message(data_key, _context(key, patient, record, name), sealed)

    def digest(self, tenant: UUID | None, label: str, value: bytes | str) -> bytes:
        """HMAC-SHA256 of `value` (text as UTF-8) under the key of this tenant and label; 32 bytes.

        The same value gives unrelated digests under other tenants and labels.
        """
        message = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        return hmac.digest(self._digest_key(tenant, label), message, "sha256")

    def destructions(self) -> int:
        """Grows with every destruction, by any process: whoever keeps what he opened drops it then."""
        return self._store.destructions()

    def destroy(self, tenant: UUID, patient: PatientRef) -> None:
        """Destroy every key of a patient, for good: nothing of theirs opens or is sealed again.

        Raises VaultError when it is not certain that nothing remains; repeat it then.
        """
        self._keyring.destroy(tenant, patient)


def _key_name(tenant: UUID, patient: PatientRef | None, key_class: KeyClass) -> KeyName:
    return KeyName(tenant, key_class, tenant if patient is None else patient, KEY_VERSION)


def _context(key: KeyName, patient: PatientRef | None, record: UUID, name: str) -> bytes:
    return message_context(key, patient is not None, record, name, MESSAGE_VERSION)
