"""`phiward retention`: for how long what is kept, what is due, legal holds, and destruction with a certificate."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from phiward.cli.common import AsJson, Exit, read_settings, run, show
from phiward.domain.errors import InvalidRequestError
from phiward.retention.destruction import (
    PATIENT_GOES,
    PATIENT_STAYS,
    RULES,
    SHARD_GOES,
    SHARD_STAYS,
    Certificate,
    DestructionReason,
)
from phiward.retention.due import CLASSES, Standing
from phiward.retention.holds import HoldReason, HoldScope, LiftReason
from phiward.retention.schedule import FLOOR_YEARS, KeptClass
from phiward.wiring.base import embedded_database
from phiward.wiring.retention import RetentionDesk, open_retention

app = typer.Typer(help="Keep for as long as you must, hold, and destroy with a certificate.", no_args_is_help=True)
hold_app = typer.Typer(help="Place, lift and list legal holds; a hold refuses destruction.", no_args_is_help=True)
destroy_app = typer.Typer(help="Destroy a patient's keys or a shard of the log, for good.", no_args_is_help=True)
app.add_typer(hold_app, name="hold")
app.add_typer(destroy_app, name="destroy")

T = TypeVar("T")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")]


def with_desk(work: Callable[[RetentionDesk], Awaitable[T]]) -> T:
    """Run `work(desk)` with the database running."""

    async def inside() -> T:
        settings = read_settings()
        with embedded_database(settings):
            async with open_retention(settings) as desk:
                return await work(desk)

    return run(inside())


@app.command("show")
def show_schedule(as_json: AsJson = False) -> None:
    """Show for how long each class is kept, how much there is of it, and what is due when."""

    async def work(desk: RetentionDesk) -> Any:
        return desk.schedule, await desk.standings(), await desk.holds.holds(desk.tenant)

    schedule, found, holds = with_desk(work)
    rows = [_class_row(one, schedule.years[one], found) for one in KeptClass]
    if as_json:
        show({"floor_years": FLOOR_YEARS, "classes": rows, "holds": len(holds)}, as_json=True)
        return
    show(rows, as_json=False, title=f"Retention (years; never below {FLOOR_YEARS})")
    typer.echo(f"{len(holds)} legal holds stand.")


def _class_row(one: KeptClass, years: int, found: tuple[Standing, ...]) -> dict[str, Any]:
    of_it = [standing for standing in found if one in CLASSES[standing.kept.kind]]
    return {
        "class": str(one),
        "years": years,
        "kept": len(of_it),
        "in_force": sum(standing.due_at is None for standing in of_it),
        "held": sum(bool(standing.holds) for standing in of_it),
        "due": sum(standing.due for standing in of_it),
        "next_due": min((one.due_at for one in of_it if one.due_at is not None and not one.due), default=None),
    }


@app.command("due")
def due(as_json: AsJson = False) -> None:
    """List what is due: its period is over and no hold stands on it. Reads the whole log once."""

    async def work(desk: RetentionDesk) -> Any:
        return await desk.standings()

    found = [one for one in with_desk(work) if one.due]
    rows = [{"kind": str(one.kept.kind), "name": one.kept.name, "due_at": one.due_at} for one in found]
    show(rows, as_json=as_json, title="Due")
    if rows and not as_json:
        counted = Counter(one["kind"] for one in rows)
        typer.echo(", ".join(f"{count} of {kind}" for kind, count in sorted(counted.items())))


@app.command("certificate")
def show_certificate(
    certificate: Annotated[UUID, typer.Argument(help="The id that the destruction told.")], as_json: AsJson = False
) -> None:
    """Show a certificate of destruction; exits 1 where the destruction was begun and is not finished."""

    async def work(desk: RetentionDesk) -> Any:
        return await desk.certificate(certificate)

    found: Certificate = with_desk(work)
    _tell(found, as_json=as_json)
    if found.destroyed_at is None:
        typer.echo("Begun, not finished: run the same destruction again.", err=True)
        raise typer.Exit(Exit.DOES_NOT_HOLD)


@app.command("reapply")
def reapply(as_json: AsJson = False) -> None:
    """Destroy the keys of every certificate again: after an old copy of the key store was put back."""

    async def work(desk: RetentionDesk) -> Any:
        return await desk.destroyer.reapply(desk.tenant)

    show({"patients": with_desk(work)}, as_json=as_json)


@hold_app.command("add")
def add_hold(
    reason: Annotated[HoldReason, typer.Option(help="Why.")],
    patient: Annotated[str | None, typer.Option(help="On a patient, by a reference or the opaque id.")] = None,
    person: Annotated[str | None, typer.Option(help="On a person, by login.")] = None,
    shard: Annotated[str | None, typer.Option(help="On a shard of the log, by its name.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="On everything of this organisation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Place a legal hold. It stands until it is lifted, and refuses destruction, whoever asks."""

    async def work(desk: RetentionDesk) -> Any:
        if [patient, person, shard].count(None) + (not everything) != 3:
            raise InvalidRequestError("Name one: a patient, a person, a shard, or everything.", param="subject")
        scope, subject = HoldScope.EVERYTHING, None
        if patient is not None:
            scope, subject = HoldScope.PATIENT, UUID((await desk.patient(patient)).kept.name)
        elif person is not None:
            scope, subject = HoldScope.PERSON, await desk.registry.person_by_login(desk.tenant, person)
        elif shard is not None:
            return await desk.holds.place(desk.tenant, HoldScope.SHARD, shard, reason)
        return await desk.holds.place(desk.tenant, scope, subject, reason)

    show(asdict(with_desk(work)), as_json=as_json, title="Hold")


