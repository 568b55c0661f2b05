"""What this room needs from outside."""

from typing import Protocol
from uuid import UUID


class Mac(Protocol):
    """Keyed digests (HMAC-SHA-256, 32 bytes); the vault implements it."""

    def digest(self, tenant: UUID | None, label: str, value: str) -> bytes:
        """The digest of `value` under the key of this tenant and label."""
