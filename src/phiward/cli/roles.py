"""`phiward role`: which roles a person has."""

from typing import Annotated, Any

import typer

from phiward.cli.common import AsJson, show
from phiward.cli.people import with_registrar
from phiward.domain.people import Role
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Manage the roles of people.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The person's login.")]
OneRole = Annotated[Role, typer.Argument(help="The role.")]


@app.command("list")
def list_roles(login: Login, as_json: AsJson = False) -> None:
    """List the roles of a person."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        return (await registrar.access.people.person(registrar.tenant, person)).roles

    show({"login": login, "roles": list(with_registrar(work))}, as_json=as_json)


@app.command("add")
def add(login: Login, role: OneRole, as_json: AsJson = False) -> None:
    """Give a person one more role, from her next request on."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        return await registrar.access.people.add_role(registrar.tenant, person, role)

    show({"login": login, "roles": list(with_registrar(work))}, as_json=as_json)


@app.command("remove")
def remove(login: Login, role: OneRole, as_json: AsJson = False) -> None:
    """Take a role from a person, from her next request on; never her last."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        return await registrar.access.people.remove_role(registrar.tenant, person, role)

    show({"login": login, "roles": list(with_registrar(work))}, as_json=as_json)
