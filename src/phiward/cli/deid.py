"""`phiward deid`: the Safe Harbor transformation on text, outside the gateway."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from phiward.cli.common import Exit
from phiward.deid.deidentifier import Deidentifier

_SURROGATE = re.compile("[\ud800-\udfff]")
"""What JSON can escape but no UTF-8 can hold."""
NOT_DETECTED = "Not detected by this version: names and places without a label, title or form."


class Format(StrEnum):
    """How input and output are laid out."""

    TEXT = "text"
    JSONL = "jsonl"


def deid(
    file: Annotated[Path | None, typer.Argument(help="File to read; standard input where none is named.")] = None,
    layout: Annotated[
        Format, typer.Option("--format", help='text, or jsonl: lines of {"id", "text"} in, with "spans" out.')
    ] = Format.TEXT,
) -> None:
    """Apply the Safe Harbor transformation by rules; write the result to standard output.

    Spans are of the original, in code points, end exclusive. Each text is a conversation of its own.
    """
    deidentifier = Deidentifier()
    print(NOT_DETECTED, file=sys.stderr)
    try:
        with file.open(encoding="utf-8") if file else sys.stdin as source:
            for line in _transformed(deidentifier, source, layout):
                sys.stdout.write(line)
    except (OSError, UnicodeDecodeError):
        typer.echo("Error: the file cannot be read as UTF-8 text.", err=True)
        raise typer.Exit(Exit.CANNOT_TELL) from None
    except _BadLineError as error:
        typer.echo(f'Error: line {error.line} is not an object with "id" and "text".', err=True)
        raise typer.Exit(Exit.CANNOT_TELL) from None


class _BadLineError(Exception):
    """Carries the number of the line, never the line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _transformed(deidentifier: Deidentifier, source: TextIO, layout: Format) -> Iterator[str]:
    today = datetime.now(UTC).date()
    if layout is Format.TEXT:
        yield deidentifier.conversation(None, today).hide(source.read())
        return
    for number, item in _items(source):
        conversation = deidentifier.conversation(None, today)
        text = conversation.hide(item["text"])
        spans = [{"start": one.start, "end": one.end, "label": str(one.category)} for one in conversation.spans]
        yield json.dumps({"id": item.get("id", str(number)), "text": text, "spans": spans}, ensure_ascii=False) + "\n"


def _items(source: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            raise _BadLineError(number) from None
        if not isinstance(item, dict) or not isinstance(item.get("text"), str) or _SURROGATE.search(item["text"]):
            raise _BadLineError(number)
        yield number, item
