"""`phiward document` and `phiward quarantine`: single documents, and those that may be another patient's."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.cli.common import AsJson, show
from phiward.cli.records import with_charts
from phiward.domain.deletion import DeletionReason
from phiward.wiring.charts import ChartDesk

app = typer.Typer(help="List a patient's documents, or delete one.", no_args_is_help=True)
held_app = typer.Typer(help="Decide about documents that may be another patient's.", no_args_is_help=True)
Held = Annotated[UUID, typer.Argument(help="The id, as `phiward quarantine list` shows it.")]


@app.command("list")
def list_documents(
    patient: Annotated[str, typer.Argument(help="The patient, by any reference.")], as_json: AsJson = False
) -> None:
    """List a patient's documents, the newest first: ids, dates, kinds, and nothing of what they say."""

    async def work(desk: ChartDesk) -> Any:
        tenant = desk.registrar.tenant
        found = await desk.registrar.registry.patient_by_reference(tenant, patient)
        return await desk.documents.of_patient(tenant, found)

    show([asdict(row) for row in with_charts(work)], as_json=as_json, title="Documents")


@app.command("delete")
def delete_document(
    document: Annotated[UUID, typer.Argument(help="The id, as `phiward document list` shows it.")],
    reason: Annotated[DeletionReason, typer.Option(help="Why; it goes on record.")],
    as_json: AsJson = False,
) -> None:
    """Delete a document: from search at once, and from the encrypted segments before this returns."""

    async def work(desk: ChartDesk) -> None:
        tenant = desk.registrar.tenant
        patient = await desk.documents.delete(tenant, document, reason)
        await desk.indexer.compact(tenant, patient)

    with_charts(work)
    show({"deleted": str(document)}, as_json=as_json)


@held_app.command("list")
def list_held(as_json: AsJson = False) -> None:
    """List what waits for a decision, the longest waiting first."""

    async def work(desk: ChartDesk) -> Any:
        return await desk.quarantine.waiting(desk.registrar.tenant)

    rows = [{**asdict(row), "suspects": [str(one) for one in row.suspects]} for row in with_charts(work)]
    show(rows, as_json=as_json, title="Documents that may be another patient's")


@held_app.command("show")
def show_held(held: Held, as_json: AsJson = False) -> None:
    """Show the document itself. That it was read is on record."""

    async def work(desk: ChartDesk) -> Any:
        return await desk.quarantine.read(desk.registrar.tenant, held)

    read = with_charts(work)
    if as_json:
        show(
            {"title": read.title, "author": read.author, "written_at": read.written_at, "text": read.text}, as_json=True
        )
    else:
        print(f"{read.title}, {read.written_at:%Y-%m-%d}\n\n{read.text}")


@held_app.command("release")
def release(held: Held, as_json: AsJson = False) -> None:
    """Release it: it stands where it should, and becomes searchable."""
    _decided(held, "released", lambda desk: desk.quarantine.release(desk.registrar.tenant, held), as_json)


@held_app.command("refile")
def refile(
    held: Held,
    patient: Annotated[str, typer.Option("--to", help="The patient whose it is, by any reference.")],
    as_json: AsJson = False,
) -> None:
    """File it under another patient, under that patient's key."""

    async def work(desk: ChartDesk) -> None:
        tenant = desk.registrar.tenant
        found = await desk.registrar.registry.patient_by_reference(tenant, patient)
        await desk.quarantine.refile(tenant, held, found)

    _decided(held, "refiled", work, as_json)


@held_app.command("discard")
def discard(held: Held, as_json: AsJson = False) -> None:
    """Discard it: it stays out for as long as its source says the same."""
    _decided(held, "discarded", lambda desk: desk.quarantine.discard(desk.registrar.tenant, held), as_json)


def _decided(held: UUID, decision: str, work: Any, as_json: bool) -> None:
    async def inside(desk: ChartDesk) -> None:
        await work(desk)
        await desk.indexer.run(desk.registrar.tenant)

    with_charts(inside)
    show({"id": str(held), "decision": decision}, as_json=as_json)
