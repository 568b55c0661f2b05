"""`phiward watch`: a folder or an S3 prefix from which documents are taken as they come."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from phiward.adapters.watched.bucket import S3, S3Prefix, s3_client, s3_place
from phiward.adapters.watched.folder import FolderWatch
from phiward.cli.common import AsJson, Exit, read_settings, show
from phiward.cli.records import Threads, with_charts
from phiward.records.watching import WatchedPlace
from phiward.wiring.charts import ChartDesk
from phiward.wiring.watching import Look, Watcher

STATE_LABEL = "watched"


def watch(
    place: Annotated[str, typer.Argument(help="A folder, or s3://BUCKET/PREFIX (needs the extra `s3`).")],
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=1)] = 30.0,
    once: Annotated[bool, typer.Option("--once", help="Look twice, so that what is at rest is taken; end.")] = False,
    patient: Annotated[str | None, typer.Option(help="Whose the documents are, by any reference.")] = None,
    mirror: Annotated[bool, typer.Option("--mirror", help="Take back documents whose file is gone.")] = False,
    endpoint_url: Annotated[str | None, typer.Option(help="Another S3 than Amazon's.")] = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Watch a place and import what comes to rest there, until interrupted.

    A file is taken when two looks in a row find it the same. One that is refused does not stop the others, and is tried
    again when it changes. An empty place takes nothing back. Exit code 1 with --once when something was refused.
    """
    found = _place(place, endpoint_url)

    async def work(desk: ChartDesk) -> Look:
        name = desk.registrar.vault.digest(desk.registrar.tenant, STATE_LABEL, place).hex()[:16]
        state = read_settings().secrets_dir / f"watched-{name}.json"
        watcher = Watcher(desk, found, state, patient=patient, mirror=mirror)
        look = await watcher.look()
        while not once:
            _say(look, as_json=as_json)
            await asyncio.sleep(every)
            look = await watcher.look()
        await asyncio.sleep(min(every, 2.0))
        return await watcher.look()

    last = with_charts(work, threads)
    show(_told(last), as_json=as_json)
    raise typer.Exit(Exit.DOES_NOT_HOLD if last.refused else Exit.HOLDS)


def _place(text: str, endpoint_url: str | None) -> WatchedPlace:
    if text.startswith(S3):
        bucket, prefix = s3_place(text)
        return S3Prefix(s3_client(endpoint_url), bucket, prefix)
    return FolderWatch(Path(text))


def _told(look: Look) -> dict[str, Any]:
    return {**look.counts(), "why": look.refused}


def _say(look: Look, *, as_json: bool) -> None:
    if look.imported or look.taken_back or look.refused:
        show(_told(look), as_json=as_json)
