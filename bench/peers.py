"""Vector stores beside our search, in an environment of their own (`make .venv-peers/.made`). Run by bench/search.py.

    .venv-peers/bin/python bench/peers.py FOLDER

FOLDER has vectors, owners, queries, asked and best as .npy. Each store keeps the vectors in the clear, in files of its
own, within this process; it is asked for the ten nearest of one patient. Prints a JSON list.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import lancedb
import numpy as np
import pyarrow as pa
import sqlite_vec

Ask = Callable[[Any, int], list[int]]


def partitioned(folder: Path, vectors: Any, owners: Any) -> Iterator[tuple[str, Ask]]:
    """A vec0 table with the patient as partition key; 128 vectors a piece, since a patient has 100."""
    connection = apsw.Connection(str(folder / "vectors.sqlite"))
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.execute(
        f"CREATE VIRTUAL TABLE chunk USING vec0(patient integer partition key,"
        f" vector float[{vectors.shape[1]}], chunk_size=128)"
    )
    with connection:
        rows = ((n, int(owner), vectors[n].tobytes()) for n, owner in enumerate(owners))
        connection.executemany("INSERT INTO chunk (rowid, patient, vector) VALUES (?, ?, ?)", rows)

    def ask(query: Any, patient: int) -> list[int]:
        found = connection.execute(
            "SELECT rowid FROM chunk WHERE patient = ? AND vector MATCH ? AND k = 10", (patient, query.tobytes())
        )
        return [row[0] for row in found]

    yield "sqlite-vec, partition key", ask


def filtered(folder: Path, vectors: Any, owners: Any) -> Iterator[tuple[str, Ask]]:
    """A table searched exactly, the patient filtered beforehand; then the same with an index on the patient."""
    values = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    columns = {"id": pa.array(np.arange(len(owners))), "patient": pa.array(owners), "vector": values}
    table = lancedb.connect(str(folder / "lance")).create_table("chunk", pa.table(columns))

    def ask(query: Any, patient: int) -> list[int]:
        wanted = table.search(query).distance_type("dot").where(f"patient = {patient}", prefilter=True)
        return wanted.select(["id", "_distance"]).limit(10).to_arrow()["id"].to_pylist()

    yield "LanceDB, flat, filtered before", ask
    table.create_scalar_index("patient")
    yield "LanceDB, patient indexed", ask


def measured(name: str, ask: Ask, queries: Any, asked: Any, best: Any) -> dict[str, Any]:
    """Median ms of the quietest of ten rounds, CPU ms of this process, and how many of the ten it found."""
    for number in range(10):
        ask(queries[number], int(asked[number]))
    took, found, own = [], [], time.process_time()
    for number in range(len(queries)):
        begun = time.perf_counter()
        ids = ask(queries[number], int(asked[number]))
        took.append(1e3 * (time.perf_counter() - begun))
        found.append(len(set(ids) & set(best[number].tolist())) / len(best[number]))
    own = time.process_time() - own
    return {
        "name": name,
        "median_ms": min(float(np.median(some)) for some in np.array_split(took, 10)),
        "cpu_ms": 1e3 * own / len(queries),
        "recall": float(np.mean(found)),
    }


def main() -> None:
    """One store after the other."""
    folder = Path(sys.argv[1])
    vectors, owners, queries, asked, best = (
        np.load(folder / f"{name}.npy") for name in ("vectors", "owners", "queries", "asked", "best")
    )
    rows = [
        measured(name, ask, queries, asked, best)
        for store in (partitioned, filtered)
        for name, ask in store(folder, vectors, owners)
    ]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
