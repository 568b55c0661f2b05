"""What the commands on access share: times, a patient's reference and a reason that stand in no shell history."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.adapters.postgres.access_office import FIRST, MOST_ROWS
from phiward.cli.common import fail
from phiward.domain.administration import Span
from phiward.domain.errors import InvalidRequestError
from phiward.domain.patients import PatientRef
from phiward.wiring.base import utc_now
from phiward.wiring.registrar import Registrar

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
Since = Annotated[
    datetime | None, typer.Option("--from", help="Begin, inclusive, in UTC. Default: now.", formats=_FORMATS)
]
Until = Annotated[
    datetime | None, typer.Option(help="End, exclusive, in UTC. Default: open, where that may be.", formats=_FORMATS)
]
Ending = Annotated[datetime, typer.Option(help="End, exclusive, in UTC.", formats=_FORMATS)]
Login = Annotated[str, typer.Argument(help="The person's login.")]
Reference = Annotated[
    str, typer.Argument(help="The patient, by any reference of the record; - reads it from standard input.")
]
Id = Annotated[UUID, typer.Argument(help="The id, from the list.")]


def span(since: datetime | None, until: datetime | None) -> Span:
    """Times of the command line are UTC; none stays none."""
    zone = utc_now().tzinfo
    return Span(*(None if one is None else one.replace(tzinfo=zone) for one in (since, until)))


async def patient(registrar: Registrar, reference: str) -> PatientRef:
    """Whom a reference names; `-` reads one line, so that it stands in no history and no list of processes."""
    text = sys.stdin.readline() if reference == "-" else reference
    return await registrar.registry.patient_by_reference(registrar.tenant, text)


def reason(file: Path) -> str:
    """The text of a file, or of standard input where it is `-`."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise fail(InvalidRequestError("The file with the reason cannot be read.", param="reason-file")) from None


async def everything(read: Callable[[UUID, int], Awaitable[Sequence[Any]]]) -> list[dict[str, Any]]:
    """Every page of a list, as its rows are shown."""
    rows: list[dict[str, Any]] = []
    after = FIRST
    while page := await read(after, MOST_ROWS):
        rows += listed(page)
        after = page[-1].id
    return rows


def listed(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as they are shown."""
    return [asdict(row) for row in rows]
