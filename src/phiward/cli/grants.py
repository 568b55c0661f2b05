"""`phiward grant`: access that somebody approved, for a time."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from phiward.cli.asked import Ending, Id, Login, Reference, Since, everything, patient, reason, span
from phiward.cli.common import AsJson, show
from phiward.cli.people import with_registrar
from phiward.domain.access import DataClass
from phiward.domain.administration import PROXY_BASES, GrantBasis, GrantKind, NewGrant
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Manage access that somebody approved.", no_args_is_help=True)


@app.command("add")
def add(
    login: Login,
    reference: Reference,
    basis: Annotated[GrantBasis, typer.Option(help="Why: a proxy's, or one of a colleague's.")],
    approver: Annotated[str, typer.Option(help="The login of who approves it: somebody else, of the staff.")],
    reason_file: Annotated[Path, typer.Option(help="File with the reason; - for standard input. It is sealed.")],
    until: Ending,
    since: Since = None,
    data_class: Annotated[list[DataClass] | None, typer.Option(help="A class of data beyond the general one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a person access to a patient, for at most 366 days."""
    kind = GrantKind.PROXY if basis in PROXY_BASES else GrantKind.MANUAL

    async def work(registrar: Registrar) -> Any:
        tenant, registry = registrar.tenant, registrar.registry
        person = await registry.person_by_login(tenant, login)
        by = await registry.person_by_login(tenant, approver)
        found = await patient(registrar, reference)
        asked = NewGrant(
            kind, person, found, basis, by, reason(reason_file), span(since, until), frozenset(data_class or ())
        )
        return await registrar.access.grants.add_grant(tenant, asked)

    show({"grant": str(with_registrar(work)), "kind": str(kind)}, as_json=as_json)


@app.command("revoke")
def revoke(grant: Id, as_json: AsJson = False) -> None:
    """Revoke a grant now; a running answer is cut."""

    async def work(registrar: Registrar) -> Any:
        await registrar.access.grants.revoke_grant(registrar.tenant, grant)

    with_registrar(work)
    show({"revoked": str(grant)}, as_json=as_json)


@app.command("list")
def list_grants(as_json: AsJson = False) -> None:
    """List grants, past ones and emergencies included, without their reasons."""

    async def work(registrar: Registrar) -> Any:
        return await everything(partial(registrar.access.grants.grants, registrar.tenant))

    show(with_registrar(work), as_json=as_json, title="Grants")
