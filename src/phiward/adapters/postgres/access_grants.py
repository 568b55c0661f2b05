"""Administration of what stands between one person and one patient: relations, grants, consents, the flag.

A grant has an approver who is somebody else, a reason that is sealed under the patient's key, a code, and an end.
Source: 45 CFR 164.308(a)(4)(ii)(B) and (C), 164.502(g), 164.522; 42 CFR 2.31.
"""

import re
from uuid import UUID

from phiward.adapters.postgres.access_office import FIRST, MOST_ROWS, Act, Known, Office, spanned
from phiward.domain.access import DataClass
from phiward.domain.administration import (
    LONGEST_GRANT,
    PROXY_BASES,
    ConsentEntry,
    GrantEntry,
    GrantKind,
    NewGrant,
    RelationEntry,
    Span,
    UnknownIdError,
)
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse, Role

REASON_NAME = "grant_reason"
"""Under which name the reason of a grant is sealed; its record is the grant's id."""
_REASON = re.compile(r"[^\x00]{1,1000}", re.DOTALL)
_NO_APPROVERS = [str(one) for one in (Role.PATIENT, Role.PROXY, Role.AI_SYSTEM)]
# The id of a relation that was entered here stands in `origin`: 16 bytes, where the record's digests are 32.
_RELATIONS = """SELECT encode(origin, 'hex')::uuid AS id, practitioner, patient, starts_at, ends_at FROM care_relation
                 WHERE source = 'manual' AND length(origin) = 16"""
_GRANTS = """SELECT id, kind, person, patient, classes, basis, approver, starts_at, ends_at, revoked_at
               FROM access_grant"""
_CONSENTS = """SELECT id, patient, class AS data_class, purpose, starts_at, ends_at, revoked_at FROM consent"""
_RELATION = """SELECT practitioner, patient, starts_at, ends_at FROM care_relation
                WHERE source = 'manual' AND origin = %s AND (ends_at IS NULL OR ends_at > now()) FOR UPDATE"""
_END_RELATION = "UPDATE care_relation SET ends_at = now() WHERE source = 'manual' AND origin = %s AND starts_at < now()"
_STRIKE_RELATION = "DELETE FROM care_relation WHERE source = 'manual' AND origin = %s AND starts_at >= now()"
_SAME_RELATION = """SELECT 1 FROM care_relation WHERE practitioner = %s AND patient = %s AND source = 'manual'
                       AND tstzrange(starts_at, ends_at) && tstzrange(coalesce(%s, now()), %s)"""


