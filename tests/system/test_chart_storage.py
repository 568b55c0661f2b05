"""Nothing of a chart is readable in the database: not in its files, not in its write-ahead log, not in a dump."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from psycopg.conninfo import conninfo_to_dict

from phiward.adapters.embedded.binaries import installation
from phiward.domain.patients import PatientRef
from phiward.records.decode import SEGMENT_NAME
from phiward.retrieval.segments import Segment, unpack
from phiward.retrieval.terms import terms
from phiward.wiring.base import administrator
from tests.rooms.records.fhir_files import CANARY, document
from tests.system.charts import MRN, ChartHospital, medication, observation

SENTENCE = "Glimmerwort percolates through the invented Quibblefrost membrane."
TITLE, AUTHOR, SECTION = "Wimblethrax consultation", "Doctor Ozymandara Plinkett", "VORTICULAR OBSERVATIONS"
DRUG, DOSAGE, VALUE, TEST = "Snazzoprilumab", "seventeen zorbletons nightly", "73916.0458217", "Quillisterone level"
QUESTION = "Does the Hobbleskein reagent percolate?"
CANARIES = (SENTENCE, TITLE, AUTHOR, SECTION, DRUG, DOSAGE, VALUE, TEST, QUESTION, CANARY, MRN)
CONTROL = "Plainly-Readable-Marmalade"
"""Written into a table without protection: what does not find this finds nothing."""
VECTOR_BYTES = 64


def forms(text: str) -> set[bytes]:
    """A text as it may stand in a file: two encodings, both cases, hexadecimal, base64 at each of three offsets."""
    plain = {one.encode(code) for one in (text, text.casefold()) for code in ("utf-8", "utf-16-le", "utf-16-be")}
    return plain | {one.hex().encode() for one in plain} | {_base64(text.encode(), offset) for offset in range(3)}


def _base64(data: bytes, offset: int) -> bytes:
    """What is the same in base64 whatever stands before, `offset` bytes into a group of three, and behind."""
    whole = base64.b64encode(bytes(offset) + data)
    return whole[-(-offset * 4 // 3) : (offset + len(data)) // 3 * 4]


def raw_forms(data: bytes) -> set[bytes]:
    """Bytes as they are and as a dump writes them."""
    return {data, data.hex().encode()}


def hashes_of(text: str) -> list[bytes]:
    """The numbers of the words of a text, as a segment would hold them."""
    return [number.to_bytes(8, "little") for number in terms(text)]


@pytest.fixture(scope="module")
def filled() -> Iterator[ChartHospital]:
    """A chart of canaries, indexed with the real model, asked and cited; then everything written to disk."""
    hospital = ChartHospital()
    try:
        note = document(
            text=f"{SECTION}:\n{SENTENCE} Nothing else was seen.",
            type={"text": TITLE},
            author=[{"type": "Practitioner", "display": AUTHOR}],
        )
        facts = medication("m-1", DRUG, DOSAGE), observation("o-1", VALUE, "2024-01-02", TEST)
        hospital.take_in("chart.json", note, *facts)
        (first, *_) = hospital.search(QUESTION).json()["data"]
        assert SENTENCE in first["content"][0]["text"]
        assert {TITLE, AUTHOR, SECTION} <= set(first["attributes"].values())
        said = hospital.texts(f"{DRUG} and {TEST}")[0]
        assert all(word in said for word in (DRUG, DOSAGE, VALUE, TEST))
        asked = hospital.post(f"{QUESTION} {SENTENCE}", metadata={"retrieve": "true"})
        assert asked.status_code == 200, asked.text
        with hospital.superuser() as connection:
            connection.execute("CREATE TABLE public.control (plain text, bytes bytea)")
            for needle in forms(CONTROL):
                connection.execute("INSERT INTO public.control (bytes) VALUES (%s)", [needle])
            connection.execute("INSERT INTO public.control (plain) VALUES (%s)", [CONTROL])
            for data in (*hashes_of(CONTROL), bytes(range(VECTOR_BYTES))):
                connection.execute("INSERT INTO public.control (bytes) VALUES (%s)", [data])
            connection.execute("CHECKPOINT")
        yield hospital
    finally:
        hospital.close()


async def segments(hospital: ChartHospital) -> list[Segment]:
    """All segments, opened with the keys."""
    async with hospital.desk() as desk:
        with hospital.superuser() as connection:
            rows = connection.execute("SELECT id, tenant, patient, sealed FROM segment").fetchall()
        opened = [
            desk.registrar.vault.open(tenant, PatientRef(patient), key, SEGMENT_NAME, bytes(sealed))
            for key, tenant, patient, sealed in rows
        ]
    return [unpack(one) for one in opened]


def files(folder: Path) -> Iterator[bytes]:
    """The content of every file below a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def dump(hospital: ChartHospital) -> bytes:
    """A dump of the whole database by the administrator, who sees every row."""
    named = conninfo_to_dict(administrator(hospital.settings))
    done = subprocess.run(
        [str(installation() / "bin" / "pg_dump"), "--no-sync"],
        env={
            "PATH": os.defpath,
            "PGHOST": str(named["host"]),
            "PGUSER": str(named["user"]),
            "PGPASSWORD": str(named["password"]),
            "PGDATABASE": str(named["dbname"]),
        },
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def found(needles: set[bytes], places: list[bytes]) -> set[bytes]:
    """Which needles stand somewhere."""
    return {needle for needle in needles if any(needle in place for place in places)}


async def test_no_word_vector_or_hash_of_a_chart_stands_in_the_files_the_log_or_a_dump(filled: ChartHospital) -> None:
    """After a checkpoint: tables, indices, write-ahead log, server log, anchors, the gateway's log, and pg_dump."""
    (segment,) = await segments(filled)
    vectors = {row.tobytes()[:VECTOR_BYTES] for row in np.asarray(segment.vectors)}
    hashes = {one.to_bytes(8, "little") for one in segment.words.tolist()}
    needles = set().union(*map(forms, CANARIES), *map(raw_forms, vectors | hashes))
    assert vectors
    assert set(hashes_of(f"{SENTENCE} {SECTION} {TITLE}")) <= hashes

    places = [*files(filled.folder / "data"), *files(filled.folder / "anchors"), filled.log.read_bytes()]
    dumped = dump(filled)

    control = forms(CONTROL) | {*hashes_of(CONTROL), bytes(range(VECTOR_BYTES))}
    assert found(control, places) == control
    assert found({one.hex().encode() for one in control}, [dumped]) == {one.hex().encode() for one in control}
    assert CONTROL.encode() in dumped
    assert b"COPY phiward.segment" in dumped
    assert found(needles, places) == set()
    assert found(needles, [dumped]) == set()
