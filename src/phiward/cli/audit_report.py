"""A verification of the log, told to people."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.text import Text

from phiward.wiring.integrity import Checked


@contextlib.contextmanager
def counting(what: str, *, show_it: bool) -> Iterator[Callable[[int], None]]:
    """A count on standard error while something long is read, where that is a terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"))
    with Progress(*columns, console=console, transient=True, disable=not (show_it and console.is_terminal)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.update(task, completed=count)


def print_report(checked: Checked) -> None:
    """The verdict first, then how far anchors cover each shard, then what was found and what should be known."""
    report, console = checked.report, Console(highlight=False)
    verdict = "[green]✓ holds[/]" if report.holds else "[bold red]✗ DOES NOT HOLD[/]"
    console.print(f"{verdict}  {report.entries} entries, {report.waiting} not numbered yet")
    for shard in report.shards:
        name = shard.name or "(first part)"
        state = "destroyed on record, " if shard.destroyed else ""
        console.print(f"  {name}: {state}{shard.size} entries, root {shard.root}")
        console.print(f"    checkpoints kept outside the database reach {shard.anchored_size} entries")
    if report.open_intents:
        console.print(f"{len(report.open_intents)} requests are under way, or await being closed as unknown.")
    for finding in report.findings:
        _line(console, "red", str(finding.kind), finding.shard, finding.index, finding.detail)
    if report.more:
        console.print(f"  and {report.more} more")
    for notice in report.notices:
        _line(console, "yellow", str(notice.kind), notice.shard, notice.index, notice.detail)
    if checked.hidden:
        text = f"  {checked.hidden} locked checkpoints were hidden by a delete marker or another version; they count"
        console.print(Text(text, style="yellow"))
    for name in checked.silent:
        console.print(Text(f"  not asked: {name}, which cannot be reached", style="yellow"))


def _line(console: Console, style: str, kind: str, shard: str, index: int | None, detail: str) -> None:
    place = "" if index is None else f" at index {index}"
    within = f" of {shard}" if shard and index is not None else ""
    console.print(Text(f"  {kind}", style=style), Text(f"{place}{within}: {detail}".lstrip(": ")))
