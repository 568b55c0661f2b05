"""What every command shares: exit codes, output for people and for programs, errors without PHI.

Exit codes: 0 it holds or was done, 1 it does not hold, 2 cannot tell or bad use.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine
from enum import IntEnum
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from phiward.domain.errors import PhiwardError
from phiward.logs import frames_of
from phiward.settings import Settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


class Exit(IntEnum):
    """The exit codes of every command."""

    HOLDS = 0
    DOES_NOT_HOLD = 1
    CANNOT_TELL = 2


def read_settings() -> Settings:
    """The settings of this process. Raises ConfigurationError naming a contradiction."""
    settings = Settings()
    settings.refuse_contradictions()
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; errors of the house become two lines and exit code 2."""
    try:
        return asyncio.run(work)
    except PhiwardError as error:
        raise fail(error) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def fail(error: PhiwardError) -> typer.Exit:
    """Print what is wrong and what to do next, on standard error."""
    console = Console(stderr=True, highlight=False)
    place = f" ({error.param})" if error.param else ""
    console.print(Text("Error:", style="bold red"), Text(f"{error}{place}"), soft_wrap=True)
    console.print(Text("What to do:", style="dim"), Text(error.advice), soft_wrap=True)
    return typer.Exit(Exit.CANNOT_TELL)


def guard_defects(command: Any) -> int:
    """Run the whole program; a defect is reported by type and place, never by its text."""
    try:
        command()
    except PhiwardError as error:
        return int(fail(error).exit_code)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(Exit.CANNOT_TELL)
    except Exception as fault:
        print(f"Defect: {type(fault).__name__} at {' < '.join(reversed(frames_of(fault)))}", file=sys.stderr)
        return int(Exit.CANNOT_TELL)
    return int(Exit.HOLDS)


def show(value: Any, *, as_json: bool, title: str = "") -> None:
    """Print a mapping or a list of mappings: as JSON, or as a table for people."""
    if as_json:
        print(json.dumps(value, indent=2, default=str))
        return
    console = Console(highlight=False)
    rows = value if isinstance(value, list) else [value]
    if not rows:
        console.print(Text(f"{title}: nothing yet." if title else "Nothing yet."))
        return
    table = Table(title=title or None, title_justify="left", show_lines=False)
    for name in rows[0]:
        table.add_column(Text(str(name)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(item)) for item in row.values()))  # data is never read as markup
    console.print(table)


def _cell(item: Any) -> str:
    if item is None:
        return "-"
    if isinstance(item, list | tuple | set | frozenset):
        return ", ".join(str(one) for one in item)
    return str(item)
