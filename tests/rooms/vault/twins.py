"""An in-memory key store with the same promises as the real one."""

from uuid import UUID

from phiward.domain.errors import VaultError
from phiward.vault.store import KeyName


class MemoryKeyStore:
    """Wrapped keys in a dictionary."""

    def __init__(self) -> None:
        self.keys: dict[KeyName, bytes] = {}
        self.gone: set[tuple[UUID, UUID]] = set()

    def get(self, name: KeyName) -> bytes | None:
        """As KeyStore."""
        self._refuse_destroyed(name)
        return self.keys.get(name)

    def put_if_absent(self, name: KeyName, wrapped: bytes) -> bytes:
        """As KeyStore."""
        self._refuse_destroyed(name)
        return self.keys.setdefault(name, wrapped)

    def destroy(self, tenant: UUID, subject: UUID) -> int:
        """As KeyStore."""
        doomed = [name for name in self.keys if (name.tenant, name.subject) == (tenant, subject)]
        for name in doomed:
            del self.keys[name]
        self.gone.add((tenant, subject))
        return len(doomed)

    def destructions(self) -> int:
        """As KeyStore."""
        return len(self.gone)

    def _refuse_destroyed(self, name: KeyName) -> None:
        if name.subject is not None and (name.tenant, name.subject) in self.gone:
            raise VaultError("A key was destroyed.")
