"""`phiward audit show ID --reconstruct --as LOGIN`: what left, on which grounds, and why, for whoever may see it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import typer

from phiward.cli.common import Exit, read_settings, run, show
from phiward.domain.errors import InvalidRequestError
from phiward.flow.reconstruct import Reconstruction, State
from phiward.wiring.base import embedded_database
from phiward.wiring.review import ReadingRoom, open_reading_room

STATES = {
    State.OPENED: "opened; it is the one that was recorded",
    State.DESTROYED: "its key was destroyed: it can never be opened again, by anybody",
    State.CLOSED: "does not open here: its key was destroyed, or this is not the root key that it was sealed under",
    State.ALTERED: "NOT the text that was recorded: its digest differs from the leaf's",
    State.MISSING: "is MISSING, though the leaf names it",
}


def rebuild(interaction: UUID, login: str | None, *, as_json: bool) -> None:
    """Print it, and exit: 0 it holds, 1 a text is not the recorded one, 2 it may not be seen or is not there."""
    if login is None:
        raise InvalidRequestError("Say who reads: --as LOGIN. That it was read is put on record.", param="--as")

    async def inside() -> tuple[Reconstruction, Mapping[str, str]]:
        settings = read_settings()
        with embedded_database(settings):
            async with open_reading_room(settings) as room:
                return await _read(room, interaction, login)

    rebuilt, reasons = run(inside())
    if as_json:
        show(told(rebuilt, reasons), as_json=True)
    else:
        _print(rebuilt, reasons)
    raise typer.Exit(Exit.HOLDS if rebuilt.holds else Exit.DOES_NOT_HOLD)


async def _read(room: ReadingRoom, interaction: UUID, login: str) -> tuple[Reconstruction, Mapping[str, str]]:
    reader = await room.registry.person_by_login(room.tenant, login)
    reasons = {rule.id: rule.reason for rule in room.policy.rules}
    return await room.interactions.read(room.tenant, reader, interaction), reasons


def told(rebuilt: Reconstruction, reasons: Mapping[str, str]) -> dict[str, Any]:
    """For programs. `sent` and `received` are text: a lone surrogate of a model is told as an escape."""
    return {
        "entries": rebuilt.leaves,
        "texts": [
            {"of": one.kind, "name": one.name, "patient": one.patient, "sha256": one.sha256, "state": str(one.state)}
            for one in rebuilt.pieces
        ],
        "holds": rebuilt.holds,
        "destroyed": rebuilt.destroyed,
        "sent": _words(rebuilt.sent),
        "received": _words(rebuilt.received),
        **{name: rebuilt.grounds.get(name) for name in ("question", "retrieved", "replaced", "tools_removed")},
        "circumstances": rebuilt.circumstances,
        "trace": rebuilt.trace(reasons),
    }


def _words(text: bytes | None) -> str | None:
    return None if text is None else text.decode("utf-8", "backslashreplace")


def _print(rebuilt: Reconstruction, reasons: Mapping[str, str]) -> None:
    for leaf in rebuilt.leaves:
        facts = {
            name: value for name, value in leaf["facts"].items() if name != "trace" and value not in (None, [], {})
        }
        rows = [{"fact": name, "value": _cell(value)} for name, value in {"at": leaf["at"], **facts}.items()]
        show(rows, as_json=False, title=f"{leaf['kind']} ({leaf['id']})")
    _section("Why each decision fell", "\n".join(rebuilt.trace(reasons)))
    for piece in rebuilt.pieces:
        typer.echo(f"{piece.kind}, {piece.name}: {STATES[piece.state]} (SHA-256 {piece.sha256}).")
    _section("From where", ", ".join(f"{name}: {value}" for name, value in rebuilt.circumstances.items()))
    for one in rebuilt.grounds.get("retrieved") or ():
        place = f"{one['origin']} {one['source']}, version {one['version']}, {one['start']} to {one['end']}"
        _section(f"Retrieved, note {one['number']}: {place}", one["text"])
    replaced = [f"{one['placeholder']} stood for {one['original']}" for one in rebuilt.grounds.get("replaced") or ()]
    _section("Replaced", "\n".join(replaced))
    _section("The bytes that left", _words(rebuilt.sent) or "")
    _section("What the model answered, before anything was restored", _words(rebuilt.received) or "")


def _section(title: str, text: str) -> None:
    if text:
        typer.echo(f"\n{title}\n{text}")


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
