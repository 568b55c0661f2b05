"""`phiward audit`: check and read the log."""

import contextlib
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.cli import audit_anchor, audit_proof
from phiward.cli.audit_report import counting, print_report
from phiward.cli.common import AsJson, Exit, fail, read_settings, run, show
from phiward.cli.reconstruct import rebuild
from phiward.domain.errors import PhiwardError
from phiward.settings import Settings
from phiward.wiring.auditor import Auditor, open_auditor, restore_log, sequence_all
from phiward.wiring.base import embedded_database
from phiward.wiring.integrity import Checked, check_log

app = typer.Typer(help="Check and read the audit log.", no_args_is_help=True)
app.add_typer(audit_anchor.app, name="anchor")
app.command("prove")(audit_proof.prove)
app.command("check-proof")(audit_proof.check)
app.command("export")(audit_proof.export)


class RestoreReason(StrEnum):
    """Why a backup had to be restored."""

    DISK_LOST = "disk_lost"
    CORRUPTION = "corruption"
    MISTAKE = "mistake"
    EXERCISE = "exercise"
    MIGRATION = "migration"


def with_auditor(work: Any) -> Any:
    """Run `work(auditor)` with the database running."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            async with open_auditor(settings) as auditor:
                return await work(auditor)

    return run(inside())


async def number_quietly(settings: Settings) -> None:
    """Number what waits, where that can be done; what stands in the way is what the verification will say."""
    with contextlib.suppress(PhiwardError):
        await sequence_all(settings)


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Check that the audit log has not been altered, cut or rewound."""

    async def work() -> Checked:
        settings = read_settings()
        with embedded_database(settings):
            await number_quietly(settings)
            with counting("Reading entries", show_it=not as_json) as progress:
                return await check_log(settings, progress)

    checked: Checked = run(work())
    if as_json:
        show({**asdict(checked.report), **checked.facts(), "silent_anchors": checked.silent}, as_json=True)
    else:
        print_report(checked)
    if not checked.report.holds:
        raise typer.Exit(Exit.DOES_NOT_HOLD)
    raise typer.Exit(Exit.CANNOT_TELL if checked.silent else Exit.HOLDS)


@app.command("restored")
def restored(
    reason: Annotated[RestoreReason, typer.Argument(help="Why a backup had to be restored.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Go on from a restored backup, and put on record for good what was lost.

    Without it nothing is numbered any more after a restore: the log is behind its anchors. The lost part is named in
    the first entry of a new shard, in every later report, and in an alarm to the officers.
    """
    if not yes:
        typer.confirm("Entries that were signed are gone, and this says so for good. Go on?", abort=True)

    async def work() -> str:
        settings = read_settings()
        with embedded_database(settings):
            return await restore_log(settings, str(reason))

    show({"shard": run(work())}, as_json=as_json)


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
