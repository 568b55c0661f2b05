"""A watched folder, on the real database: what has come to rest is taken once; what is refused stops nothing else."""

import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import ensure_roles
from phiward.adapters.watched.folder import FolderWatch
from phiward.domain.people import TenantId
from phiward.settings import Settings
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets
from phiward.wiring.charts import ChartDesk, open_charts
from phiward.wiring.watching import Look, Watcher
from tests.rooms.records.fhir_files import CANARY, bundle, patient

WHO = "MRN-pat-1-0001"


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """An installation whose database runs."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-watched-", dir="/tmp"))
    folder.chmod(0o711)
    made = Settings(data_dir=folder / "data", secrets_dir=folder / "secrets", anchor_dir=folder / "anchors")
    prepare_secrets(made)
    try:
        with embedded_database(made, own=True):
            ensure_roles(administrator(made), database_credentials(made).passwords)
            migrate(administrator(made))
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def desk(settings: Settings) -> AsyncIterator[ChartDesk]:
    """What charts are filled with."""
    async with open_charts(settings) as made:
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The watched folder, with its patient."""
    made = tmp_path / "inbox"
    made.mkdir()
    (made / "a.json").write_text(json.dumps(bundle(patient())))
    return made


async def twice(watcher: Watcher) -> Look:
    """Two looks: the first finds, the second takes."""
    await watcher.look()
    return await watcher.look()


def emptied(folder: Path) -> None:
    """As an unmounted share looks."""
    for one in folder.iterdir():
        one.unlink()


async def documents(desk: ChartDesk) -> int:
    """How many the patient has."""
    registrar = desk.registrar
    tenant: TenantId = registrar.tenant
    found = await registrar.registry.patient_by_reference(tenant, WHO)
    return len(await desk.documents.of_patient(tenant, found))


async def test_what_comes_to_rest_is_taken_once_and_what_goes_is_taken_back_where_asked(
    desk: ChartDesk, place: Path, tmp_path: Path
) -> None:
    """Half-written files wait; a refused file stops nothing else; an empty place takes nothing back."""
    watcher = Watcher(desk, FolderWatch(place), tmp_path / "state.json", patient=WHO, mirror=True)
    (place / f"{CANARY}.txt").write_text("Invented letter: sodium 140.")
    first = await watcher.look()
    assert (first.imported, first.waiting) == (0, 2)
    assert (await watcher.look()).imported == 2
    assert await documents(desk) == 1
    assert (await watcher.look()).counts()["imported"] == 0

    (place / "broken.json").write_text("{")
    (place / "b.txt").write_text("Another invented letter.")
    third = await twice(watcher)
    assert (third.imported, len(third.refused)) == (1, 1)
    assert await documents(desk) == 2
    assert CANARY not in (tmp_path / "state.json").read_text()

    (place / f"{CANARY}.txt").unlink()
    assert (await watcher.look()).taken_back == 1
    assert await documents(desk) == 1
    emptied(place)
    assert (await watcher.look()).taken_back == 0
    assert await documents(desk) == 1
