"""The registrar's work on vendors: destinations, agreements, accepted risks.

Each change is on record and raises the version of the vendor book in the same transaction, so that
every gateway decides by it from its next request on. Source: 45 CFR 164.502(e), 164.504(e).
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import sql

from phiward.adapters.postgres.administration import Administration, Change
from phiward.adapters.postgres.vendors import (
    ACCEPTANCES,
    AGREEMENTS,
    API_KEY_NAME,
    acceptance_of,
    baa_of,
    destination_of,
)
from phiward.audit.forms import MODEL, VENDOR
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import PersonId, TenantId
from phiward.domain.text import Secret
from phiward.domain.vendors import Baa, Destination, RiskAcceptance
from phiward.vault.classes import KeyClass
from phiward.vault.vault import Vault
from phiward.vendors.endpoint import normalise_endpoint

_ALL_DESTINATIONS = """SELECT id, name, vendor, service, endpoint, feature, self_hosted, models, active,
                              sealed_api_key IS NOT NULL FROM destination ORDER BY name"""
_STRIKE = sql.SQL("DELETE FROM {table} WHERE id = %s AND starts_at >= %s")
_END = sql.SQL("UPDATE {table} SET ends_at = %s WHERE id = %s AND ends_at > %s")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_REASON = re.compile(r"[^\x00\x7f]{1,1000}")
_API_KEY = re.compile(r"[!-~]{1,4096}")


@dataclass(frozen=True, slots=True)
class RegisteredDestination:
    """A destination as listed: without its credential."""

    destination: Destination
    active: bool
    has_api_key: bool


class VendorRegistry:
    """Vendors of an organisation. Refusals raise InvalidRequestError, and then nothing is changed."""

    def __init__(self, administration: Administration, vault: Vault) -> None:
        """`vault` seals the credentials towards model servers under class tokens."""
        self._administration = administration
        self._database = administration.database
        self._vault = vault

    async def add_destination(
        self,
        tenant: TenantId,
        name: str,
        *,
        vendor: str,
        service: str,
        endpoint: str,
        feature: str,
        self_hosted: bool,
        models: Mapping[str, str],
        api_key: Secret | None,
    ) -> UUID:
        """`models` maps the callers' name of a model to the server's. `endpoint` is normalised."""
        name, place = _named(name, "name"), _place(vendor, service, feature, endpoint)
        if not models or not all(MODEL.fits(one) for pair in models.items() for one in pair):
            raise InvalidRequestError("A destination needs models, each with a plain name.", param="models")
        if api_key is not None and _API_KEY.fullmatch(api_key.value) is None:
            raise InvalidRequestError("An API key is one line of plain characters.", param="api_key")
        destination = self._administration.new_id()
        sealed = None if api_key is None else self._sealed(tenant, destination, api_key)
        async with self._vendor_change(tenant, "destination.added") as change:
            made = await change.connection.execute(
                "INSERT INTO destination (id, tenant, name, vendor, service, feature, endpoint, self_hosted,"
                " models, sealed_api_key) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (tenant, name) DO NOTHING",
                [
                    destination,
                    tenant,
                    name,
                    *place.values(),
                    self_hosted,
                    json.dumps(sorted(models.items())),
                    sealed,
                ],
            )
            if made.rowcount == 0:
                raise InvalidRequestError("There is, or was, a destination of this name.", param="name")
            change.facts.update(
                destination=str(destination),
                self_hosted=self_hosted,
                models=sorted(models),
                **place,
                before=None,
                after={"active": True},
            )
        return destination

    async def deactivate_destination(self, tenant: TenantId, destination: UUID) -> None:
        """Nothing is sent there any more; its credential is forgotten."""
        async with self._vendor_change(tenant, "destination.deactivated") as change:
            ended = await change.connection.execute(
                "UPDATE destination SET active = false, sealed_api_key = NULL WHERE id = %s AND active",
                [destination],
            )
            _one_or_refuse(ended.rowcount, "There is no such active destination.")
            change.facts.update(destination=str(destination), before={"active": True}, after={"active": False})

    async def add_baa(
        self,
        tenant: TenantId,
        *,
        vendor: str,
        service: str,
        endpoint: str,
        feature: str,
        starts_at: datetime,
        ends_at: datetime,
    ) -> UUID:
        """An agreement from `starts_at` (inclusive) until `ends_at` (exclusive)."""
        place, span = _place(vendor, service, feature, endpoint), _span(starts_at, ends_at)
        baa = self._administration.new_id()
        async with self._vendor_change(tenant, "baa.added") as change:
            await change.connection.execute(
                "INSERT INTO baa (id, tenant, vendor, service, feature, endpoint, starts_at, ends_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [baa, tenant, *place.values(), starts_at, ends_at],
            )
            change.facts.update(baa=str(baa), **place, **span, before=None, after=span)
        return baa

    async def end_baa(self, tenant: TenantId, baa: UUID) -> None:
        """The agreement ends now; one that has not begun is struck."""
        await self._end(tenant, "baa", baa, "baa.ended")

    async def accept_risk(
        self,
        tenant: TenantId,
        destination: UUID,
        accepted_by: PersonId,
        reason: str,
        *,
        starts_at: datetime,
        ends_at: datetime,
        measured: str = "",
    ) -> UUID:
        """A named person accepts that free text, transformed, may go to a destination without agreement.

        `measured`: what that person was shown of the measured recall; its SHA-256 goes on record, since it is a text
        that the tagger's card gives again.
        """
        if _REASON.fullmatch(reason.strip()) is None:
            raise InvalidRequestError("Accepting a risk needs a reason of 1 to 1000 characters.", param="reason")
        span, acceptance = _span(starts_at, ends_at), self._administration.new_id()
        async with self._vendor_change(tenant, "risk.accepted") as change:
            made = await change.connection.execute(
                "INSERT INTO risk_acceptance (id, tenant, destination, accepted_by, reason, starts_at,"
                " ends_at) SELECT %s, %s, d.id, p.id, %s, %s, %s FROM destination d, person p"
                " WHERE d.id = %s AND d.active AND p.id = %s AND p.active",
                [acceptance, tenant, reason.strip(), starts_at, ends_at, destination, accepted_by],
            )
            _one_or_refuse(made.rowcount, "There is no such active destination, or no such active person.")
            change.facts.update(
                acceptance=str(acceptance), destination=str(destination), accepted_by=str(accepted_by), **span,
                before=None, after=span,
            )  # fmt: skip
            if measured:
                change.facts["measured"] = sha256(measured.encode()).hexdigest()
        return acceptance

    async def revoke_acceptance(self, tenant: TenantId, acceptance: UUID) -> None:
        """The acceptance ends now; one that has not begun is struck."""
        await self._end(tenant, "risk_acceptance", acceptance, "risk.revoked")

    async def destination_by_name(self, tenant: TenantId, name: str) -> UUID:
        """An active destination. Raises InvalidRequestError when there is none."""
        rows = await self._all(tenant, "SELECT id FROM destination WHERE name = %s AND active", name.strip())
        _one_or_refuse(len(rows), "There is no active destination of this name.")
        identity: UUID = rows[0][0]
        return identity

    async def destinations(self, tenant: TenantId) -> tuple[RegisteredDestination, ...]:
        """All, also inactive ones, by name."""
        rows = await self._all(tenant, _ALL_DESTINATIONS)
        return tuple(RegisteredDestination(destination_of(row[:-2]), row[-2], row[-1]) for row in rows)

    async def agreements(self, tenant: TenantId) -> tuple[Baa, ...]:
        """All, also past ones, by vendor and date."""
        return tuple(baa_of(row) for row in await self._all(tenant, AGREEMENTS))

    async def acceptances(self, tenant: TenantId) -> tuple[RiskAcceptance, ...]:
        """All, also past ones, by date."""
        return tuple(acceptance_of(row) for row in await self._all(tenant, ACCEPTANCES))

    async def _end(self, tenant: TenantId, table: str, identity: UUID, action: str) -> None:
        now = self._administration.clock()
        async with self._vendor_change(tenant, action) as change:
            query = sql.SQL("SELECT ends_at FROM {} WHERE id = %s").format(sql.Identifier(table))
            row = await (await change.connection.execute(query, [identity])).fetchone()
            before = None if row is None else {"ends_at": row[0].isoformat()}
            struck = await change.connection.execute(_STRIKE.format(table=sql.Identifier(table)), [identity, now])
            ended = await change.connection.execute(_END.format(table=sql.Identifier(table)), [now, identity, now])
            _one_or_refuse(struck.rowcount + ended.rowcount, "There is none such that is still in force.")
            after = None if struck.rowcount else {"ends_at": now.isoformat()}
            change.facts.update(
                ended=str(identity), struck=struck.rowcount == 1, ends_at=now.isoformat(), before=before, after=after
            )

    @asynccontextmanager
    async def _vendor_change(self, tenant: TenantId, action: str) -> AsyncIterator[Change]:
        async with self._administration.change(tenant, action) as change:
            yield change
            await change.connection.execute(
                "UPDATE tenant SET vendor_version = vendor_version + 1 WHERE id = %s", [tenant]
            )

    def _sealed(self, tenant: TenantId, destination: UUID, api_key: Secret) -> bytes:
        return self._vault.seal(
            tenant, None, destination, API_KEY_NAME, api_key.value.encode(), key_class=KeyClass.TOKENS
        )

    async def _all(self, tenant: TenantId, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self._database.as_tenant(tenant) as connection:
            return await (await connection.execute(query.encode(), values or None)).fetchall()


def _named(value: str, param: str) -> str:
    value = value.strip()
    if _NAME.fullmatch(value) is None:
        raise InvalidRequestError("A name of 1 to 100 characters is needed.", param=param)
    return value


def _recorded(value: str, param: str) -> str:
    """These three stand in the log in clear, so they are names and no sentences."""
    value = value.strip()
    if not VENDOR.fits(value):
        raise InvalidRequestError("A name of at most six plain words of 40 characters is needed.", param=param)
    return value


def _place(vendor: str, service: str, feature: str, endpoint: str) -> dict[str, str]:
    """What an agreement and a destination must have in common, in one spelling and in this order."""
    return {
        "vendor": _recorded(vendor, "vendor"),
        "service": _recorded(service, "service"),
        "feature": _recorded(feature, "feature"),
        "endpoint": normalise_endpoint(endpoint),
    }


def _span(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise InvalidRequestError("A date needs its time zone.", param="starts_at")
    if ends_at <= starts_at:
        raise InvalidRequestError("The end must come after the beginning.", param="ends_at")
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}


def _one_or_refuse(count: int, message: str) -> None:
    if count != 1:
        raise InvalidRequestError(message)
