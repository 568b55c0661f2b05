"""`phiward audit anchor`: the places outside the database that keep the log's checkpoints."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from phiward.adapters.anchors.probe_report import Probe, Verdict
from phiward.adapters.anchors.worm_probe import LEAST_SECONDS, Prober
from phiward.adapters.watched.bucket import s3_client, s3_place
from phiward.audit.anchoring import AnchorStatus
from phiward.cli.common import AsJson, Exit, read_settings, run, show
from phiward.cli.people import with_registrar
from phiward.domain.errors import ConfigurationError
from phiward.wiring.auditor import open_auditor
from phiward.wiring.base import embedded_database, utc_now
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Check and list where checkpoints are kept outside the database.", no_args_is_help=True)
READ_SECONDS = 15.0
_COLOURS = {Verdict.HOLDS: "green", Verdict.BROKEN: "bold red", Verdict.UNTOLD: "yellow", Verdict.NOTED: "dim"}


@app.callback()
def anchors() -> None:
    """Check and list where checkpoints are kept outside the database."""


@app.command("verify-worm")
def verify_worm(
    bucket: Annotated[str | None, typer.Option(help="s3://BUCKET/PREFIX. Default: PHIWARD_ANCHOR_S3.")] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="Default: PHIWARD_ANCHOR_S3_ENDPOINT.")] = None,
    seconds: Annotated[
        int, typer.Option(help="How long a canary is locked, in seconds.", min=LEAST_SECONDS, max=86_400)
    ] = 120,
    as_json: AsJson = False,
) -> None:
    """Try to delete, shorten, downgrade and overwrite a canary in a locked bucket, and report what the store allowed.

    Run it with an administrator's credentials of the bucket, by boto3's own chain: those of the application may do
    nothing, so that their refusals prove nothing. Exit code 0 when every forbidden act was refused and the canary
    stands, 1 when the store allowed one, 2 when it cannot be told. The probe is on record.
    """
    settings = read_settings()
    place = bucket or settings.anchor_s3
    if place is None:
        raise ConfigurationError("Name the bucket: --bucket s3://BUCKET/PREFIX, or PHIWARD_ANCHOR_S3.")
    name, prefix = s3_place(place)
    client = s3_client(
        endpoint_url or settings.anchor_s3_endpoint, settings.anchor_s3_region, read_seconds=READ_SECONDS
    )

    async def work(registrar: Registrar) -> Probe:
        probe = await asyncio.to_thread(Prober(client, name, prefix, utc_now, seconds=seconds).run)
        async with registrar.administration.change(registrar.tenant, "anchor.probed") as change:
            change.facts.update(anchor=place, holds=probe.holds, steps=_verdicts(probe))
        return probe

    typer.echo(f"Probing the bucket; what is made there is locked for {seconds} to {2 * seconds} seconds …", err=True)
    probe: Probe = with_registrar(work)
    if as_json:
        show({"anchor": place, "holds": probe.holds, **asdict(probe)}, as_json=True)
    else:
        _print(probe)
    raise typer.Exit(_exit(probe))


def _verdicts(probe: Probe) -> dict[str, str]:
    """The verdict of each step by its code; the worst where one was tried twice."""
    worst = list(Verdict)
    worst.sort(key=(Verdict.NOTED, Verdict.HOLDS, Verdict.UNTOLD, Verdict.BROKEN).index)
    found: dict[str, Verdict] = {}
    for step in probe.steps:
        found[step.code] = max(found.get(step.code, step.verdict), step.verdict, key=worst.index)
    return {code: str(verdict) for code, verdict in found.items()}


def _exit(probe: Probe) -> Exit:
    if probe.holds is None:
        return Exit.CANNOT_TELL
    return Exit.HOLDS if probe.holds else Exit.DOES_NOT_HOLD


def _print(probe: Probe) -> None:
    console = Console(highlight=False)
    table = Table()
    for name in ("step", "a locked bucket", "this bucket", ""):
        table.add_column(name, overflow="fold")
    for step in probe.steps:
        colour = _COLOURS[step.verdict]
        table.add_row(step.act, step.expected, Text(step.happened), Text(str(step.verdict), style=colour))
    console.print(table)
    for one in probe.remains:
        console.print(Text(f"Remains until {one.until:%Y-%m-%d %H:%M:%S} UTC, then remove it: {one.key}"))
    for warning in probe.warnings:
        console.print(Text(warning, style="bold yellow"))
    if probe.holds:
        console.print("[green]✓ holds[/]  every forbidden act was refused, and the canary stands")
    elif probe.holds is None:
        console.print("[yellow]? cannot tell[/]  see the steps that say untold")
    else:
        console.print(Text("✗ DOES NOT HOLD", style="bold red"), Text(f" it allowed: {'; '.join(probe.allowed)}"))


@app.command("list")
def list_anchors(as_json: AsJson = False) -> None:
    """List how far each anchor reaches: what came after it could be cut without this anchor seeing it."""

    async def inside() -> list[dict[str, object]]:
        settings = read_settings()
        with embedded_database(settings):
            async with open_auditor(settings) as auditor:
                return [window(one, utc_now()) for one in await auditor.book.all()]

    show(run(inside()), as_json=as_json, title="Anchors")


def window(status: AnchorStatus, now: datetime) -> dict[str, object]:
    """One anchor as it is shown. `window_seconds`: how old its newest checkpoint is; None where it has none."""
    age = None if status.kept_at is None else round((now - status.kept_at).total_seconds())
    return {
        "anchor": status.name,
        "kind": status.kind,
        "interval_seconds": status.interval_seconds,
        "reaches": None if status.origin is None else f"{status.origin} {status.size}",
        "kept_at": status.kept_at,
        "window_seconds": age,
        "failing_since": status.failing_since,
        "error": status.error,
    }
