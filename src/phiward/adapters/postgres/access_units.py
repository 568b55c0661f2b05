"""Administration of units and cover: who works where, whose patients are where, and who stands in for whom."""

import re
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.access_office import FIRST, MOST_ROWS, Act, Known, Office, spanned
from phiward.domain.administration import (
    CoverEntry,
    MemberEntry,
    Span,
    UnitEntry,
    UnitKind,
    UnitPatientEntry,
    UnknownIdError,
)
from phiward.domain.errors import InvalidRequestError

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_SAME_MEMBER = """SELECT 1 FROM unit_member WHERE unit = %s AND person = %s AND on_call = %s
                     AND tstzrange(starts_at, ends_at) && tstzrange(coalesce(%s, now()), %s)"""
_SAME_PATIENT = """SELECT 1 FROM unit_patient WHERE unit = %s AND patient = %s
                      AND tstzrange(starts_at, ends_at) && tstzrange(coalesce(%s, now()), %s)"""
_SAME_COVER = """SELECT 1 FROM cover WHERE person = %s AND covers = %s
                    AND tstzrange(starts_at, ends_at) && tstzrange(coalesce(%s, now()), %s)"""
_MEMBERS = "SELECT id, person, on_call, starts_at, ends_at FROM unit_member WHERE unit = %s"
_PATIENTS = "SELECT id, patient, starts_at, ends_at FROM unit_patient WHERE unit = %s"
_COVERS = "SELECT id, person, covers, starts_at, ends_at FROM cover"

ENDS = {
    "unit_member": (
        "SELECT unit, person, on_call, starts_at, ends_at FROM unit_member"
        " WHERE id = %s AND (ends_at IS NULL OR ends_at > now()) FOR UPDATE",
        "UPDATE unit_member SET ends_at = now() WHERE id = %s AND starts_at < now()",
        "DELETE FROM unit_member WHERE id = %s AND starts_at >= now()",
    ),
    "unit_patient": (
        "SELECT unit, patient, starts_at, ends_at FROM unit_patient"
        " WHERE id = %s AND (ends_at IS NULL OR ends_at > now()) FOR UPDATE",
        "UPDATE unit_patient SET ends_at = now() WHERE id = %s AND starts_at < now()",
        "DELETE FROM unit_patient WHERE id = %s AND starts_at >= now()",
    ),
    "cover": (
        "SELECT person, covers, starts_at, ends_at FROM cover WHERE id = %s AND ends_at > now() FOR UPDATE",
        "UPDATE cover SET ends_at = now() WHERE id = %s AND starts_at < now()",
        "DELETE FROM cover WHERE id = %s AND starts_at >= now()",
    ),
}
"""What is in force or still to come; what has begun ends now, what has not never was."""


