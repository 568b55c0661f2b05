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
from phiward.domain.access import NO_STANDING, Consent, DataClass, Relation, RelationSource, Standing
from phiward.domain.patients import KnownPatient, PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse, Role, TenantId
from phiward.domain.text import Secret
from phiward.records.decode import PATIENT_NAME, decode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.vault import Vault

DEFAULT_CACHED_PATIENTS = 512

_OPEN = """
SELECT person, tenant, roles, credential, kind, service, expires_at, bound_patient, bound_purpose, scopes, auth_time,
       acr, seen_at, idle_seconds, vendor_version, index_version, patient, patient_version, sealed, restricted,
       relations, consents
  FROM open_request(%s, %s, %s)
"""
_ROLES = {str(role): role for role in Role}
_SOURCES = frozenset(map(str, RelationSource))
_DATA_CLASSES = frozenset(map(str, DataClass))


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """Implements domain.ports.Opened."""

    caller: Caller
    patient: KnownPatient | None
    standing: Standing
    vendor_version: int
    index_version: int


class PostgresPeople:
    """Implements domain.ports.People. `database` is a pool of the app role."""

    def __init__(self, database: Database, vault: Vault, *, cached_patients: int = DEFAULT_CACHED_PATIENTS) -> None:
        """`cached_patients`: most decoded patients in memory, least recently used out first."""
        self._database = database
        self._vault = vault
        self._patients = _PatientCache(vault, cached_patients)

    async def caller(self, session: Secret, patient: str | None, *, activity: bool = True) -> OpenedRequest | None:
        """Resolve a credential and, if one is named, a patient; without a name the credential's own patient.

        None when the credential is unknown, expired, idle or revoked, or the person inactive. `activity` keeps
        a session from growing idle; polling is none. Raises StorageError, and VaultError when the patient's key
        is destroyed.
        """
        handle = None if patient is None else self._vault.digest(None, HANDLE_LABEL, handle_text(patient))
        async with self._database.plain() as connection:
            cursor = await connection.execute(_OPEN, [session.value, handle, activity])
            row = await cursor.fetchone()
        if row is None:
            return None
        caller = _caller(row[:14], session)
        versions, (ref, version, sealed, restricted, relations, consents) = row[14:16], row[16:]
        if ref is None or caller.bound_patient not in (None, ref):
            return OpenedRequest(caller, None, NO_STANDING, *versions)
        known = self._patients.decoded(caller.tenant, PatientRef(ref), version, bytes(sealed))
        return OpenedRequest(caller, known, _standing(relations, consents, restricted), *versions)


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


def _caller(row: tuple[Any, ...], session: Secret) -> Caller:
    (person, tenant, roles, credential, kind, service, expires_at, bound_patient, bound_purpose) = row[:9]
    scopes, auth_time, acr, seen_at, idle_seconds = row[9:]
    return Caller(
        PersonId(person),
        TenantId(tenant),
        _roles(roles),
        credential,
        expires_at.astimezone(UTC),
        session,
        None if bound_patient is None else PatientRef(bound_patient),
        None if bound_purpose is None else PurposeOfUse(bound_purpose),
        CredentialKind(kind),
        service,
        frozenset(scopes),
        None if auth_time is None else auth_time.astimezone(UTC),
        acr,
        None if seen_at is None else seen_at.astimezone(UTC),
        idle_seconds,
    )


def _roles(names: Sequence[str]) -> frozenset[Role]:
    """A role that this version does not know gives nothing; no policy forbids by role."""
    return frozenset(_ROLES[name] for name in names if name in _ROLES)


def _standing(
    relations: Sequence[Mapping[str, Any]] | None, consents: Sequence[Mapping[str, Any]] | None, restricted: bool
) -> Standing:
    """A source or class that this version does not know opens nothing."""
    return Standing(
        tuple(
            Relation(
                RelationSource(one["source"]),
                _instant(one["starts_at"]),
                None if one["ends_at"] is None else _instant(one["ends_at"]),
                None if one["grant"] is None else UUID(one["grant"]),
                _classes(one["classes"]),
            )
            for one in relations or ()
            if one["source"] in _SOURCES
        ),
        tuple(
            Consent(DataClass(one["class"]), one["purpose"]) for one in consents or () if one["class"] in _DATA_CLASSES
        ),
        restricted,
    )


def _classes(names: Sequence[str]) -> frozenset[DataClass]:
    return frozenset(DataClass(name) for name in names if name in _DATA_CLASSES)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
