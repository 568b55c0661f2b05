"""Who may see a patient, and whom a person may see, with every reason that is in force now.

The rows come from the view `relation`, which feeds both the policy and row-level security; two functions of the
resolver read it for one organisation (access.sql). The policies then say what of a record her roles and her
purpose open. Asking is itself on record. Source: 45 CFR 164.308(a)(4)(ii)(C), 164.312(b).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.access_office import Act, Known, Office, frozen
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import row_dict
from phiward.domain.access import CARE, DIRECT_CARE
from phiward.domain.administration import AccessRow
from phiward.vault.vault import Vault

# Who asks may read of a patient whether he is flagged, and nothing else.
_OF_PATIENT = "SELECT a.*, p.restricted FROM access_to_patient(%s) a JOIN patient p ON p.id = a.patient"
_OF_PERSON = "SELECT a.*, p.restricted FROM access_of_person(%s) a JOIN patient p ON p.id = a.patient"
_NOT_NAMED = frozenset(map(str, CARE - DIRECT_CARE))


class AccessReports:
    """Of one organisation at a time; on the role of the registrar or the warden."""

    def __init__(self, administration: Administration, vault: Vault) -> None:
        """`administration` knows who asks."""
        self._office = Office(administration, vault)

    async def who_may_see(self, tenant: UUID, patient: UUID) -> tuple[AccessRow, ...]:
        """By login and source. Raises PatientNotFoundError."""
        async with self._office.act(tenant, "access.reported") as act:
            await act.patient(patient)
            rows = await _rows(act, _OF_PATIENT, patient)
            act.change.facts.update(patient=str(patient), rows=len(rows))
        return rows

    async def what_may_be_seen_by(self, tenant: UUID, person: UUID) -> tuple[AccessRow, ...]:
        """By patient and source. Raises UnknownIdError."""
        async with self._office.act(tenant, "access.reported") as act:
            await act.known(Known.PERSON, person, "person")
            rows = await _rows(act, _OF_PERSON, person)
            act.change.facts.update(person=str(person), rows=len(rows))
        return rows


async def _rows(act: Act, query: str, wanted: UUID) -> tuple[AccessRow, ...]:
    cursor = await act.connection.execute(query.encode(), [wanted])
    rows = [_row(frozen(row_dict(cursor, one))) for one in await cursor.fetchall()]
    return tuple(sorted(rows, key=lambda one: (one.login, one.patient.int, one.source, one.starts_at)))


def _row(found: Mapping[str, Any]) -> AccessRow:
    return AccessRow(**found, closed_by_flag=found["restricted"] and found["source"] in _NOT_NAMED)
