"""`phiward audit prove`, `check-proof` and `export`: evidence for somebody who trusts none of us."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from phiward.adapters.audit_export import Extent
from phiward.audit.note import Verifier
from phiward.audit.proof import MAX_PROOF_BYTES, CheckedProof, check_proof
from phiward.cli.common import AsJson, Exit, fail, read_settings, run, show
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError, StorageError
from phiward.wiring.auditor import sequence_all
from phiward.wiring.base import embedded_database
from phiward.wiring.evidence import EvidenceDesk, Proved, Told, open_evidence

MAX_KEY_BYTES = 4_096


def with_desk(work: Any) -> Any:
    """Run `work(desk)` with the database running and what waits numbered; exit 1 where the log does not hold."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            await sequence_all(settings)
            async with open_evidence(settings) as desk:
                try:
                    return await work(desk)
                except AuditIntegrityError as error:
                    fail(error)
                    raise typer.Exit(Exit.DOES_NOT_HOLD) from None
                except OSError:
                    raise StorageError("The place for the export cannot be written.") from None

    return run(inside())


def prove(
    wanted: Annotated[UUID, typer.Argument(metavar="ID", help="The id of an entry, or of an interaction.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the proof here; of several, NAME-intent.tlog-proof, NAME-outcome.tlog-proof …"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove to a stranger that an entry is in the log: a C2SP tlog-proof for each entry of ID.

    The file holds the entry itself: opaque ids, classes and times, no text. That it was made is on record first.
    """

    async def work(desk: EvidenceDesk) -> list[Proved]:
        return await desk.prove(wanted)

    if out is not None and out.exists():
        raise fail(InvalidRequestError("Something is there already; nothing is overwritten.", param="--out"))
    made: list[Proved] = with_desk(work)
    if not as_json and out is None and len(made) > 1:
        raise fail(InvalidRequestError("There are several entries: name a file for their proofs.", param="--out"))
    rows = []
    for one in made:
        place = None if out is None else _place(out, one, len(made))
        if place is not None:
            _write(place, one.proof)
        checked = one.checked
        row = {"entry": one.entry, "kind": one.kind, "shard": checked.shard, "index": checked.index}
        rows.append({**row, "size": checked.size, "file": place, "proof": one.proof.decode()})
    if as_json:
        show(rows, as_json=True)
    elif out is None:
        print(rows[0]["proof"], end="")
    else:
        show([{name: value for name, value in row.items() if name != "proof"} for row in rows], as_json=False)


def _place(out: Path, one: Proved, count: int) -> Path:
    return out if count == 1 else out.with_name(f"{out.stem}-{one.kind}{out.suffix or '.tlog-proof'}")


def _write(place: Path, proof: bytes) -> None:
    try:
        with place.open("xb") as file:
            file.write(proof)
    except OSError:
        raise fail(InvalidRequestError("A proof cannot be written there.", param="--out")) from None


def check(
    file: Annotated[Path, typer.Argument(help="The proof.")],
    key: Annotated[str, typer.Option(help="The log's public key, from `phiward audit key`, or a file that holds it.")],
    as_json: AsJson = False,
) -> None:
    """Check a proof offline, with nothing but the log's public key; print the entry that it proves."""
    try:
        verifier = _key(key)
        with file.open("rb") as source:
            proof = source.read(MAX_PROOF_BYTES + 1)
    except (OSError, UnicodeDecodeError):
        raise fail(InvalidRequestError("The proof or the key cannot be read.", param="FILE")) from None
    except AuditIntegrityError as error:
        raise fail(InvalidRequestError(str(error), param="--key")) from None
    try:
        checked = check_proof(proof, verifier)
    except AuditIntegrityError as error:
        if as_json:
            show({"holds": False, "reason": str(error)}, as_json=True)
        else:
            typer.echo(f"✗ DOES NOT HOLD  {error}")
        raise typer.Exit(Exit.DOES_NOT_HOLD) from None
    _say(checked, as_json=as_json)


def _key(given: str) -> Verifier:
    """A verifier key, or the file that holds one on a line of its own."""
    if len(given.encode()) < 256 and Path(given).is_file():
        with open(given, encoding="ascii") as source:
            given = source.read(MAX_KEY_BYTES)
    return Verifier.parse(given)


def _say(checked: CheckedProof, *, as_json: bool) -> None:
    if as_json:
        where = {"origin": checked.origin, "shard": checked.shard, "index": checked.index, "size": checked.size}
        show({"holds": True, **where, "entry": checked.entry}, as_json=True)
        return
    print(f"✓ holds  entry {checked.index} of the {checked.size} that {checked.origin} has signed")
    facts = checked.entry.get("facts")
    told = {name: value for name, value in checked.entry.items() if name not in ("facts", "addenda")}
    told |= {f"facts.{name}": value for name, value in facts.items()} if isinstance(facts, dict) else {}
    told["addenda"] = checked.entry.get("addenda")
    plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()}
    show([{"says": name, "value": value} for name, value in plain.items()], as_json=False)


def export(
    tiles: Annotated[
        Path | None, typer.Option(help="Write C2SP tlog-tiles into this new folder: hashes, entries, checkpoint.")
    ] = None,
    jsonl: Annotated[Path | None, typer.Option(help="Write one entry a line into this new file.")] = None,
    shard: Annotated[str | None, typer.Option(help="Export this shard only; every shard where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Export the log as it stands now, for a verifier or a search system; a running gateway goes on.

    An interrupted export of tiles goes on where it stopped when it is run again. Of a destroyed shard its
    checkpoints and hashes are written, without entries.
    """
    if (tiles is None) == (jsonl is None):
        raise fail(InvalidRequestError("Name one of --tiles and --jsonl.", param="--tiles"))

    async def work(desk: EvidenceDesk) -> list[Extent]:
        with _bar() as told:
            if tiles is not None:
                return await desk.export_tiles(tiles, shard, told)
            return await desk.export_lines(jsonl or Path(), shard, told)

    made: list[Extent] = with_desk(work)
    rows = [
        {
            "shard": one.shard.name,
            "size": one.checkpoint.size,
            "entries": one.entries,
            "root": one.checkpoint.root.hex(),
            "destroyed_at": one.shard.destroyed_at,
        }
        for one in made
    ]
    show(rows, as_json=as_json, title="Exported")
    if not as_json:
        for one in made:
            if one.shard.destroyed_at:
                print(f"Shard {one.shard.name} was destroyed: its checkpoints and hashes stand, its entries are gone.")


@contextmanager
def _bar() -> Iterator[Told]:
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("entries", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield told
