"""kill -9 of `phiward import` and `phiward index`: nothing stands half, and the next run ends as an undisturbed one."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.patients import PatientRef
from phiward.records.decode import SEGMENT_NAME
from phiward.retrieval.segments import unpack
from tests.rooms.records.fhir_files import bundle, care_team, document, patient, write
from tests.system.charts import PROSE, ChartHospital, observation

ROOT = Path(__file__).resolve().parents[2]
PATIENTS, NOTES = 3, 2


@dataclass(frozen=True)
class Chunks:
    """What stands in one organisation's charts, in numbers that no random id changes."""

    documents: int
    facts: int
    live: Counter[tuple[Any, ...]]


@pytest.fixture(scope="module")
def mortal() -> Iterator[ChartHospital]:
    """A hospital with files to import: three patients with two notes and a fact each."""
    hospital = ChartHospital()
    try:
        for number in range(1, PATIENTS + 1):
            subject = {"subject": {"reference": f"Patient/pat-{number}"}}
            notes = [
                document(f"doc-{number}-{n}", f"HISTORY:\n{PROSE[n]}\n\nPLAN:\n{PROSE[number]}", **subject)
                for n in range(NOTES)
            ]
            fact = {**observation(f"o-{number}", "1.2", "2024-01-02"), **subject}
            fact["valueQuantity"] = {"value": number, "unit": "mg/dL"}
            team = care_team(f"team-{number}", **subject)
            content = bundle(patient(f"pat-{number}"), team, *notes, fact)
            write(hospital.folder / "records", content, f"{number}.json")
        yield hospital
    finally:
        hospital.close()


def command(hospital: ChartHospital, organisation: str, *words: str, dying: tuple[str, int] | None = None) -> int:
    """Run a command for an organisation of its own; its exit status, negative for a signal."""
    module = ["tests.system.dying", dying[0], str(dying[1])] if dying else ["phiward"]
    environment = {**hospital.environment, "PHIWARD_ORGANISATION": organisation, "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", *module, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode


async def state(hospital: ChartHospital, organisation: str) -> Chunks:
    """Opens every segment. Raises AssertionError where anything stands half, or twice."""
    async with hospital.desk(organisation=organisation) as desk:
        with hospital.superuser() as connection:
            named = [desk.registrar.tenant]
            documents = connection.execute(
                "SELECT id, version, indexed_version, chunks FROM document WHERE tenant = %s", named
            ).fetchall()
            facts = connection.execute("SELECT count(*) FROM fact WHERE tenant = %s", named).fetchone()
            rows = connection.execute("SELECT id, patient, sealed FROM segment WHERE tenant = %s", named).fetchall()
        opened = [
            unpack(desk.registrar.vault.open(named[0], PatientRef(patient), key, SEGMENT_NAME, bytes(sealed)))
            for key, patient, sealed in rows
        ]
    found = [entry for segment in opened for entry in segment.entries()]
    places = Counter((one.document, one.version, one.start) for one in found)
    assert not [place for place, times in places.items() if times > 1]
    marked = {key: (version, chunks) for key, version, indexed, chunks in documents if indexed == version}
    held = Counter((one.document, one.version) for one in found)
    assert held == Counter({(key, version): chunks for key, (version, chunks) in marked.items()})
    assert all(chunks > 0 for _, chunks in marked.values())
    assert facts is not None
    said = Counter((one.start, one.end, one.section, tuple(sorted(one.terms.items()))) for one in found)
    return Chunks(len(documents), facts[0], said)


@pytest.fixture(scope="module")
def undisturbed(mortal: ChartHospital) -> str:
    """An organisation whose import nobody killed."""
    assert command(mortal, "undisturbed", "import", str(mortal.folder / "records")) == 0
    return "undisturbed"


KILLED = [
    pytest.param("import", "documents", 2, id="within the transaction of the second file"),
    pytest.param("import", "file", 1, id="after the first file, before the second"),
    pytest.param("import", "embedding", 1, id="with the vectors of the first patient in hand"),
    pytest.param("index", "mark", 2, id="with the second segment inserted and its notes marked, not committed"),
    pytest.param("index", "patient", 1, id="between two patients"),
]


@pytest.mark.parametrize(("word", "point", "count"), KILLED)
async def test_a_killed_import_or_index_leaves_nothing_half_and_the_next_run_completes(
    mortal: ChartHospital, undisturbed: str, word: str, point: str, count: int
) -> None:
    """Each live chunk then stands in one segment, and all counts are those of an import that nobody killed."""
    organisation, records = f"killed-{point}-{count}", str(mortal.folder / "records")
    words = (word, records) if word == "import" else (word,)
    if word == "index":
        assert command(mortal, organisation, "import", "--no-index", records) == 0
    expected = await state(mortal, undisturbed)
    assert command(mortal, organisation, *words, dying=(point, count)) == -signal.SIGKILL
    half = await state(mortal, organisation)
    assert half != expected
    assert half.documents % NOTES == 0, "a file is stored whole or not at all"
    assert command(mortal, organisation, *words) == 0
    assert await state(mortal, organisation) == expected
    assert (expected.documents, expected.facts) == (PATIENTS * NOTES, PATIENTS)


async def test_killed_together_with_its_database_it_is_resumed_all_the_same(
    mortal: ChartHospital, undisturbed: str
) -> None:
    """Where no gateway serves, the command's own database is orphaned, ended by the next command and recovered."""
    expected = await state(mortal, undisturbed)
    mortal.stop()
    records = str(mortal.folder / "records")
    assert command(mortal, "alone", "import", records, dying=("mark", 2)) == -signal.SIGKILL
    assert command(mortal, "alone", "import", records) == 0
    mortal.start()
    assert await state(mortal, "alone") == expected
