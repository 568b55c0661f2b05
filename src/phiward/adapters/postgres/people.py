"""Who holds a credential, and the patient she names: one statement, one round trip.

`open_request` (schema.sql) sets the token for its own transaction, so row-level security decides
whether the patient is there at all; an unknown, an ambiguous and an out-of-care reference look alike.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.domain.patients import CareRelation, CareSource, KnownPatient, PatientRef
from phiward.domain.people import Caller, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret
from phiward.records.decode import PATIENT_NAME, decode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.vault import Vault

DEFAULT_CACHED_PATIENTS = 512

_OPEN = """
SELECT person, tenant, roles, credential, expires_at, bound_patient, bound_purpose,
       vendor_version, index_version, patient, patient_version, sealed, relations
  FROM open_request(%s, %s)
"""
_ROLES = {str(role): role for role in Role}


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """Implements domain.ports.Opened."""

    caller: Caller
    patient: KnownPatient | None
    relations: tuple[CareRelation, ...]
    vendor_version: int
    index_version: int


class PostgresPeople:
    """Implements domain.ports.People. `database` is a pool of the app role."""

    def __init__(self, database: Database, vault: Vault, *, cached_patients: int = DEFAULT_CACHED_PATIENTS) -> None:
        """`cached_patients`: most decoded patients in memory, least recently used out first."""
        self._database = database
        self._vault = vault
        self._patients = _PatientCache(vault, cached_patients)

    async def caller(self, session: Secret, patient: str | None) -> OpenedRequest | None:
        """Resolve a credential and, if one is named, a patient; without a name the key's own patient.

        None when the credential is unknown, expired or revoked, or the person inactive. Raises
        StorageError, and VaultError when the patient's key is destroyed.
        """
        handle = None if patient is None else self._vault.digest(None, HANDLE_LABEL, handle_text(patient))
        async with self._database.plain() as connection:
            cursor = await connection.execute(_OPEN, [session.value, handle])
            row = await cursor.fetchone()
        if row is None:
            return None
        (person, tenant, roles, credential, expires_at, bound_patient, bound_purpose, *versions) = row[:9]
        caller = Caller(
            PersonId(person),
            TenantId(tenant),
            _roles(roles),
            credential,
            expires_at.astimezone(UTC),
            session,
            None if bound_patient is None else PatientRef(bound_patient),
            None if bound_purpose is None else PurposeOfUse(bound_purpose),
        )
        ref, version, sealed, relations = row[9:]
        if ref is None or caller.bound_patient not in (None, ref):
            return OpenedRequest(caller, None, (), *versions)
        known = self._patients.decoded(tenant, PatientRef(ref), version, bytes(sealed))
        return OpenedRequest(caller, known, _relations(relations or ()), *versions)


class _PatientCache:
    """Decoded patients by (tenant, patient, version); emptied when any key is destroyed."""

    def __init__(self, vault: Vault, limit: int) -> None:
        self._vault = vault
        self._limit = limit
        self._held: OrderedDict[tuple[UUID, UUID, int], KnownPatient] = OrderedDict()
        self._destructions = vault.destructions()

    def decoded(self, tenant: UUID, ref: PatientRef, version: int, sealed: bytes) -> KnownPatient:
        destructions = self._vault.destructions()
        if destructions != self._destructions:
            self._held.clear()
            self._destructions = destructions
        place = (tenant, ref, version)
        known = self._held.get(place)
        if known is None:
            known = decode_patient(ref, version, self._vault.open(tenant, ref, ref, PATIENT_NAME, sealed))
            self._held[place] = known
            if len(self._held) > self._limit:
                self._held.popitem(last=False)
        self._held.move_to_end(place)
        return known


def _roles(names: Sequence[str]) -> frozenset[Role]:
    """A role that this version does not know gives nothing; no policy forbids by role."""
    return frozenset(_ROLES[name] for name in names if name in _ROLES)


def _relations(stored: Sequence[Mapping[str, Any]]) -> tuple[CareRelation, ...]:
    return tuple(
        CareRelation(
            one["practitioner"],
            CareSource(one["source"]),
            _instant(one["starts_at"]),
            None if one["ends_at"] is None else _instant(one["ends_at"]),
        )
        for one in stored
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
