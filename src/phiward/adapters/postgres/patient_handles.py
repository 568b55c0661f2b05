"""Finds the one patient whom a reference names, by its keyed digest."""

from uuid import UUID

from phiward.adapters.postgres.database import Connection
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.records.ports import Mac

_ONE = "SELECT min(patient::text)::uuid FROM patient_handle WHERE digest = %s HAVING count(*) = 1"


async def one_patient(connection: Connection, mac: Mac, reference: str) -> UUID | None:
    """The patient among those whom `connection` may see; None when the reference names nobody, or several."""
    digest = mac.digest(None, HANDLE_LABEL, handle_text(reference))
    row = await (await connection.execute(_ONE, [digest])).fetchone()
    return None if row is None else row[0]
