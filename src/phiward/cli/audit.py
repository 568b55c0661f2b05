"""`phiward audit`: check and read the log."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from phiward.audit.verify import Report
from phiward.cli.common import AsJson, Exit, fail, read_settings, run, show
from phiward.cli.reconstruct import rebuild
from phiward.domain.errors import PhiwardError
from phiward.wiring import Auditor, embedded_database, open_auditor, sequence_all

app = typer.Typer(help="Check and read the audit log.", no_args_is_help=True)


def with_auditor(work: Any, *, sequence: bool = False) -> Any:
    """Run `work(auditor)` with the database running; with `sequence`, number what waits first."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            if sequence:
                await sequence_all(settings)
            async with open_auditor(settings) as auditor:
                return await work(auditor)

    return run(inside())


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Check that the audit log has not been altered, cut or rewound."""

    async def work(auditor: Auditor) -> Report:
        return await auditor.verify()

    report: Report = with_auditor(work, sequence=True)
    if as_json:
        show({**asdict(report), "first_bad_index": report.first_bad_index}, as_json=True)
    else:
        _print(report)
    raise typer.Exit(Exit.HOLDS if report.holds else Exit.DOES_NOT_HOLD)


def _print(report: Report) -> None:
    console = Console(highlight=False)
    verdict = "[green]✓ holds[/]" if report.holds else "[bold red]✗ DOES NOT HOLD[/]"
    console.print(f"{verdict}  {report.entries} entries, root {report.root}, {report.waiting} not numbered yet")
    console.print(f"Checkpoints kept outside the database reach {report.anchored_size} entries.")
    if report.open_intents:
        console.print(f"{len(report.open_intents)} requests are under way, or await being closed as unknown.")
    for finding in report.findings:
        place = "" if finding.index is None else f" at index {finding.index}"
        console.print(Text(f"  {finding.kind}", style="red"), Text(f"{place.strip()}: {finding.detail}".lstrip(": ")))


@app.command("show")
def show_interaction(
    interaction: Annotated[UUID, typer.Argument(help="The interaction id, as in x-request-id.")],
    reconstruct: Annotated[
        bool, typer.Option("--reconstruct", help="Open the texts as well; that they were read is on record first.")
    ] = False,
    reader: Annotated[
        str | None, typer.Option("--as", help="Whose eyes: a privacy officer's login, or that of the person who asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what stands on record about one interaction: opaque ids and classes, and the texts where asked."""
    if reconstruct:
        try:
            rebuild(interaction, reader, as_json=as_json)
        except PhiwardError as error:
            raise fail(error) from None

    async def work(auditor: Auditor) -> Any:
        return await auditor.interaction(interaction)

    entries = with_auditor(work)
    if as_json:
        show(entries, as_json=True)
    elif not entries:
        typer.echo("Nothing stands on record under this id.", err=True)
    else:
        rows = [{"index": one["index"], "kind": one["kind"], "at": one["at"], **one["facts"]} for one in entries]
        for row in rows:
            show([{"fact": name, "value": value} for name, value in row.items()], as_json=False)
    raise typer.Exit(Exit.HOLDS if entries else Exit.CANNOT_TELL)


@app.command("key")
def public_key(as_json: AsJson = False) -> None:
    """Print the log's public key, with which anyone can check its checkpoints."""

    async def work(auditor: Auditor) -> Any:
        return auditor.signer.verifier.text()

    show({"verifier_key": with_auditor(work)}, as_json=as_json)
