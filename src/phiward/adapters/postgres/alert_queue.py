"""Puts alerts into the outbox, in the transaction of what they tell of: both are there, or neither is.

A recipient that is a role stands where nobody of that role has an address yet: the alert waits and is not lost.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from phiward.adapters.postgres.database import Connection
from phiward.domain.alerts import WEBHOOK, AlertChannel, opaque_facts
from phiward.domain.people import Role
from phiward.domain.ports import NewId

_ADDRESSES = """
SELECT DISTINCT email FROM person
 WHERE tenant = %s AND active AND %s = ANY (roles) AND email IS NOT NULL AND email <> '' ORDER BY email
"""
INSERT_ALERT: Final = """
INSERT INTO alert (id, tenant, kind, channel, recipient, facts, created_at, next_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


async def queue_alerts(
    connection: Connection,
    tenant: UUID,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    new_id: NewId,
    *,
    webhook: bool = False,
    administrators: bool = False,
) -> int:
    """One mail to every privacy officer, and to every administrator where told, and one to the webhook; how many.

    `facts` hold opaque ids and codes, never PHI: what has another form is left out (domain/alerts.py). `connection`
    is in a transaction of the warden or the registrar for `tenant`.
    """
    roles = (Role.PRIVACY_OFFICER, *((Role.ADMINISTRATOR,) if administrators else ()))
    recipients: dict[tuple[AlertChannel, str], None] = {}  # in order; who has both roles is told once
    for role in roles:
        addresses = await addresses_of(connection, tenant, role) or [str(role)]
        recipients |= dict.fromkeys((AlertChannel.MAIL, address) for address in addresses)
    if webhook:
        recipients[AlertChannel.WEBHOOK, WEBHOOK] = None
    for channel, recipient in recipients:
        values = [new_id(), tenant, kind, str(channel), recipient, Jsonb(opaque_facts(facts)), now, now]
        await connection.execute(INSERT_ALERT.encode(), values)
    return len(recipients)


async def addresses_of(connection: Connection, tenant: UUID, role: Role) -> list[str]:
    """Where the active people of a role are reached by mail, each address once."""
    rows = await (await connection.execute(_ADDRESSES.encode(), [tenant, str(role)])).fetchall()
    return [row[0] for row in rows]