class Units:
    """Units and cover of one organisation at a time. Refusals raise InvalidRequestError, and nothing is changed."""

    def __init__(self, office: Office) -> None:
        """`office` opens the acts."""
        self._office = office

    async def units(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[UnitEntry, ...]:
        """Every unit, by id."""
        return await self._office.page(tenant, UnitEntry, "SELECT id, name, kind FROM unit", after, limit)

    async def unit_by_name(self, tenant: UUID, name: str) -> UUID:
        """Raises InvalidRequestError where there is none."""
        query = "SELECT id, name, kind FROM unit WHERE name = %s"
        found = await self._office.page(tenant, UnitEntry, query, FIRST, 1, name.strip())
        if not found:
            raise InvalidRequestError("There is no unit of this name.", param="unit")
        return found[0].id

    async def add_unit(self, tenant: UUID, name: str, kind: UnitKind) -> UUID:
        """A new unit, with nobody in it."""
        name, made = name.strip(), self._office.new_id()
        if _NAME.fullmatch(name) is None:
            raise InvalidRequestError("A unit needs a name of 1 to 100 characters.", param="name")
        async with self._office.act(tenant, "unit.added") as act:
            done = await act.connection.execute(
                "INSERT INTO unit (id, tenant, name, kind) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (tenant, name) DO NOTHING",
                [made, tenant, name, str(kind)],
            )
            if done.rowcount == 0:
                raise InvalidRequestError("There is a unit of this name.", param="name")
            act.tell(None, {"kind": kind}, unit=made)
        return made

    async def members(
        self, tenant: UUID, unit: UUID, after: UUID = FIRST, limit: int = MOST_ROWS
    ) -> tuple[MemberEntry, ...]:
        """Its members, past ones included, by id. Raises UnknownIdError."""
        await self._refuse_unknown(tenant, unit)
        return await self._office.page(tenant, MemberEntry, _MEMBERS, after, limit, unit)

    async def add_member(self, tenant: UUID, unit: UUID, person: UUID, span: Span, *, on_call: bool = False) -> UUID:
        """She sees the unit's patients while it lasts. On call needs an end."""
        span.refuse_past(self._office.now())
        if on_call and span.ends_at is None:
            raise InvalidRequestError("Being on call needs an end.", param="ends_at")
        made = self._office.new_id()
        async with self._office.act(tenant, "unit.member_added") as act:
            await act.known(Known.UNIT, unit, "unit")
            await act.known(Known.ACTIVE_PERSON, person, "person")
            await _refuse_twice(act, _SAME_MEMBER, unit, person, on_call, span)
            await act.connection.execute(
                "INSERT INTO unit_member (id, tenant, unit, person, on_call, starts_at, ends_at)"
                " VALUES (%s, %s, %s, %s, %s, coalesce(%s, now()), %s)",
                [made, tenant, unit, person, on_call, span.starts_at, span.ends_at],
            )
            act.tell(None, {"on_call": on_call, **spanned(span)}, member=made, unit=unit, person=person)
        return made

    async def patients(
        self, tenant: UUID, unit: UUID, after: UUID = FIRST, limit: int = MOST_ROWS
    ) -> tuple[UnitPatientEntry, ...]:
        """Its patients by opaque id, past ones included. Raises UnknownIdError."""
        await self._refuse_unknown(tenant, unit)
        return await self._office.page(tenant, UnitPatientEntry, _PATIENTS, after, limit, unit)

    async def add_patient(self, tenant: UUID, unit: UUID, patient: UUID, span: Span) -> UUID:
        """The unit's members see the patient while it lasts. Raises PatientNotFoundError."""
        span.refuse_past(self._office.now())
        made = self._office.new_id()
        async with self._office.act(tenant, "unit.patient_added") as act:
            await act.known(Known.UNIT, unit, "unit")
            await act.patient(patient)
            await _refuse_twice(act, _SAME_PATIENT, unit, patient, span)
            await act.connection.execute(
                "INSERT INTO unit_patient (id, tenant, unit, patient, starts_at, ends_at)"
                " VALUES (%s, %s, %s, %s, coalesce(%s, now()), %s)",
                [made, tenant, unit, patient, span.starts_at, span.ends_at],
            )
            act.tell(None, spanned(span), place=made, unit=unit, patient=patient)
        return made

    async def covers(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[CoverEntry, ...]:
        """Every cover, past ones included, by id."""
        return await self._office.page(tenant, CoverEntry, _COVERS, after, limit)

    async def add_cover(self, tenant: UUID, person: UUID, covers: UUID, span: Span) -> UUID:
        """`person` sees whom `covers` treats while it lasts; it needs an end. It is not handed on."""
        if span.ends_at is None:
            raise InvalidRequestError("A cover needs an end.", param="ends_at")
        span.refuse_past(self._office.now())
        if person == covers:
            raise InvalidRequestError("Nobody stands in for herself.", param="covers")
        made = self._office.new_id()
        async with self._office.act(tenant, "cover.added") as act:
            await act.known(Known.ACTIVE_PERSON, person, "person")
            await act.known(Known.PERSON, covers, "covers")
            await _refuse_twice(act, _SAME_COVER, person, covers, span)
            await act.connection.execute(
                "INSERT INTO cover (id, tenant, person, covers, starts_at, ends_at)"
                " VALUES (%s, %s, %s, %s, coalesce(%s, now()), %s)",
                [made, tenant, person, covers, span.starts_at, span.ends_at],
            )
            act.tell(None, spanned(span), cover=made, person=person, covers=covers)
        return made

    async def end_member(self, tenant: UUID, member: UUID, unit: UUID | None = None) -> None:
        """From the next request on. Raises UnknownIdError for what is over, or is not of `unit`."""
        await self._end(tenant, "unit.member_ended", "unit_member", member, unit)

    async def end_patient(self, tenant: UUID, place: UUID, unit: UUID | None = None) -> None:
        """From the next request on; `place` is the id of the patient's time in the unit. Raises UnknownIdError."""
        await self._end(tenant, "unit.patient_ended", "unit_patient", place, unit)

    async def end_cover(self, tenant: UUID, cover: UUID) -> None:
        """From the next request on. Raises UnknownIdError for what is over."""
        await self._end(tenant, "cover.ended", "cover", cover, None)

    async def _end(self, tenant: UUID, action: str, table: str, wanted: UUID, unit: UUID | None) -> None:
        find, end, strike = ENDS[table]
        async with self._office.act(tenant, action) as act:
            before = await act.row(find, wanted)
            if before is None or (unit is not None and before["unit"] != unit):
                raise UnknownIdError("id")
            ended = await act.connection.execute(end.encode(), [wanted])
            if ended.rowcount == 0:
                await act.connection.execute(strike.encode(), [wanted])
            act.tell(before, {"ends_at": self._office.now()} if ended.rowcount else None, id=wanted)

    async def _refuse_unknown(self, tenant: UUID, unit: UUID) -> None:
        query = "SELECT id, name, kind FROM unit WHERE id = %s"
        if not await self._office.page(tenant, UnitEntry, query, FIRST, 1, unit):
            raise UnknownIdError("unit")


async def _refuse_twice(act: Act, query: str, *values: Any) -> None:
    """Two at one time would outlive the end of one. The last value is the span."""
    *rest, span = values
    if await act.one(query, *rest, span.starts_at, span.ends_at):
        raise InvalidRequestError("There is one already for this time.", param="starts_at")
