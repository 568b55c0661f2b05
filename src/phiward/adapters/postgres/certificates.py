"""Certificates of destruction: begun beside their entry in the log, completed by the destruction itself, then final."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import NotPermittedError
from phiward.retention.destruction import Certificate, DestructionReason
from phiward.retention.due import KeptKind

_COLUMNS = """id, kind, coalesce(patient::text, shard), reason, rule, ordered_by, ordered_at, entry, entry_shard,
 entry_index, gone, destroyed_at"""


async def begun(connection: Connection, kind: KeptKind, subject: UUID | str) -> Certificate | None:
    """The one of this patient or shard, locked until the transaction ends."""
    column = "patient" if kind is KeptKind.PATIENT else "shard"
    query = f"SELECT {_COLUMNS} FROM destruction WHERE {column} = %s FOR UPDATE"  # noqa: S608 - constants
    row = await (await connection.execute(query.encode(), [subject])).fetchone()
    return None if row is None else _certificate(row)


async def begin(connection: Connection, tenant: UUID, certificate: Certificate) -> None:
    """Store it, unfinished. Raises NotPermittedError where another organisation has begun with the same shard."""
    is_patient = certificate.kind is KeptKind.PATIENT
    made = await connection.execute(
        "INSERT INTO destruction (id, tenant, kind, patient, shard, reason, rule, ordered_by, ordered_at, entry)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            certificate.id, tenant, str(certificate.kind),
            UUID(certificate.subject) if is_patient else None, None if is_patient else certificate.subject,
            str(certificate.reason), certificate.rule, certificate.ordered_by, certificate.ordered_at,
            certificate.entry,
        ],
    )  # fmt: skip
    if made.rowcount == 0:
        raise NotPermittedError("Another organisation has begun to destroy it.", rule="begun_elsewhere")


async def complete(connection: Connection, certificate: Certificate) -> None:
    """Fill in where the log says so, what went, and when; from then on it never changes."""
    await connection.execute(
        "UPDATE destruction SET entry_shard = %s, entry_index = %s, gone = %s, destroyed_at = %s WHERE id = %s",
        [
            certificate.entry_shard, certificate.entry_index, Jsonb(dict(certificate.gone)), certificate.destroyed_at,
            certificate.id,
        ],
    )  # fmt: skip


async def certificates(database: Database, tenant: UUID) -> tuple[Certificate, ...]:
    """All of an organisation, oldest first, unfinished ones among them. Raises StorageError."""
    async with database.as_tenant(tenant) as connection:
        query = f"SELECT {_COLUMNS} FROM destruction ORDER BY ordered_at, id"  # noqa: S608 - constants
        return tuple(_certificate(row) for row in await (await connection.execute(query.encode())).fetchall())


async def certificate(database: Database, tenant: UUID, wanted: UUID) -> Certificate:
    """One of them. Raises UnknownIdError."""
    found = next((one for one in await certificates(database, tenant) if one.id == wanted), None)
    if found is None:
        raise UnknownIdError("certificate")
    return found


def _certificate(row: tuple[Any, ...]) -> Certificate:
    return Certificate(
        id=row[0], kind=KeptKind(row[1]), subject=row[2], reason=DestructionReason(row[3]), rule=row[4],
        ordered_by=row[5], ordered_at=row[6], entry=row[7], entry_shard=row[8], entry_index=row[9],
        gone=row[10] or {}, destroyed_at=row[11],
    )  # fmt: skip
