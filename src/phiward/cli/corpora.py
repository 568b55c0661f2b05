"""`phiward corpus`: guidelines and other texts without PHI, apart from all charts."""

from pathlib import Path
from typing import Annotated, Any

import typer

from phiward.cli.common import AsJson, show
from phiward.cli.records import Threads, with_charts
from phiward.records.filing import read_text
from phiward.wiring.charts import ChartDesk

app = typer.Typer(help="Keep guidelines and other texts without PHI, apart from charts.", no_args_is_help=True)
Corpus = Annotated[str, typer.Argument(help="The corpus: a-z, 0-9 and -, e.g. guidelines.")]


@app.command("add")
def add(
    corpus: Corpus,
    files: Annotated[list[Path], typer.Argument(help="Texts: .txt, .md, .pdf, .docx; scans are read too.")],
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Add texts to a corpus, or replace those of the same file name. A text that names a patient is refused."""

    async def work(desk: ChartDesk) -> Any:
        rows = []
        for number, path in enumerate(files, 1):
            text = read_text(path, number, len(files), desk.extractor)
            count = await desk.shelf.add(desk.registrar.tenant, corpus, path.name, path.stem, text)
            rows.append({"text": path.name, "passages": count})
        await desk.registrar.record("corpus.added", {"corpus": corpus, "texts": len(rows)})
        return rows

    show(with_charts(work, threads), as_json=as_json, title=f"Corpus {corpus}")


@app.command("list")
def list_corpora(as_json: AsJson = False) -> None:
    """List the corpora and how many passages each has."""

    async def work(desk: ChartDesk) -> Any:
        return await desk.shelf.corpora(desk.registrar.tenant)

    rows = [{"corpus": name, "passages": count} for name, count in sorted(with_charts(work).items())]
    show(rows, as_json=as_json, title="Corpora")


@app.command("remove")
def remove(
    corpus: Corpus,
    text: Annotated[str | None, typer.Option(help="The file name of one text. Default: the whole corpus.")] = None,
    as_json: AsJson = False,
) -> None:
    """Remove one text of a corpus, or the whole of it."""

    async def work(desk: ChartDesk) -> None:
        await desk.shelf.remove(desk.registrar.tenant, corpus, text)
        await desk.registrar.record("corpus.removed", {"corpus": corpus, "whole": text is None})

    with_charts(work)
    show({"removed": corpus, "text": text or "all"}, as_json=as_json)
