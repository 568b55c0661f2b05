"""A hundred thousand chunks: 1,000 patients with 15 notes each, imported, interrupted, and indexed to the end.

    python bench/scale.py [--patients 1000] [--json]

FHIR files through the importer, then the indexer with the local embedding model on two threads, an embedded PostgreSQL
beside them; this process does all but that. Its peak of memory is that of the whole import. Indexing is stopped in the
middle of a patient after a tenth of them, and goes on with a new indexer: nothing that was stored is made again.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import psycopg

from phiward.adapters.embedding.minilm import LocalEmbedder
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.indexing.indexer import Indexer, IndexReport
from phiward.adapters.postgres.intake.writer import RecordsWriter
from phiward.records.importing import import_path
from phiward.retrieval.ports import EmbeddingScope, Vectors
from processes import Postgres, cpu_seconds
from search_world import SMALL, TENANT, House, house, write_charts
from told import tell

MOST_MEMORY_MB = 1_000
DOCTOR = "Practitioner/bench-1"
Row = dict[str, Any]


class Counting(LocalEmbedder):
    """Counts the texts that it is given."""

    asked = 0

    async def embed(self, scope: EmbeddingScope, texts: Sequence[str]) -> Vectors:
        """As the model itself."""
        self.asked += len(texts)
        return await super().embed(scope, texts)


class Spent:
    """Wall seconds, and CPU seconds of this process and of Postgres, since it was made."""

    def __init__(self) -> None:
        """Begin."""
        self._begun, self._own, self._beside = time.perf_counter(), time.process_time(), cpu_seconds(Postgres())

    def rows(self, what: str, count: int, unit: str) -> list[Row]:
        """How many of `unit` a second, and what they took."""
        wall, own = time.perf_counter() - self._begun, time.process_time() - self._own
        return [
            row(f"{what}, wall", wall, "s"),
            row(f"{what}, {unit} a second", count / wall, f"{unit}/s"),
            row(f"{what}, CPU of this process", own, "CPU s"),
            row(f"{what}, Postgres beside it", cpu_seconds(Postgres()) - self._beside, "CPU s"),
        ]


async def measure(made: House, folder: Path, patients: int) -> list[Row]:
    """Import, index a tenth, be interrupted, index the rest."""
    registrar = Database(made.registrar, max_size=2)
    await registrar.open()
    spent = Spent()
    await import_path(RecordsWriter(registrar, made.vault, made.vault), TENANT, folder)
    rows = spent.rows("import of the files", patients * len(SMALL.sections), "documents")
    spent, embedder = Spent(), Counting(threads=2)
    await interrupted(Indexer(registrar, made.vault, made.vault, embedder), patients // 10)
    report = await Indexer(registrar, made.vault, made.vault, embedder).run(TENANT, progress(patients))
    chunks, documents, held = stored(made)
    await registrar.close()
    rows += spent.rows("indexing", chunks, "chunks")
    expected = patients * sum(SMALL.sections)
    return [
        *rows,
        row("chunks that can be searched", chunks, "", at_least=expected),
        row("documents that can be searched", documents, "", at_least=patients * len(SMALL.sections)),
        row("documents held back", held, "", at_most=0),
        row("chunks made again after the interruption", embedder.asked - chunks, "", at_most=sum(SMALL.sections)),
        row("patients indexed after the interruption", report.patients, ""),
        row(
            "peak memory of this process",
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            "MB",
            MOST_MEMORY_MB,
        ),
        *size(made, chunks),
    ]


async def interrupted(indexer: Indexer, patients: int) -> None:
    """Stop it in the middle of the patient after this many."""
    enough = asyncio.Event()

    def told(done: int, _: int) -> None:
        if done >= patients:
            enough.set()

    task: asyncio.Task[IndexReport] = asyncio.create_task(indexer.run(TENANT, told))
    await enough.wait()
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])


def progress(patients: int) -> Callable[[int, int], None]:
    """Says on standard error how far it is, ten times."""

    def told(done: int, of: int) -> None:
        if done % max(1, patients // 10) == 0:
            print(f"{time.strftime('%X')} {done} of {of} patients", file=sys.stderr, flush=True)

    return told


def stored(made: House) -> tuple[int, int, int]:
    """Chunks in segments, documents that are indexed, documents held back."""
    with psycopg.connect(made.admin) as connection:
        found = connection.execute(
            """SELECT (SELECT coalesce(sum(chunks), 0) FROM segment),
                      (SELECT count(*) FROM document WHERE indexed_version = version),
                      (SELECT count(*) FROM quarantined_document)"""
        ).fetchone()
    assert found is not None
    return int(found[0]), found[1], found[2]


def size(made: House, chunks: int) -> list[Row]:
    """Of the database, and of the segments in it."""
    with psycopg.connect(made.admin, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        found = connection.execute(
            "SELECT pg_database_size(current_database()), pg_total_relation_size('segment'),"
            " pg_total_relation_size('document')"
        ).fetchone()
    assert found is not None
    return [
        row("database on disk", found[0] / 1e6, "MB"),
        row("segments in it", found[1] / 1e6, "MB"),
        row("segments, for each chunk", found[1] / chunks, "bytes"),
        row("documents in it", found[2] / 1e6, "MB"),
    ]


def row(name: str, value: float, unit: str, at_most: float | None = None, at_least: float | None = None) -> Row:
    """One figure; without a budget it holds."""
    holds = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    budget = at_most if at_least is None else at_least
    return {"name": name, "value": round(value, 3), "unit": unit, "budget": budget, "holds": holds}


def write(folder: Path, patients: int) -> None:
    """The files, in a process of its own, so that making them is not counted."""
    work = multiprocessing.get_context("spawn").Process(target=write_charts, args=(folder, [SMALL] * patients, DOCTOR))
    work.start()
    work.join()
    if work.exitcode:
        raise SystemExit("The files of the measurement could not be written.")


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with house() as made:
        folder = made.folder / "charts"
        write(folder, options.patients)
        rows = asyncio.run(measure(made, folder, options.patients))
    return tell(rows, 50, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