@hold_app.command("lift")
def lift_hold(
    hold: Annotated[UUID, typer.Argument(help="The id of the hold, from `phiward retention hold list`.")],
    reason: Annotated[LiftReason, typer.Option(help="Why it ends.")],
    as_json: AsJson = False,
) -> None:
    """Lift a legal hold; it stays on record as lifted."""

    async def work(desk: RetentionDesk) -> Any:
        return await desk.holds.lift(desk.tenant, hold, reason)

    show(asdict(with_desk(work)), as_json=as_json, title="Hold")


@hold_app.command("list")
def list_holds(
    every: Annotated[bool, typer.Option("--all", help="List the lifted ones as well.")] = False, as_json: AsJson = False
) -> None:
    """List the legal holds that stand."""

    async def work(desk: RetentionDesk) -> Any:
        return await desk.holds.holds(desk.tenant, every=every)

    show([asdict(one) for one in with_desk(work)], as_json=as_json, title="Legal holds")


@destroy_app.command("patient")
def destroy_patient(
    reference: Annotated[str, typer.Argument(help="A reference of the patient, or the opaque id.")],
    reason: Annotated[DestructionReason, typer.Option(help="Why. `retention_over` is refused before its time.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Destroy a patient's keys for good, and what stands of him in clear. On record first; run again if interrupted."""
    _destroy(lambda desk: desk.patient(reference), reason, PATIENT_GOES, PATIENT_STAYS, yes=yes, as_json=as_json)


@destroy_app.command("shard")
def destroy_shard(
    name: Annotated[str, typer.Argument(help="The name of the shard, e.g. 2026.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Destroy the entries of a shard of the log that is due; its hashes and checkpoints stay."""
    over = DestructionReason.RETENTION_OVER
    _destroy(lambda desk: desk.shard(name), over, SHARD_GOES, SHARD_STAYS, yes=yes, as_json=as_json)


def _destroy(
    find: Callable[[RetentionDesk], Awaitable[Standing]],
    reason: DestructionReason,
    goes: tuple[str, ...],
    stays: tuple[str, ...],
    *,
    yes: bool,
    as_json: bool,
) -> None:
    async def work(desk: RetentionDesk) -> Certificate:
        found = await find(desk)
        if not yes:
            _confirm(found, reason, goes, stays)
        return await desk.destroy(found, reason)

    _tell(with_desk(work), as_json=as_json)


def _confirm(found: Standing, reason: DestructionReason, goes: tuple[str, ...], stays: tuple[str, ...]) -> None:
    """Say exactly what goes and what stays, and have the name typed. Ends the command where it is not."""
    console = Console(stderr=True, highlight=False)
    what = f"{found.kept.kind} {found.kept.name}"
    console.print(Text(f"Destroys {what} for good ({reason}: {RULES[reason]}).", style="bold red"))
    for title, lines in (("Goes", goes), ("Stays", stays)):
        console.print(Text(f"{title}:"))
        for line in lines:
            console.print(Text(f"  - {line}"), soft_wrap=True)
    if typer.prompt(f"Type the name of this {found.kept.kind} to destroy it", default="", err=True) != found.kept.name:
        typer.echo("Nothing was destroyed.", err=True)
        raise typer.Exit(Exit.CANNOT_TELL)


def _tell(certificate: Certificate, *, as_json: bool) -> None:
    show({**asdict(certificate), "gone": dict(certificate.gone)}, as_json=as_json, title="Certificate of destruction")
