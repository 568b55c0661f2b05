"""A twin of the office through which acts go on record: it remembers them, or cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from phiward.domain.errors import AuditUnavailableError


@dataclass
class Office:
    """Records, or cannot."""

    works: bool = True
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @asynccontextmanager
    async def change(self, tenant: UUID, action: str) -> AsyncIterator[Any]:
        """An act."""
        change = SimpleNamespace(facts={})
        yield change
        if not self.works:
            raise AuditUnavailableError("The log is full.")
        self.acts.append((action, change.facts))
