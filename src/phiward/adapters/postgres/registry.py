"""The registrar's work on people: organisations, persons, personal keys. Each change is on record.

Source: 45 CFR 164.308(a)(3) and (4), 164.312(a)(2)(i) (unique user identification).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration, Change
from phiward.adapters.postgres.patient_handles import one_patient
from phiward.domain.errors import ConfigurationError, InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PersonId, PurposeOfUse, Role, TenantId
from phiward.identity.keys import IssuedKey, issue
from phiward.vault.vault import Vault

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_LABEL = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_PRACTITIONER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.|:_-]{0,199}")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as listed."""

    id: PersonId
    login: str
    roles: tuple[str, ...]
    practitioner: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A personal key as listed; the key itself is nowhere."""

    id: UUID
    login: str
    label: str
    bound_patient: UUID | None
    bound_purpose: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Registry:
    """People and their keys. Refusals raise InvalidRequestError, and then nothing is changed."""

    def __init__(self, administration: Administration, vault: Vault) -> None:
        """`vault` makes the keyed digest of a patient reference."""
        self._administration = administration
        self._database = administration.database
        self._vault = vault

    async def ensure_tenant(self, name: str) -> TenantId:
        """The organisation of this name; it is made, and on record, when there is none."""
        name = name.strip()
        if _LABEL.fullmatch(name) is None:
            raise InvalidRequestError("An organisation needs a name of 1 to 100 characters.", param="organisation")
        wanted = self._administration.new_id()
        async with self._database.as_tenant(wanted) as connection:
            made = await connection.execute(
                "INSERT INTO tenant (id, name) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING", [wanted, name]
            )
            if made.rowcount == 1:
                await self._administration.record(connection, wanted, "tenant.added", {"tenant": str(wanted)})
                return TenantId(wanted)
            row = await (await connection.execute("SELECT id FROM tenant WHERE name = %s", [name])).fetchone()
        if row is None:
            raise InvalidRequestError("The organisation could not be found.", param="organisation")
        return TenantId(row[0])

    async def find_tenant(self, name: str) -> TenantId:
        """The organisation of this name, made before by a command. Raises ConfigurationError when there is none."""
        async with self._database.plain() as connection:
            row = await (await connection.execute("SELECT id FROM tenant WHERE name = %s", [name.strip()])).fetchone()
        if row is None:
            raise ConfigurationError("PHIWARD_ORGANISATION names no organisation here; `phiward user add` makes it.")
        return TenantId(row[0])

    async def add_person(
        self, tenant: TenantId, login: str, roles: Collection[Role], practitioner: str | None
    ) -> PersonId:
        """`practitioner` is the record's own id of this person, as care relations name it."""
        login = login.strip().lower()
        if _LOGIN.fullmatch(login) is None:
            raise InvalidRequestError("A login is 1 to 64 of a-z, 0-9 and . _ @ + -.", param="login")
        if not roles:
            raise InvalidRequestError("A person needs at least one role.", param="roles")
        if practitioner is not None and _PRACTITIONER.fullmatch(practitioner) is None:
            raise InvalidRequestError("That is no id of a practitioner.", param="practitioner")
        person, names = PersonId(self._administration.new_id()), sorted({str(Role(role)) for role in roles})
        async with self._administration.change(tenant, "person.added") as change:
            made = await change.connection.execute(
                "INSERT INTO person (id, tenant, login, practitioner, roles) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (tenant, login) DO NOTHING",
                [person, tenant, login, practitioner, names],
            )
            if made.rowcount == 0:
                raise InvalidRequestError("There is a person with this login.", param="login")
            change.facts.update(
                person=str(person), roles=names, practitioner=practitioner, before=None, after={"roles": names}
            )
        return person

    async def deactivate_person(self, tenant: TenantId, person: PersonId) -> None:
        """End all access at once: the person is inactive and every key revoked, for good."""
        async with self._administration.change(tenant, "person.deactivated") as change:
            ended = await change.connection.execute(
                "UPDATE person SET active = false WHERE id = %s AND active", [person]
            )
            if ended.rowcount == 0:
                raise InvalidRequestError("There is no such active person.", param="login")
            revoked = await change.connection.execute(
                "UPDATE personal_key SET revoked_at = now() WHERE person = %s AND revoked_at IS NULL",
                [person],
            )
            change.facts.update(
                person=str(person), keys_revoked=revoked.rowcount, before={"active": True}, after={"active": False}
            )

    async def issue_key(
        self,
        tenant: TenantId,
        person: PersonId,
        lifetime: timedelta,
        label: str,
        *,
        bound_patient: PatientRef | None = None,
        bound_purpose: PurposeOfUse | None = None,
    ) -> IssuedKey:
        """A new key. Its text is in the answer and nowhere else; the database holds its digest."""
        if _LABEL.fullmatch(label) is None:
            raise InvalidRequestError("A key needs a label of 1 to 100 characters.", param="label")
        key = issue(self._administration.clock(), lifetime, new_id=self._administration.new_id)
        async with self._administration.change(tenant, "key.issued") as change:
            await self._refuse_strangers(change, person, bound_patient)
            await change.connection.execute(
                "INSERT INTO personal_key (id, person, digest, label, bound_patient, bound_purpose,"
                " expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [key.id, person, key.digest, label, bound_patient, _text(bound_purpose), key.expires_at],
            )
            change.facts.update(
                key=str(key.id),
                person=str(person),
                expires_at=key.expires_at.isoformat(),
                bound_patient=_text(bound_patient),
                bound_purpose=_text(bound_purpose),
                before=None,
                after={"expires_at": key.expires_at.isoformat()},
            )
        return key

    async def revoke_key(self, tenant: TenantId, key: UUID) -> None:
        """The key is refused from the next request on."""
        async with self._administration.change(tenant, "key.revoked") as change:
            revoked = await change.connection.execute(
                "UPDATE personal_key SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL", [key]
            )
            if revoked.rowcount == 0:
                raise InvalidRequestError("There is no such key in force.", param="key")
            change.facts.update(key=str(key), before={"revoked": False}, after={"revoked": True})

    async def person_by_login(self, tenant: TenantId, login: str) -> PersonId:
        """Raises InvalidRequestError when there is none."""
        row = await self._one(tenant, "SELECT id FROM person WHERE login = %s", login.strip().lower())
        if row is None:
            raise InvalidRequestError("There is no person with this login.", param="login")
        return PersonId(row[0])

    async def patient_by_reference(self, tenant: TenantId, reference: str) -> PatientRef:
        """The one patient whom a reference names. Raises PatientNotFoundError, also for several."""
        async with self._database.as_tenant(tenant) as connection:
            found = await one_patient(connection, self._vault, reference)
        if found is None:
            raise PatientNotFoundError
        return PatientRef(found)

    async def people(self, tenant: TenantId) -> tuple[PersonRow, ...]:
        """Everyone, by login."""
        query = "SELECT id, login, roles, practitioner, active FROM person ORDER BY login"
        return tuple(
            PersonRow(PersonId(row["id"]), row["login"], tuple(row["roles"]), row["practitioner"], row["active"])
            for row in await self._all(tenant, query)
        )

    async def keys(self, tenant: TenantId) -> tuple[KeyRow, ...]:
        """Every key, by login and date."""
        query = """SELECT k.id, p.login, k.label, k.bound_patient, k.bound_purpose, k.created_at,
                          k.expires_at, k.revoked_at
                     FROM personal_key k JOIN person p ON p.id = k.person
                    ORDER BY p.login, k.created_at, k.id"""
        return tuple(KeyRow(**row) for row in await self._all(tenant, query))

    async def _refuse_strangers(self, change: Change, person: PersonId, patient: PatientRef | None) -> None:
        """Row-level security shows the registrar this organisation only."""
        cursor = await change.connection.execute("SELECT 1 FROM person WHERE id = %s AND active", [person])
        if await cursor.fetchone() is None:
            raise InvalidRequestError("There is no such active person.", param="login")
        if patient is not None:
            cursor = await change.connection.execute("SELECT 1 FROM patient WHERE id = %s", [patient])
            if await cursor.fetchone() is None:
                raise PatientNotFoundError

    async def _one(self, tenant: TenantId, query: str, value: Any) -> tuple[Any, ...] | None:
        async with self._database.as_tenant(tenant) as connection:
            return await (await connection.execute(query.encode(), [value])).fetchone()

    async def _all(self, tenant: TenantId, query: str) -> list[Mapping[str, Any]]:
        async with self._database.as_tenant(tenant) as connection:
            cursor = await connection.execute(query.encode())
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
