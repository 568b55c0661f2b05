"""100,000 vectors of 1,000 patients, as ours and the peers' common world: a topic, the patient, and noise, mixed.

A question is about a topic, not about the patient: most of what is near it is another patient's, which is the hard
case for whoever filters afterwards. One seed.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from phiward.domain.patients import PatientRef
from phiward.records.decode import SEGMENT_NAME
from phiward.retrieval.entries import Entry
from phiward.retrieval.search import Hit
from phiward.retrieval.segments import pack
from search_world import TENANT, House

DIMENSIONS, TOPICS = 384, 64
PATIENTS, EACH, QUESTIONS = 1_000, 100, 100
_PATIENT, _DOCUMENT = 1_000_000, 5_000_000
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scattered:
    """Rows of length 1. `owners` names the patient of each vector, `asked` of each query; numbers from 0."""

    patients: int
    vectors: Floats = field(repr=False)
    owners: NDArray[np.int64] = field(repr=False)
    queries: Floats = field(repr=False)
    asked: NDArray[np.int64] = field(repr=False)

    @classmethod
    def make(cls) -> "Scattered":
        """The world of the measurement."""
        rng = np.random.default_rng(7)
        topics, people = _rows(rng, TOPICS), _rows(rng, PATIENTS)
        owners = np.repeat(np.arange(PATIENTS), EACH)
        vectors = topics[rng.integers(TOPICS, size=len(owners))] + people[owners] / 2 + 0.7 * _rows(rng, len(owners))
        queries = topics[rng.integers(TOPICS, size=QUESTIONS)] + 0.3 * _rows(rng, QUESTIONS)
        return cls(
            PATIENTS, _of_length_1(vectors), owners, _of_length_1(queries), rng.integers(PATIENTS, size=QUESTIONS)
        )

    def patient(self, number: int) -> PatientRef:
        """Our id of a patient."""
        return PatientRef(UUID(int=_PATIENT + number))

    def number(self, hit: Hit) -> int:
        """Which vector was hit: each is a document's only chunk."""
        return hit.document.int - _DOCUMENT

    def best(self, query: int, limit: int) -> set[int]:
        """The nearest vectors of the patient, by a plain product."""
        own = np.flatnonzero(self.owners == self.asked[query])
        scores = self.vectors[own] @ self.queries[query]
        return set(own[np.argsort(-scores)[:limit]].tolist())

    def write(self, folder: Path) -> None:
        """As .npy files, for the peers, with what is right beside them."""
        best = np.array([sorted(self.best(query, 10)) for query in range(len(self.queries))])
        for name in ("vectors", "owners", "queries", "asked"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        np.save(folder / "best.npy", best)


def fill(made: House, world: Scattered, practitioner: str, model: str) -> None:
    """Into the database, past every policy: the patients, one chunk a document, one sealed segment a patient."""
    since = datetime(2020, 1, 1, tzinfo=UTC)
    with psycopg.connect(made.admin) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY patient (id, tenant, version, content_digest, sealed) FROM STDIN") as copy:
            for number in range(world.patients):
                copy.write_row((world.patient(number), TENANT, 1, b"", b""))
        columns = "tenant, patient, practitioner, source, starts_at, origin"
        with cursor.copy(f"COPY care_relation ({columns}) FROM STDIN") as copy:
            for number in range(world.patients):
                origin = number.to_bytes(8, "big")
                copy.write_row((TENANT, world.patient(number), practitioner, "CareTeam", since, origin))
        columns = "id, tenant, patient, written_at, source_digest, content_digest, sealed, indexed_version, chunks"
        with cursor.copy(f"COPY document ({columns}) FROM STDIN") as copy:
            for number, owner in enumerate(world.owners.tolist()):
                key, patient = UUID(int=_DOCUMENT + number), world.patient(owner)
                copy.write_row((key, TENANT, patient, since, number.to_bytes(8, "big"), b"", os.urandom(600), 1, 1))
        with cursor.copy("COPY segment (id, tenant, patient, model, chunks, sealed) FROM STDIN") as copy:
            for number in range(world.patients):
                key, patient = UUID(int=9_000_000 + number), world.patient(number)
                sealed = made.vault.seal(TENANT, patient, key, SEGMENT_NAME, _packed(world, number, model))
                copy.write_row((key, TENANT, patient, model, EACH, sealed))


def _packed(world: Scattered, patient: int, model: str) -> bytes:
    own = np.flatnonzero(world.owners == patient).tolist()
    entries = [Entry(UUID(int=_DOCUMENT + one), 1, 0, 500, "", {}, world.vectors[one]) for one in own]
    return pack(entries, model=model)


def _rows(rng: np.random.Generator, count: int) -> Floats:
    return _of_length_1(rng.standard_normal((count, DIMENSIONS), dtype=np.float32))


def _of_length_1(rows: Floats) -> Floats:
    made: Floats = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return made
