"""What goes of a patient with his keys, table by table, and the empty shell that stays.

Sealed rows are unreadable once the key is gone; they are deleted as well, because dates, kinds and keyed digests stand
beside the ciphertext in clear. What must outlive the destruction names him by his opaque id alone.
"""

from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from phiward.adapters.postgres.database import Connection
from phiward.domain.patients import PatientRef

GOES: Final[tuple[LiteralString, ...]] = (
    "answer",
    "citation",
    "segment",
    "fact",
    "quarantined_document",
    "document",
    "known_identifier",
    "patient_handle",
    "patient_source",
    "care_relation",
    "unit_patient",
)
"""Tables whose rows of this patient are deleted."""
STAYS: Final = frozenset({"access_grant", "answer_report", "consent", "legal_hold", "destruction", "person"})
"""Tables that name patients and keep their rows: evidence by opaque ids and codes; of `person` the link goes."""
_ENDS: Final[tuple[tuple[str, LiteralString], ...]] = (
    ("access_grant", "UPDATE access_grant SET revoked_at = %(now)s WHERE patient = %(patient)s AND revoked_at IS NULL"),
    ("consent", "UPDATE consent SET revoked_at = %(now)s WHERE patient = %(patient)s AND revoked_at IS NULL"),
    (
        "personal_key",
        "UPDATE personal_key SET revoked_at = %(now)s WHERE bound_patient = %(patient)s AND revoked_at IS NULL",
    ),
    (
        "session",
        "UPDATE session SET revoked_at = %(now)s, ended_because = 'patient_destroyed'"
        " WHERE bound_patient = %(patient)s AND revoked_at IS NULL",
    ),
    ("person", "UPDATE person SET own_patient = NULL WHERE own_patient = %(patient)s"),
)
_SHELL: Final = """
UPDATE patient SET version = version + 1, content_digest = '', sealed = '', confirmation = NULL, destroyed_at = %(now)s
 WHERE id = %(patient)s
"""
_FORGET: Final = "UPDATE tenant SET index_version = index_version + 1 WHERE id = %(tenant)s"


async def empty_patient(connection: Connection, tenant: UUID, patient: PatientRef, now: datetime) -> dict[str, int]:
    """Delete, end and empty; returns how many rows of which table. In the transaction that `connection` is in.

    Gateways drop what they hold of him: they ask the key store at each use, hear of ended grants and relations, and
    load the index of known identifiers anew.
    """
    values = {"tenant": tenant, "patient": patient, "now": now}
    touched: dict[str, int] = {}
    for table in GOES:
        done = await connection.execute(f"DELETE FROM {table} WHERE patient = %(patient)s", values)  # noqa: S608
        touched[table] = done.rowcount
    for table, statement in _ENDS:
        touched[f"{table}_ended"] = (await connection.execute(statement, values)).rowcount
    await connection.execute(_SHELL, values)
    await connection.execute(_FORGET, values)
    return touched
