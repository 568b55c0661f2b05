"""Where wrapped keys live: a store of its own, apart from the data and never rewound."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from phiward.vault.classes import KeyClass


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which key. `subject` is a patient, or the tenant itself where no patient is concerned.

    `subject=None` names the key-encryption key of (tenant, class).
    """

    tenant: UUID
    key_class: KeyClass
    subject: UUID | None
    version: int


class KeyStore(Protocol):
    """Holds wrapped keys. Safe for several threads and several processes."""

    def get(self, name: KeyName) -> bytes | None:
        """The wrapped key, or None. Raises VaultError when its subject was destroyed."""

    def put_if_absent(self, name: KeyName, wrapped: bytes) -> bytes:
        """Store durably unless one stands there; returns the one that stands.

        Of several creators exactly one wins and all get its key. Raises VaultError when the
        subject was destroyed: a destroyed subject never gets a new key.
        """

    def destroy(self, tenant: UUID, subject: UUID) -> int:
        """Destroy every wrapped key of a subject, of all classes and versions, for good.

        Returns how many there were; repeating it does no harm. Raises VaultError when it is not
        certain that nothing remains; repeat it then.
        """

    def destructions(self) -> int:
        """A number that grows with every destruction, by any process. Called on every use of a key."""
