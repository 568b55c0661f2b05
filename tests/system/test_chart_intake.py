"""Hostile files through `phiward import`: a clear refusal, nothing stored, nothing called. Then a scan, searched."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from psycopg import sql

from phiward.retrieval.layout import SCANNED
from tests.adapters.extraction.bombs import listener
from tests.adapters.extraction.made import docx, letter, paragraph, scanned_pdf
from tests.rooms.records.ccda import files as ccda
from tests.rooms.records.fhir_files import document
from tests.rooms.records.hl7v2 import feeds
from tests.system.charts import MRN, ChartHospital

CANARY = "Cordelinda Marshwiggle"
SCANNED_LINES = ("Custom orthotics were fitted", "Serum potassium 4.1 mmol per litre")
SPARSE_BYTES = 200 * 1024 * 1024
HEARTBEATS = {"worker", "audit_head", "audit_checkpoint", "audit_anchor"}
"""What the served gateway writes by itself: that it lives, signed heads of the log, and how far anchors reach."""
COLUMNS = {"audit_entry": "leaf"}
"""Of a table of which one column changes by itself: the number of an entry comes after it."""


@pytest.fixture(scope="module")
def intake() -> Iterator[ChartHospital]:
    """A hospital with one note in its chart."""
    hospital = ChartHospital()
    try:
        hospital.take_in("chart.json", document())
        yield hospital
    finally:
        hospital.close()


@dataclass(frozen=True)
class Refused:
    """How a command ended, and what it wrote in all."""

    code: int
    said: str


def import_file(hospital: ChartHospital, path: Path, *words: str) -> Refused:
    """The command, without --json: what a person sees."""
    done = subprocess.run(
        [sys.executable, "-m", "phiward", "import", str(path), *words],
        env=hospital.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Refused(done.returncode, done.stdout + done.stderr)


def everything(hospital: ChartHospital) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    held = {}
    with hospital.superuser() as connection:
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'phiward'").fetchall():
            rows = sql.SQL("SELECT {}::text FROM {} t").format(
                sql.Identifier(COLUMNS.get(name, "t")), sql.Identifier(name)
            )
            held[name] = sorted(row[0] for row in connection.execute(rows).fetchall())
    return {name: rows for name, rows in held.items() if name not in HEARTBEATS}


def corrupt_pdf(path: Path, port: int) -> None:
    """Cut in the middle of its objects, with an address to call."""
    whole = letter([CANARY], catalog=f"/OpenAction << /S /URI /URI (http://127.0.0.1:{port}/) >>")
    path.write_bytes(whole[: len(whole) // 3])


def zip_bomb(path: Path, port: int) -> None:
    """A Word document of which one part unpacks to 300 MiB."""
    path.write_bytes(docx(paragraph(CANARY)))
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("word/media/image1.bmp", "w") as part:
        for _ in range(300):
            part.write(bytes(1024 * 1024))


def sparse(path: Path, port: int) -> None:
    """200 MB that take no room on the disk."""
    with path.open("wb") as file:
        file.write(b'{"resourceType": "Patient", "name": [{"family": "' + CANARY.encode())
        file.truncate(SPARSE_BYTES)


def external_entity(path: Path, port: int) -> None:
    """A C-CDA whose text would be fetched from a server."""
    whole = ccda.document().replace("Drink water.", f"{CANARY} &outside;")
    declared = f'<!DOCTYPE ClinicalDocument [<!ENTITY outside SYSTEM "http://127.0.0.1:{port}/x">]>'
    path.write_text(whole.replace("?>\n", f"?>\n{declared}\n", 1))


def wrong_charset(path: Path, port: int) -> None:
    """A good HL7 message, then one that says UTF-8 and is Latin-1."""
    good = feeds.message(feeds.msh(charset="UNICODE UTF-8"), feeds.PID, feeds.PV1)
    bad = feeds.message(feeds.msh(charset="UNICODE UTF-8"), feeds.PID.replace("QUILLA", "QU\u00cfLLA"), feeds.PV1)
    path.write_bytes(good.encode() + bad.encode("latin-1"))


HOSTILE = [
    pytest.param("h.pdf", corrupt_pdf, "cut short", id="a corrupt PDF"),
    pytest.param("h.docx", zip_bomb, "unpacks to more", id="a zip bomb"),
    pytest.param("h.json", sparse, "larger than", id="FHIR of 200 MB"),
    pytest.param("h.pdf", sparse, "larger than", id="a document of 200 MB"),
    pytest.param("h.xml", external_entity, "declares a document type", id="a C-CDA with an external entity"),
    pytest.param("h.hl7", wrong_charset, "not of the character set", id="HL7 with a wrong character set"),
]


@pytest.mark.parametrize(("name", "make", "why"), HOSTILE)
def test_a_hostile_file_is_refused_by_number_and_place_and_leaves_nothing(
    intake: ChartHospital, name: str, make: Callable[[Path, int], None], why: str
) -> None:
    """Exit code 2, no word of the content, every table as it was, and nobody called."""
    path = intake.folder / name
    before = everything(intake)
    with listener() as server:
        make(path, server.port)
        refused = import_file(intake, path, "--patient", MRN)
        assert server.calls == []
    path.unlink()
    assert refused.code == 2
    assert "File 1 of 1" in refused.said
    assert why in refused.said
    assert str(path) in refused.said
    for word in (*CANARY.split(), "Marshw", "127.0.0.1", "QUILLA", "Traceback"):
        assert word not in refused.said
    assert everything(intake) == before


def test_a_scanned_letter_is_found_by_a_word_of_it_and_says_that_it_was_read_from_a_picture(
    intake: ChartHospital,
) -> None:
    """In the results, and in the heading under which a model reads it."""
    for program, package in (("tesseract", "tesseract-ocr"), ("pdftoppm", "poppler-utils")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
    drawn = subprocess.run(
        ["pdftoppm", "-gray", "-r", "150", "-"], input=letter(SCANNED_LINES), capture_output=True, check=True
    )
    path = intake.folder / "letter.pdf"
    path.write_bytes(scanned_pdf([drawn.stdout]))
    taken = import_file(intake, path, "--patient", MRN)
    assert taken.code == 0, taken.said
    found = intake.search("What do the orthotics cost?").json()["data"][0]
    assert "Custom orthotics" in found["content"][0]["text"]
    assert found["attributes"]["format"] == "scan"
    intake.upstream.forget()
    assert intake.post("Tell me about the orthotics.", metadata={"retrieve": "true"}).status_code == 200
    sent = intake.upstream.received[0].decode()
    assert SCANNED in sent
    assert "Custom orthotics were fitted" in sent
