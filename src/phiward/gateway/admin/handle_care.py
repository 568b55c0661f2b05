"""Handlers of entered relations, units and cover: who works with whose patients."""

from phiward.gateway.admin.asked import Asked
from phiward.gateway.admin.models import (
    Cover,
    Made,
    Member,
    NewCover,
    NewMember,
    NewRelation,
    NewUnit,
    Page,
    Relation,
    Unit,
    UnitPatient,
)


async def list_relations(asked: Asked) -> Page[Relation]:
    """List the care relations that were entered here; those of the record are the record's."""
    return asked.page(Relation, await asked.desk.access.grants.relations(asked.tenant, asked.after, asked.limit))


async def add_relation(asked: Asked) -> Made:
    """Enter a care relation that the record does not hold."""
    body: NewRelation = asked.body
    asked.refuse_own(body.person)
    patient = await asked.patient()
    return Made(id=await asked.desk.access.grants.add_relation(asked.tenant, body.person, patient, asked.span))


async def end_relation(asked: Asked) -> None:
    """End an entered care relation."""
    await asked.desk.access.grants.end_relation(asked.tenant, asked.ids["relation"])


async def list_units(asked: Asked) -> Page[Unit]:
    """List departments and panels."""
    return asked.page(Unit, await asked.desk.access.units.units(asked.tenant, asked.after, asked.limit))


async def add_unit(asked: Asked) -> Made:
    """Add a department or a panel."""
    body: NewUnit = asked.body
    return Made(id=await asked.desk.access.units.add_unit(asked.tenant, body.name, body.kind))


async def list_members(asked: Asked) -> Page[Member]:
    """List the members of a unit."""
    rows = await asked.desk.access.units.members(asked.tenant, asked.ids["unit"], asked.after, asked.limit)
    return asked.page(Member, rows)


async def add_member(asked: Asked) -> Made:
    """Add a member to a unit."""
    body: NewMember = asked.body
    asked.refuse_own(body.person)
    made = await asked.desk.access.units.add_member(
        asked.tenant, asked.ids["unit"], body.person, asked.span, on_call=body.on_call
    )
    return Made(id=made)


async def end_member(asked: Asked) -> None:
    """End a membership."""
    await asked.desk.access.units.end_member(asked.tenant, asked.ids["member"], asked.ids["unit"])


async def list_unit_patients(asked: Asked) -> Page[UnitPatient]:
    """List the patients of a unit by opaque id."""
    rows = await asked.desk.access.units.patients(asked.tenant, asked.ids["unit"], asked.after, asked.limit)
    return asked.page(UnitPatient, rows)


async def add_unit_patient(asked: Asked) -> Made:
    """Add a patient to a unit."""
    made = await asked.desk.access.units.add_patient(asked.tenant, asked.ids["unit"], await asked.patient(), asked.span)
    return Made(id=made)


async def end_unit_patient(asked: Asked) -> None:
    """End a patient's time in a unit."""
    await asked.desk.access.units.end_patient(asked.tenant, asked.ids["place"], asked.ids["unit"])


async def list_covers(asked: Asked) -> Page[Cover]:
    """List who stands in for whom."""
    return asked.page(Cover, await asked.desk.access.units.covers(asked.tenant, asked.after, asked.limit))


async def add_cover(asked: Asked) -> Made:
    """Let a person stand in for another, for a time."""
    body: NewCover = asked.body
    asked.refuse_own(body.person)
    return Made(id=await asked.desk.access.units.add_cover(asked.tenant, body.person, body.covers, asked.span))


async def end_cover(asked: Asked) -> None:
    """End a cover."""
    await asked.desk.access.units.end_cover(asked.tenant, asked.ids["cover"])
