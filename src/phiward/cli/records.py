"""`phiward import`: clinical records in."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from phiward.cli.common import AsJson, show
from phiward.cli.people import with_registrar
from phiward.records.account import Account
from phiward.records.importing import import_path
from phiward.wiring import Registrar


def import_records(
    paths: Annotated[list[Path], typer.Argument(help="FHIR R4 bundles (.json), bulk NDJSON, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Import patients, notes and care relations from FHIR R4; accounts for every resource.

    One file is one transaction: a broken file leaves nothing, and running it again resumes. The same
    file twice changes nothing.
    """
    console = Console(stderr=True)

    async def work(registrar: Registrar) -> Any:
        account = Account()
        with Progress(console=console, disable=not console.is_terminal) as progress:
            for path in paths:
                task = progress.add_task(path.name, total=None)

                def told(done: int, files: int, _: int, task: Any = task) -> None:
                    progress.update(task, completed=done, total=files)

                account += await import_path(registrar.writer, registrar.tenant, path, progress=told)
        await registrar.record("records.imported", {"resources": account.total, "stored": account.imported})
        return account

    account: Account = with_registrar(work)
    names = ("type", "resources", "imported", "unchanged", "skipped", "why")
    rows = [dict(zip(names, row, strict=True)) for row in account.rows()]
    if as_json:
        show({"total": account.total, "imported": account.imported, "types": rows}, as_json=True)
    else:
        show(rows, as_json=False, title=f"{account.total} resources, every one accounted for")
