"""What one person may change through the admin API: on the warden's role, with her id in each entry of the log."""

from collections.abc import Callable
from uuid import UUID

from phiward.adapters.postgres.access_registry import AccessRegistry
from phiward.adapters.postgres.access_report import AccessReports
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.registry import Registry
from phiward.domain.acts import AdministrativeAct
from phiward.domain.audit import Entry
from phiward.domain.people import Caller, TenantId
from phiward.domain.ports import Clock
from phiward.vault.vault import Vault


class PostgresDesk:
    """Implements gateway.admin.ports.Desk. `database` is a pool of the warden role."""

    def __init__(
        self, database: Database, encode: Callable[[Entry, UUID], bytes], clock: Clock, vault: Vault, person: UUID
    ) -> None:
        """`person` is who acts."""
        self._administration = Administration(database, encode, clock, f"person:{person}")
        self.registry = Registry(self._administration, vault)
        self.access = AccessRegistry(self._administration, vault)
        self.reports = AccessReports(self._administration, vault)

    async def refused(self, tenant: TenantId, act: AdministrativeAct, rule: str) -> None:
        """Put a refusal by policy on record. Raises StorageError."""
        async with self._administration.change(tenant, "act.refused") as change:
            change.facts.update(act=str(act), rule=rule)


def desks(
    database: Database, encode: Callable[[Entry, UUID], bytes], clock: Clock, vault: Vault
) -> Callable[[Caller], PostgresDesk]:
    """One for each request."""

    def desk(caller: Caller) -> PostgresDesk:
        return PostgresDesk(database, encode, clock, vault, caller.person)

    return desk
