"""`phiward relation`: care relations that the record does not hold, units, and cover."""

from functools import partial
from typing import Annotated, Any

import typer

from phiward.cli.asked import Ending, Id, Login, Reference, Since, Until, everything, patient, span
from phiward.cli.common import AsJson, show
from phiward.cli.people import with_registrar
from phiward.domain.administration import UnitKind
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Manage who treats whom, beyond what the record says.", no_args_is_help=True)
unit = typer.Typer(help="Manage departments and panels.", no_args_is_help=True)
cover = typer.Typer(help="Manage who stands in for whom.", no_args_is_help=True)
app.add_typer(unit, name="unit")
app.add_typer(cover, name="cover")
Unit = Annotated[str, typer.Argument(help="The unit's name.")]


@app.command("add")
def add(login: Login, reference: Reference, since: Since = None, until: Until = None, as_json: AsJson = False) -> None:
    """Enter a care relation; it goes by the person's practitioner id."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        found = await patient(registrar, reference)
        return await registrar.access.grants.add_relation(registrar.tenant, person, found, span(since, until))

    show({"relation": str(with_registrar(work))}, as_json=as_json)


@app.command("end")
def end(relation: Id, as_json: AsJson = False) -> None:
    """End an entered care relation now."""

    async def work(registrar: Registrar) -> Any:
        await registrar.access.grants.end_relation(registrar.tenant, relation)

    with_registrar(work)
    show({"ended": str(relation)}, as_json=as_json)


@app.command("list")
def list_relations(as_json: AsJson = False) -> None:
    """List entered care relations, past ones included."""

    async def work(registrar: Registrar) -> Any:
        return await everything(partial(registrar.access.grants.relations, registrar.tenant))

    show(with_registrar(work), as_json=as_json, title="Entered relations")


@unit.command("add")
def add_unit(
    name: Unit,
    kind: Annotated[UnitKind, typer.Option(help="What it is.")] = UnitKind.DEPARTMENT,
    as_json: AsJson = False,
) -> None:
    """Add a department or a panel."""

    async def work(registrar: Registrar) -> Any:
        return await registrar.access.units.add_unit(registrar.tenant, name, kind)

    show({"unit": str(with_registrar(work)), "kind": str(kind)}, as_json=as_json)


@unit.command("list")
def list_units(as_json: AsJson = False) -> None:
    """List departments and panels."""

    async def work(registrar: Registrar) -> Any:
        return await everything(partial(registrar.access.units.units, registrar.tenant))

    show(with_registrar(work), as_json=as_json, title="Units")


@unit.command("add-member")
def add_member(
    name: Unit,
    login: Login,
    on_call: Annotated[bool, typer.Option("--on-call", help="On call; needs --until.")] = False,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Add a person to a unit; she then sees its patients."""

    async def work(registrar: Registrar) -> Any:
        units, tenant = registrar.access.units, registrar.tenant
        person = await registrar.registry.person_by_login(tenant, login)
        found = await units.unit_by_name(tenant, name)
        return await units.add_member(tenant, found, person, span(since, until), on_call=on_call)

    show({"member": str(with_registrar(work))}, as_json=as_json)


@unit.command("end-member")
def end_member(member: Id, as_json: AsJson = False) -> None:
    """End a membership now."""

    async def work(registrar: Registrar) -> Any:
        await registrar.access.units.end_member(registrar.tenant, member)

    with_registrar(work)
    show({"ended": str(member)}, as_json=as_json)


@unit.command("add-patient")
def add_patient(
    name: Unit, reference: Reference, since: Since = None, until: Until = None, as_json: AsJson = False
) -> None:
    """Add a patient to a unit; its members then see the patient."""

    async def work(registrar: Registrar) -> Any:
        units, tenant = registrar.access.units, registrar.tenant
        found = await units.unit_by_name(tenant, name)
        return await units.add_patient(tenant, found, await patient(registrar, reference), span(since, until))

    show({"place": str(with_registrar(work))}, as_json=as_json)


@unit.command("end-patient")
def end_patient(place: Id, as_json: AsJson = False) -> None:
    """End a patient's time in a unit now."""

    async def work(registrar: Registrar) -> Any:
        await registrar.access.units.end_patient(registrar.tenant, place)

    with_registrar(work)
    show({"ended": str(place)}, as_json=as_json)


@unit.command("show")
def show_unit(name: Unit, as_json: AsJson = False) -> None:
    """List the members and the patients of a unit, by ids."""

    async def work(registrar: Registrar) -> Any:
        units, tenant = registrar.access.units, registrar.tenant
        found = await units.unit_by_name(tenant, name)
        return (
            await everything(partial(units.members, tenant, found)),
            await everything(partial(units.patients, tenant, found)),
        )

    members, patients = with_registrar(work)
    if as_json:
        show({"members": members, "patients": patients}, as_json=True)
        return
    show(members, as_json=False, title="Members")
    show(patients, as_json=False, title="Patients")


@cover.command("add")
def add_cover(
    login: Login,
    covers: Annotated[str, typer.Argument(help="The login of whom she stands in for.")],
    until: Ending,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Let a person see whom another treats, until an end."""

    async def work(registrar: Registrar) -> Any:
        tenant = registrar.tenant
        person = await registrar.registry.person_by_login(tenant, login)
        other = await registrar.registry.person_by_login(tenant, covers)
        return await registrar.access.units.add_cover(tenant, person, other, span(since, until))

    show({"cover": str(with_registrar(work))}, as_json=as_json)


@cover.command("end")
def end_cover(covering: Id, as_json: AsJson = False) -> None:
    """End a cover now."""

    async def work(registrar: Registrar) -> Any:
        await registrar.access.units.end_cover(registrar.tenant, covering)

    with_registrar(work)
    show({"ended": str(covering)}, as_json=as_json)


@cover.command("list")
def list_covers(as_json: AsJson = False) -> None:
    """List covers, past ones included."""

    async def work(registrar: Registrar) -> Any:
        return await everything(partial(registrar.access.units.covers, registrar.tenant))

    show(with_registrar(work), as_json=as_json, title="Covers")
