"""`phiward import` and `phiward index`: clinical records in, and made searchable."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import Progress

from phiward.adapters.postgres.indexing.indexer import IndexReport
from phiward.cli.common import AsJson, read_settings, run, show
from phiward.records.account import Account
from phiward.records.importing import import_path
from phiward.wiring.base import embedded_database
from phiward.wiring.charts import ChartDesk, open_charts

Threads = Annotated[
    int | None, typer.Option(min=1, max=64, help="Processor threads of the local embedding model. Default: settings.")
]
FOLLOW_SECONDS = 5.0


class Bar(Protocol):
    """Takes what is done, what there is, and what else is counted."""

    def __call__(self, done: int, total: int, counted: int = 0, /) -> None:
        """Move on."""


def with_charts(work: Any, threads: int | None = None) -> Any:
    """Run `work(desk)` with the database running."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            async with open_charts(settings, threads) as desk:
                return await work(desk)

    return run(inside())


def import_records(
    paths: Annotated[
        list[Path],
        typer.Argument(help="FHIR R4 (.json, .ndjson), C-CDA (.xml), HL7 v2 (.hl7), documents, or folders of them."),
    ],
    patient: Annotated[
        str | None, typer.Option(help="Whose the documents are (.pdf, .docx, .txt, scans), by any reference.")
    ] = None,
    index: Annotated[bool, typer.Option("--index/--no-index", help="Make the documents searchable at once.")] = True,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Import patients, documents, facts and care relations; accounts for every resource.

    One file is one transaction: a broken file leaves nothing, and running it again resumes. The same file twice changes
    nothing. Whose a document is, its folder's `filing.jsonl` may say instead of --patient. A document that carries
    identifiers of another patient is held back for a person to decide: `phiward quarantine list`.
    """
    made = with_charts(lambda desk: _import(desk, paths, patient, index), threads)
    account, report = made
    names = ("type", "resources", "imported", "unchanged", "skipped", "why")
    rows = [dict(zip(names, row, strict=True)) for row in account.rows()]
    if as_json:
        told = {"total": account.total, "imported": account.imported, "types": rows}
        show({**told, "unresolved": dict(account.unresolved), "index": _report(report)}, as_json=True)
        return
    show(rows, as_json=False, title=f"{account.total} resources, every one accounted for")
    for reason, count in sorted(account.unresolved.items()):
        print(f"{count} references: {reason}")
    if report is not None:
        _say(report)


def index_charts(
    follow: Annotated[bool, typer.Option("--follow", help="Go on looking for what waits, until interrupted.")] = False,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Make searchable what was stored, after another embedding model everything anew, and pack segments anew.

    Resumable: what is done stays done. Beside a serving gateway it works in the background; until a patient is done,
    his chart is searched by words.
    """

    async def work(desk: ChartDesk) -> IndexReport:
        report = await _index(desk)
        while follow:
            await asyncio.sleep(FOLLOW_SECONDS)
            await _index(desk)
        return report

    report = with_charts(work, threads)
    if as_json:
        show(_report(report), as_json=True)
    else:
        _say(report)


async def _import(
    desk: ChartDesk, paths: list[Path], patient: str | None, index: bool
) -> tuple[Account, IndexReport | None]:
    registrar, account = desk.registrar, Account()
    for path in paths:
        with _bar(path.name) as told:
            account += await import_path(
                registrar.writer, registrar.tenant, path, patient=patient, extractor=desk.extractor, progress=told
            )
    await registrar.record("records.imported", {"resources": account.total, "stored": account.imported})
    return account, await _index(desk) if index else None


async def _index(desk: ChartDesk) -> IndexReport:
    with _bar("index") as told:
        report = await desk.indexer.run(desk.registrar.tenant, told)
    report.compacted = await desk.indexer.compact(desk.registrar.tenant)
    if report.patients or report.compacted:
        await desk.registrar.record("charts.indexed", {**_report(report), "model": desk.indexer.model})
    return report


@contextmanager
def _bar(name: str) -> Iterator[Bar]:
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)

        def told(done: int, total: int, counted: int = 0, /) -> None:
            progress.update(task, completed=done, total=total)

        yield told


def _report(report: IndexReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    counts = ("patients", "documents", "chunks", "held_back", "compacted")
    return {**{name: getattr(report, name) for name in counts}, "held": [str(one) for one in report.held]}


def _say(report: IndexReport) -> None:
    print(f"Indexed {report.documents} documents of {report.patients} patients in {report.chunks} chunks.")
    if report.held_back:
        print(f"{report.held_back} documents may be another patient's: `phiward quarantine list`.")
