"""The house of the console with an auditor, an officer, and entries of the log as the flow writes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import canonical_leaf
from phiward.domain.audit import Entry, EntryKind
from phiward.domain.people import TenantId
from tests.adapters.postgres.console_house import ConsoleHouse, console_house, now
from tests.postgres import RunningDatabase

WORKER = UUID(int=0)


@dataclass
class OfficeHouse:
    """Alice treats Zora; `officer` is a privacy officer."""

    base: ConsoleHouse
    auditor: Database
    officer: UUID

    @property
    def office(self) -> Administration:
        """What the officer does."""
        return Administration(self.base.warden, canonical_leaf, self.base.clock, f"person:{self.officer}")

    def log(
        self, kind: EntryKind, *, interaction: UUID | None = None, tenant: UUID | None = None,
        ago: timedelta = timedelta(minutes=5), **facts: Any,
    ) -> UUID:  # fmt: skip
        """One entry; its interaction."""
        made = Entry(
            uuid4(), TenantId(tenant or self.base.tenant), interaction or uuid4(), kind, now() - ago, facts
        )  # fmt: skip
        self.base.sql(
            "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            *(
                made.id,
                made.tenant,
                made.interaction,
                str(kind),
                WORKER,
                made.recorded_at,
                canonical_leaf(made, WORKER),
            ),
        )
        return made.interaction

    def actions(self, action: str) -> list[dict[str, Any]]:
        """The facts of every entry of this action."""
        rows = self.base.sql(
            "SELECT convert_from(leaf, 'UTF8')::jsonb -> 'facts' FROM audit_entry WHERE tenant = %s", self.base.tenant
        )  # fmt: skip
        return [row[0] for row in rows if row[0].get("action") == action]


@asynccontextmanager
async def office_house(running: RunningDatabase) -> AsyncIterator[OfficeHouse]:
    """Furnished anew."""
    auditor = Database(running.auditor, max_size=2)
    await auditor.open()
    try:
        async with console_house(running) as base:
            officer = uuid4()
            base.sql(
                "INSERT INTO person (id, tenant, login, roles) VALUES (%s, %s, 'wren', '{privacy_officer}')",
                officer, base.tenant,
            )  # fmt: skip
            yield OfficeHouse(base, auditor, officer)
    finally:
        await auditor.close()
