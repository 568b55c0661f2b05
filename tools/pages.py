"""Writes the pages of the documentation that are made from the program: commands, settings, events of the log.

python tools/pages.py          write docs/commands.md, docs/settings.md and docs/audit_events.md
python tools/pages.py --check  exit 1 if they are not as the program is
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from phiward.audit.catalogue import EVENTS
from phiward.audit.forms import Maybe
from phiward.cli.main import program
from phiward.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
EXIT_CODES = "Exit codes of every command: 0 it holds or was done, 1 it does not hold, 2 cannot tell or bad use."


def commands() -> str:
    """Every command with its arguments and options."""
    lines = ["# Commands", "", f"Made from the program by `python tools/pages.py`. {EXIT_CODES}"]
    for path, command in walk(typer.main.get_command(program()), ("phiward",)):
        lines += ["", f"## {' '.join(path)}", "", " ".join((command.help or "").split()), ""]
        for one in command.params:
            if one.name == "help":
                continue
            names = (
                ", ".join(f"`{name}`" for name in one.opts)
                if one.param_type_name == "option"
                else f"`{(one.name or '').upper()}`"
            )
            lines.append(f"- {names}: {getattr(one, 'help', None) or ''}")
    return "\n".join(lines) + "\n"


def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The leaves of the command tree."""
    if hasattr(command, "commands"):
        for name, one in sorted(command.commands.items()):
            yield from walk(one, (*path, name))
    else:
        yield path, command


def settings() -> str:
    """Every setting with its variable, default and meaning."""
    lines = [
        "# Settings",
        "",
        "Made from `src/phiward/settings.py` by `python tools/pages.py`. Each is an environment variable. Keys and",
        "passwords are no settings: they live in 0600 files under `PHIWARD_SECRETS_DIR`.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "under /var/lib/phiward (root) or ~/.local/share/phiward" if field.default_factory else field.default
        lines.append(f"| `PHIWARD_{name.upper()}` | {'' if default is None else default} | {field.description} |")
    return "\n".join(lines) + "\n"


def audit_events() -> str:
    """Every type of event with its facts and their forms."""
    lines = [
        "# Events of the audit log",
        "",
        "Made from `src/phiward/audit/events` by `python tools/pages.py`. **What is not here cannot be recorded**:",
        "the log refuses an event of another type, a fact that its type does not name, one that is missing, and one",
        "that has not its form. No form takes free text; all of them stand in `src/phiward/audit/forms.py`.",
        "",
        "Each entry also says its id, organisation, interaction, kind, process and time; those of kinds",
        "`administration` and `log` their `action`, which is the name below, and mostly the `actor`. In *italics*:",
        "may be null or absent.",
    ]
    for event in EVENTS:
        kinds = ", ".join(f"`{kind}`" for kind in event.kinds)
        lines += ["", f"## {event.name}", "", f"{event.says} Kind: {kinds}.", ""]
        for name, form in event.facts.items():
            told = f"*{name}*: {form.form.words}" if isinstance(form, Maybe) else f"{name}: {form.words}"
            lines.append(f"- {told}")
        if not event.facts:
            lines.append("No facts.")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write, or compare."""
    pages = {
        DOCS / "commands.md": commands(),
        DOCS / "settings.md": settings(),
        DOCS / "audit_events.md": audit_events(),
    }
    if "--check" in sys.argv:
        stale = [path.name for path, text in pages.items() if not path.is_file() or path.read_text() != text]
        print("stale: " + ", ".join(stale) if stale else "the pages are as the program is")
        return 1 if stale else 0
    for path, text in pages.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
