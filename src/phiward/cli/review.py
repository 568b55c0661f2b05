"""`phiward review`: the privacy officer's queue of emergency accesses."""

import sys
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.cli.common import AsJson, read_settings, run, show
from phiward.domain.emergency import ReviewOutcome
from phiward.wiring.base import embedded_database
from phiward.wiring.review import ReviewDesk, open_review

app = typer.Typer(help="Review emergency accesses; each is due in two working days.", no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(help="The id of the emergency access, from `phiward review list`.")]


def with_desk(work: Any) -> Any:
    """Run `work(desk)` with the database running."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            async with open_review(settings) as desk:
                return await work(desk)

    return run(inside())


@app.command("list")
def list_open(
    every: Annotated[bool, typer.Option("--all", help="List what was decided as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for a decision, the most urgent first."""

    async def work(desk: ReviewDesk) -> Any:
        return await desk.reviews.queue(desk.tenant, every=every)

    show([asdict(one) for one in with_desk(work)], as_json=as_json, title="Emergency accesses")


@app.command("show")
def show_one(
    emergency: Id,
    texts: Annotated[
        bool, typer.Option("--texts", help="Open what was asked and answered as well; that it was read is on record.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one, and what was seen under it: interactions and documents by their opaque ids, and texts where asked."""

    async def work(desk: ReviewDesk) -> Any:
        entry = await desk.reviews.entry(desk.tenant, emergency)
        words = await desk.reviews.words(desk.tenant, emergency)
        told = {**asdict(entry), "in_her_words": words[0], "last_note": words[1]}
        read = await desk.texts(entry) if texts else ()
        return told, await desk.seen.under(desk.tenant, emergency), read

    entry, seen, read = with_desk(work)
    if as_json:
        opened = {"texts": [asdict(one) for one in read]} if texts else {}
        show({**entry, "seen": [asdict(one) for one in seen], **opened}, as_json=True)
        return
    show(entry, as_json=False, title="Emergency access")
    show([asdict(one) for one in seen], as_json=False, title="Seen under it")
    if texts:
        show([asdict(one) for one in read], as_json=False, title="Asked and answered")


@app.command("decide")
def decide(
    emergency: Id,
    outcome: Annotated[ReviewOutcome, typer.Argument(help="What you found. `inappropriate` opens an incident.")],
    reviewer: Annotated[str, typer.Option("--as", help="Your login: a privacy officer, never the person reviewed.")],
    note: Annotated[
        str | None, typer.Option(help="Why, in a few words; it is sealed. Without it, read from standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide a review. Words about a patient belong on standard input, where no shell history keeps them."""
    words = sys.stdin.read() if note is None else note

    async def work(desk: ReviewDesk) -> Any:
        person = await desk.registry.person_by_login(desk.tenant, reviewer)
        return await desk.reviews.decide(desk.tenant, emergency, person, outcome, words)

    incident = with_desk(work)
    show({"decided": str(emergency), "outcome": str(outcome), "incident": incident}, as_json=as_json)
