"""`phiward eval`: measure on marked texts of your own."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from phiward.cli.common import AsJson, fail, show
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation.examples import Example, read_examples
from phiward.deid.evaluation.page import page
from phiward.deid.evaluation.peers import PEERS
from phiward.deid.evaluation.report import errors, figures, rows, visible
from phiward.deid.evaluation.run import Phiward, Run, System, evaluate
from phiward.deid.manifest import fingerprints
from phiward.domain.errors import InvalidRequestError, PhiwardError

app = typer.Typer(help="Measure phiward on your own marked texts.", no_args_is_help=True)


class Peer(StrEnum):
    """Systems that can be run beside ours."""

    PRESIDIO = "presidio"


@app.callback()
def _group() -> None:
    """Measure phiward on your own marked texts."""


@app.command("deid")
def evaluate_deid(
    file: Annotated[Path, typer.Argument(help='Lines of {"id", "text", "spans": [{"start", "end", "label"}]}.')],
    show_errors: Annotated[
        bool, typer.Option("--errors", help="List what was missed and damaged, in context.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many misses, and how many damages, are listed.")] = 50,
    html: Annotated[Path | None, typer.Option(help="Write a page with every text to this file, mode 0600.")] = None,
    compare: Annotated[Peer | None, typer.Option(help="Run this system beside us; it must be installed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how much is removed and how much is damaged.

    Recall by character and by identifier removed whole, precision, by category and name group, texts
    with a leak, clean texts touched, characters per CPU-second. `--errors` and `--html` show the texts.
    """
    try:
        if html:
            _refuse_place(html, file)
        examples = _read(file)
        systems: list[System] = [PEERS[compare]()] if compare else []
        systems.insert(0, Phiward(Deidentifier(), datetime.now(UTC).date()))
        runs = [_run(system, examples) for system in systems]
        if html:
            _write(html, page(runs, examples, _versions()))
    except PhiwardError as error:
        raise fail(error) from None
    if as_json:
        told = [figures(run) | ({"errors": errors(run, limit)} if show_errors else {}) for run in runs]
        show({"versions": fingerprints(), "runs": told}, as_json=True)
        return
    _print(runs)
    for run in runs if show_errors else ():
        _print_errors(run.name, errors(run, limit))


def _read(file: Path) -> list[Example]:
    try:
        with file.open(encoding="utf-8") as lines:
            examples = list(read_examples(lines))
    except (OSError, UnicodeDecodeError):
        raise InvalidRequestError("The file cannot be read as UTF-8 text.", param="file") from None
    if not examples:
        raise InvalidRequestError("The file holds no texts, so there is nothing to measure.", param="file")
    return examples


def _refuse_place(html: Path, file: Path) -> None:
    """Before the work, not after it."""
    if html.exists() and file.exists() and html.samefile(file):
        raise InvalidRequestError("The page would overwrite the evaluation file.", param="html")
    if html.is_dir() or not html.parent.is_dir():
        raise InvalidRequestError("The page cannot be written there.", param="html")


def _write(html: Path, text: str) -> None:
    try:
        with open(html, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text)
    except OSError:
        raise InvalidRequestError("The page cannot be written there.", param="html") from None


def _run(system: System, examples: Sequence[Example]) -> Run:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(system.name, total=len(examples))
        return evaluate(system, examples, lambda: progress.advance(task))


def _print(runs: Sequence[Run]) -> None:
    lines = zip(*(rows(run) for run in runs), strict=True)
    show(
        [
            {"figure": visible(line[0][0]), **{run.name: one[1] for run, one in zip(runs, line, strict=True)}}
            for line in lines
        ],
        as_json=False,
    )
    Console(highlight=False).print(Text(_versions()), soft_wrap=True)


def _versions() -> str:
    used = fingerprints()
    return f"phiward {used['phiward']}, policy {used['policy']}, tagger {used['tagger']}"


def _print_errors(system: str, told: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for kind, groups in told.items():
        for label, group in groups.items():
            head = f"{system} {kind} {visible(label)}: {group['count']:,}, {len(group['shown']):,} shown"
            console.print(Text(head, style="bold"), soft_wrap=True)
            for one in group["shown"]:
                before, text, behind = (visible(one[name]) for name in ("before", "text", "behind"))
                place = Text(f"  {visible(one['id'])}: …{before}")
                console.print(place + Text(f"⟦{text}⟧", style="bold underline") + Text(f"{behind}…"), soft_wrap=True)
