"""The program `phiward`: which command stands in which module; does nothing at import but declare it.

Only the module of the command that is called is loaded: to bring everything in takes longer than most commands do.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import typer

from phiward import __version__
from phiward.cli.common import guard_defects

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("demo", "demo"),
    "serve": ("serve", "serve"),
    "migrate": ("migrate", "migrate"),
    "import": ("records", "import_records"),
    "index": ("records", "index_charts"),
    "watch": ("watch", "watch"),
    "calibrate": ("calibrate", "calibrate"),
    "deid": ("deid", "deid"),
    "model": ("model", "model"),
    "bench": ("bench", "bench"),
}
"""By its name, the module and the function of each command that stands alone."""
GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "document": ("documents", "app"),
    "quarantine": ("documents", "held_app"),
    "corpus": ("corpora", "app"),
    "user": ("people", "app"),
    "role": ("roles", "app"),
    "relation": ("relations", "app"),
    "grant": ("grants", "app"),
    "access": ("access", "app"),
    "policy": ("policy", "app"),
    "review": ("review", "app"),
    "vendor": ("vendors", "app"),
    "audit": ("audit", "app"),
    "signer": ("signer", "app"),
    "witness": ("witness", "app"),
    "retention": ("retention", "app"),
    "eval": ("evaluate", "app"),
}
"""By its name, the module and the tree of each group of commands."""


def program(only: str | None = None) -> typer.Typer:
    """The tree of commands; with `only` a name of the tables, that one command or group and none else."""
    app = typer.Typer(
        name="phiward",
        help="Put language models in front of protected health information without giving it away.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        epilog="Exit codes: 0 holds or done, 1 does not hold, 2 cannot tell or bad use.",
    )
    app.callback()(_a_tree_also_of_one)
    for name, place in COMMANDS.items():
        if only in (None, name):
            app.command(name)(_loaded(place))
    for name, place in GROUPS.items():
        if only in (None, name):
            app.add_typer(_loaded(place), name=name)
    app.command("version")(version)
    return app


def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Entry point of the console script."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    known = first in COMMANDS or first in GROUPS or first == "version"
    sys.exit(guard_defects(program(first if known else None)))


def _a_tree_also_of_one() -> None:
    pass  # without it Typer takes a tree of one command for that command


def _loaded(place: tuple[str, str]) -> Any:
    module, attribute = place
    return getattr(import_module(f"phiward.cli.{module}"), attribute)
