"""Why a grant was given, in the words of whoever approved it: sealed, and read on record. On the warden's role."""

from dataclasses import dataclass
from uuid import UUID

from phiward.adapters.postgres.access_grants import REASON_NAME
from phiward.adapters.postgres.administration import Administration
from phiward.domain.administration import UnknownIdError
from phiward.domain.patients import PatientRef
from phiward.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class GrantReasons:
    """`administration` names who reads."""

    administration: Administration
    vault: Vault

    async def read(self, tenant: UUID, grant: UUID) -> str:
        """Raises UnknownIdError, also for an emergency (its review shows it), VaultError."""
        async with self.administration.change(tenant, "grant.reason_read") as change:
            query = "SELECT patient, sealed_reason FROM access_grant WHERE id = %s AND kind <> 'emergency'"
            row = await (await change.connection.execute(query, [grant])).fetchone()
            if row is None:
                raise UnknownIdError("grant")
            change.facts.update(grant=str(grant), patients=[str(row[0])], before=None, after=None)
            if row[1] is None:
                return ""
            return self.vault.open(tenant, PatientRef(row[0]), grant, REASON_NAME, bytes(row[1])).decode()