class Grants:
    """Of one organisation at a time. Refusals raise InvalidRequestError, and nothing is changed."""

    def __init__(self, office: Office) -> None:
        """`office` opens the acts."""
        self._office = office

    async def relations(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[RelationEntry, ...]:
        """Relations that were entered here, past ones included, by id."""
        return await self._office.page(tenant, RelationEntry, _RELATIONS, after, limit)

    async def add_relation(self, tenant: UUID, person: UUID, patient: UUID, span: Span) -> UUID:
        """She treats the patient, though the record does not say so (yet). Goes by her practitioner id."""
        span.refuse_past(self._office.now())
        made = self._office.new_id()
        async with self._office.act(tenant, "relation.added") as act:
            found = await act.one("SELECT practitioner FROM person WHERE id = %s AND active", person)
            if found is None:
                raise UnknownIdError("person")
            await act.patient(patient)
            if found[0] is None:
                raise InvalidRequestError(
                    "The record has no practitioner id for this person; give her an access grant.", param="person"
                )
            if await act.one(_SAME_RELATION, found[0], patient, span.starts_at, span.ends_at):
                raise InvalidRequestError("There is one already for this time.", param="starts_at")
            await act.connection.execute(
                "INSERT INTO care_relation (tenant, patient, practitioner, source, starts_at, ends_at, origin)"
                " VALUES (%s, %s, %s, 'manual', coalesce(%s, now()), %s, %s)",
                [tenant, patient, found[0], span.starts_at, span.ends_at, made.bytes],
            )
            act.tell(None, spanned(span), relation=made, person=person, patient=patient, practitioner=found[0])
        return made

    async def end_relation(self, tenant: UUID, relation: UUID) -> None:
        """From the next request on. Raises UnknownIdError for what is over, or is the record's own."""
        async with self._office.act(tenant, "relation.ended") as act:
            before = await act.row(_RELATION, relation.bytes)
            if before is None:
                raise UnknownIdError("id")
            ended = await act.connection.execute(_END_RELATION.encode(), [relation.bytes])
            if ended.rowcount == 0:
                await act.connection.execute(_STRIKE_RELATION.encode(), [relation.bytes])
            act.tell(before, {"ends_at": self._office.now()} if ended.rowcount else None, relation=relation)

    async def grants(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[GrantEntry, ...]:
        """Every grant, emergencies and past ones included, by id."""
        return await self._office.page(tenant, GrantEntry, _GRANTS, after, limit)

    async def add_grant(self, tenant: UUID, asked: NewGrant) -> UUID:
        """Access that a second person approves. Raises VaultError where the patient's key is destroyed."""
        self._refuse_unfounded(asked)
        made = self._office.new_id()
        async with self._office.act(tenant, "grant.added") as act:
            await act.known(Known.ACTIVE_PERSON, asked.person, "person")
            await act.patient(asked.patient)
            await self._refuse_approver(act, asked.approver)
            sealed = self._office.vault.seal(
                tenant, PatientRef(asked.patient), made, REASON_NAME, asked.reason.strip().encode()
            )
            classes = sorted(str(one) for one in asked.classes)
            await act.connection.execute(
                "INSERT INTO access_grant (id, tenant, kind, person, patient, classes, basis, sealed_reason, approver,"
                " starts_at, ends_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, coalesce(%s, now()), %s)",
                [
                    made, tenant, str(asked.kind), asked.person, asked.patient, classes, str(asked.basis), sealed,
                    asked.approver, asked.span.starts_at, asked.span.ends_at,
                ],
            )  # fmt: skip
            act.tell(
                None,
                {"kind": asked.kind, "basis": asked.basis, "classes": classes, **spanned(asked.span)},
                grant=made,
                person=asked.person,
                patient=asked.patient,
                approver=asked.approver,
            )
        return made

    async def revoke_grant(self, tenant: UUID, grant: UUID) -> None:
        """From the next request on, and inside a stream. Raises UnknownIdError; emergencies end elsewhere."""
        async with self._office.act(tenant, "grant.revoked") as act:
            row = await act.row(
                "UPDATE access_grant SET revoked_at = now() WHERE id = %s AND kind <> 'emergency'"
                " AND revoked_at IS NULL AND ends_at > now() RETURNING person, patient, kind, ends_at, revoked_at",
                grant,
            )
            if row is None:
                raise UnknownIdError("id")
            after = row.pop("revoked_at")
            act.tell({**row, "revoked_at": None}, {"revoked_at": after}, grant=grant)

    async def consents(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[ConsentEntry, ...]:
        """Every consent, past ones included, by id."""
        return await self._office.page(tenant, ConsentEntry, _CONSENTS, after, limit)

    async def add_consent(
        self, tenant: UUID, patient: UUID, data_class: DataClass, purpose: PurposeOfUse, span: Span
    ) -> UUID:
        """The patient lets a class of data be used for a purpose; it needs an end."""
        if span.ends_at is None:
            raise InvalidRequestError("A consent needs an end.", param="ends_at")
        span.refuse_past(self._office.now())
        made = self._office.new_id()
        async with self._office.act(tenant, "consent.added") as act:
            await act.patient(patient)
            await act.connection.execute(
                "INSERT INTO consent (id, tenant, patient, class, purpose, starts_at, ends_at)"
                " VALUES (%s, %s, %s, %s, %s, coalesce(%s, now()), %s)",
                [made, tenant, patient, str(data_class), str(purpose), span.starts_at, span.ends_at],
            )
            after = {"class": data_class, "purpose": purpose, **spanned(span)}
            act.tell(None, after, consent=made, patient=patient)
        return made

    async def revoke_consent(self, tenant: UUID, consent: UUID) -> None:
        """From the next request on. Raises UnknownIdError. Source: 42 CFR 2.31(a)(6)."""
        async with self._office.act(tenant, "consent.revoked") as act:
            row = await act.row(
                "UPDATE consent SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL AND ends_at > now()"
                " RETURNING patient, class, purpose, ends_at, revoked_at",
                consent,
            )
            if row is None:
                raise UnknownIdError("id")
            after = row.pop("revoked_at")
            act.tell({**row, "revoked_at": None}, {"revoked_at": after}, consent=consent)

    async def set_restricted(self, tenant: UUID, patient: UUID, restricted: bool) -> bool:
        """Flag a record, or take the flag away; returns what it was. Raises PatientNotFoundError."""
        async with self._office.act(tenant, "patient.restricted" if restricted else "patient.unrestricted") as act:
            row = await act.row("SELECT restricted FROM patient WHERE id = %s FOR UPDATE", patient)
            if row is None:
                raise PatientNotFoundError
            await act.connection.execute("UPDATE patient SET restricted = %s WHERE id = %s", [restricted, patient])
            act.tell(row, {"restricted": restricted}, patient=patient)
        return bool(row["restricted"])

    def _refuse_unfounded(self, asked: NewGrant) -> None:
        asked.span.refuse_past(self._office.now(), longest=LONGEST_GRANT)
        if asked.approver == asked.person:
            raise InvalidRequestError("Nobody approves her own access.", param="approver")
        if (asked.kind is GrantKind.PROXY) != (asked.basis in PROXY_BASES):
            raise InvalidRequestError("This basis is not one of this kind of grant.", param="basis")
        if _REASON.fullmatch(asked.reason.strip()) is None:
            raise InvalidRequestError("A grant needs a reason of 1 to 1000 characters.", param="reason")

    async def _refuse_approver(self, act: Act, approver: UUID) -> None:
        """Someone of the staff: neither a patient, nor a machine."""
        query = "SELECT 1 FROM person WHERE id = %s AND active AND NOT roles <@ %s"
        if await act.one(query, approver, _NO_APPROVERS) is None:
            raise UnknownIdError("approver")
