"""`phiward deid`: the Safe Harbor transformation on text, outside the gateway."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from phiward.cli.common import Exit
from phiward.deid.canonical import SURROGATE
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.manifest import NOT_DETECTED, Manifest


class Format(StrEnum):
    """How input and output are laid out."""

    TEXT = "text"
    JSONL = "jsonl"


class Kind(StrEnum):
    """What stands in the place of an identifier."""

    PLACEHOLDERS = "placeholders"
    REMOVAL = "removal"


def deid(
    file: Annotated[Path | None, typer.Argument(help="File to read; standard input where none is named.")] = None,
    layout: Annotated[
        Format, typer.Option("--format", help='text, or jsonl: lines of {"id", "text"} in, with "spans" out.')
    ] = Format.TEXT,
    outcome: Annotated[
        Kind, typer.Option(help="placeholders, numbered and typed; or removal: the bare category, no way back.")
    ] = Kind.PLACEHOLDERS,
    manifest: Annotated[
        Path | None, typer.Option(help="Write what was done to this file: versions and counts, never the text.")
    ] = None,
) -> None:
    """Apply the Safe Harbor transformation; write the result to standard output.

    Spans are of the original, in code points, end exclusive. Each text is a conversation of its own.
    """
    print(NOT_DETECTED, file=sys.stderr)
    try:
        made = Manifest(outcome.value, datetime.now(UTC))
        run = _Run(Deidentifier(), made)
        with file.open(encoding="utf-8") if file else sys.stdin as source:
            for line in run.transformed(source, layout):
                sys.stdout.write(line)
        if manifest:
            manifest.write_text(json.dumps(made.as_dict(datetime.now(UTC)), indent=2) + "\n", encoding="utf-8")
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


class _Run:
    """One run of the command: every text through a conversation of its own."""

    def __init__(self, deidentifier: Deidentifier, manifest: Manifest) -> None:
        self._deidentifier, self._manifest = deidentifier, manifest
        self._today = manifest.begun_at.date()

    def transformed(self, source: TextIO, layout: Format) -> Iterator[str]:
        """The lines to write. Raises _BadLineError."""
        if layout is Format.TEXT:
            yield self._one(source.read())[0]
            return
        for number, item in _items(source):
            text, spans = self._one(item["text"])
            yield (
                json.dumps({"id": item.get("id", str(number)), "text": text, "spans": spans}, ensure_ascii=False) + "\n"
            )

    def _one(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        conversation = self._deidentifier.conversation(None, self._today)
        made = conversation.hide(text) if self._manifest.outcome == "placeholders" else conversation.remove(text)
        self._manifest.add(text, conversation.counts)
        return made, [{"start": one.start, "end": one.end, "label": str(one.category)} for one in conversation.spans]


def _items(source: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            raise _BadLineError(number) from None
        if not isinstance(item, dict) or not isinstance(item.get("text"), str) or SURROGATE.search(item["text"]):
            raise _BadLineError(number)
        yield number, item
