"""How the demonstration looks: three panels side by side, the proof, the promises, what to try next.

Colour is never alone: what was replaced stands in brackets, a promise that held has a word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from phiward.domain.placeholders import PATTERN

WIDTH = 150
SHOWN_CHARACTERS = 1_100
"""Of what the model received; the rest is counted, and `--check` prints all of it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise that the demonstration shows, and whether it held."""

    promise: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is shown. All of it is about synthetic patients."""

    typed: str
    received: str
    answered: str
    identifiers: tuple[str, ...]
    proof: dict[str, Any]
    checks: tuple[Check, ...]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every promise held."""
        return all(check.holds for check in self.checks)


def show_told(told: Told, next_steps: tuple[str, ...], svg: Path | None = None) -> None:
    """Print it; with `svg`, also write the picture of the README."""
    console = Console(record=svg is not None, width=WIDTH if svg else None, highlight=False)
    panels = [
        Panel(_identifiers(told.typed, told.identifiers), title="1 · What she typed", border_style="cyan"),
        Panel(_placeholders(_clipped(told.received)), title="2 · What the model received", border_style="magenta"),
        Panel(_identifiers(told.answered, told.identifiers), title="3 · What she got back", border_style="green"),
    ]
    if console.width >= 110:
        grid = Table.grid(expand=True, padding=(0, 1))
        for _ in panels:
            grid.add_column(ratio=1)
        grid.add_row(*panels)
        console.print(grid)
    else:
        console.print(Group(*panels))
    console.print(Panel(_proof(told), title="4 · What stands on record", border_style="yellow"))
    console.print(_promises(told.checks))
    times = " · ".join(f"{name} {value:.1f} s" for name, value in told.seconds.items())
    console.print(Text(times, style="dim"))
    if svg is not None:
        console.save_svg(str(svg), title="phiward demo")
    plain = Console(highlight=False)  # not recorded: the commands hold the demonstration's key
    for number, step in enumerate(next_steps, 1):
        plain.print(Text(f"\n{number}. {step}"), soft_wrap=True)


def _clipped(text: str) -> str:
    if len(text) <= SHOWN_CHARACTERS:
        return text
    end = text.rfind(" ", 0, SHOWN_CHARACTERS)
    question = text.rsplit("\n\n", 1)[-1]
    return f"{text[:end]} …\n\n[… {len(text) - end} more characters …]\n\n{question}"


def _identifiers(text: str, identifiers: tuple[str, ...]) -> Text:
    shown = Text(text)
    words = sorted((re.escape(word) for word in identifiers if len(word) > 2), key=len, reverse=True)
    if words:
        shown.highlight_regex(rf"(?i)\b(?:{'|'.join(words)})\b", "bold red")
    return shown


def _placeholders(text: str) -> Text:
    shown = Text(text)
    shown.highlight_regex(PATTERN.pattern, "bold magenta")
    return shown


def _proof(told: Told) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value in told.proof.items():
        table.add_row(Text(str(name), style="bold"), Text(str(value)))
    return table


def _promises(checks: tuple[Check, ...]) -> Table:
    table = Table(title="Promises shown", title_justify="left", expand=True)
    table.add_column("", width=10)
    table.add_column("promise")
    table.add_column("seen")
    for check in checks:
        verdict = Text("✓ held", style="green") if check.holds else Text("✗ BROKEN", style="bold red")
        table.add_row(verdict, check.promise, check.detail)
    return table


def show_links(links: Mapping[str, str]) -> None:
    """Each on a line of its own, never wrapped: they are opened, or copied."""
    if links:
        Console(highlight=False).print("\n[bold]Open the console[/], each link once:")
    for who, link in links.items():
        print(f"  as {who}:\n  {link}")
