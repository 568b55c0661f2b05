"""`phiward bench`: the reproducible measurements of this checkout."""

import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from phiward.cli.common import AsJson, Exit

NAMES = ("gateway", "deid", "guard", "audit", "access", "logins", "search", "leak")


def bench(
    name: Annotated[str, typer.Argument(help=f"Which measurement: {', '.join(NAMES[:-1])} or {NAMES[-1]}.")],
    as_json: AsJson = False,
) -> None:
    """Measure against the budgets; exit 1 when one does not hold. Needs a checkout with its bench/ folder."""
    script = Path(__file__).parents[3] / "bench" / f"{name}.py"
    if name not in NAMES or not script.is_file():
        typer.echo(f"There is no measurement of that name here; there are: {', '.join(NAMES)}.", err=True)
        raise typer.Exit(Exit.CANNOT_TELL)
    sys.argv = [str(script), *(["--json"] if as_json else [])]
    runpy.run_path(str(script), run_name="__main__")
