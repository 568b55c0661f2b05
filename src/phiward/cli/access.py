"""`phiward access`: who may see what and why, and the flag on a record."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from phiward.cli.asked import Reference, listed, patient
from phiward.cli.common import AsJson, fail, show
from phiward.cli.people import with_registrar
from phiward.domain.access_report import summary_of_patient, summary_of_person
from phiward.domain.errors import InvalidRequestError
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Report who may see what and why; flag a record.", no_args_is_help=True)


@app.command("report")
def report(
    person: Annotated[str | None, typer.Option(help="Report whom this person may see, by login.")] = None,
    reference: Annotated[
        str | None,
        typer.Option("--patient", help="Report who may see this patient, by any reference; - reads it from input."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report who may see a patient, or whom a person may see, and why."""
    if (person is None) == (reference is None):
        raise fail(InvalidRequestError("Give either --person or --patient.", param="person"))

    async def work(registrar: Registrar) -> Any:
        tenant = registrar.tenant
        if person is not None:
            found = await registrar.registry.person_by_login(tenant, person)
            rows = await registrar.reports.what_may_be_seen_by(tenant, found)
            return summary_of_person(rows), rows
        rows = await registrar.reports.who_may_see(tenant, await patient(registrar, reference or ""))
        return summary_of_patient(rows), rows

    summary, rows = with_registrar(work)
    if as_json:
        show({"summary": summary, "rows": listed(rows)}, as_json=True)
        return
    Console(highlight=False).print(Text(summary), soft_wrap=True)
    if rows:
        show(listed(rows), as_json=False)


@app.command("restrict")
def restrict(
    reference: Reference,
    off: Annotated[bool, typer.Option("--off", help="Take the flag away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Flag a record, so that department and panel no longer open it."""

    async def work(registrar: Registrar) -> Any:
        found = await patient(registrar, reference)
        return await registrar.access.grants.set_restricted(registrar.tenant, found, not off)

    show({"restricted": not off, "before": with_registrar(work)}, as_json=as_json)
