"""Documents are read apart from this process, whatever they do to the process that reads them."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phiward.adapters.extraction import sandbox
from phiward.adapters.extraction.answer import Read, frame
from phiward.adapters.extraction.order import ExtractionLimits
from phiward.adapters.extraction.reasons import Reason
from phiward.adapters.extraction.sandbox import SandboxedExtractor
from phiward.domain.documents import Section, SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records.ports import Extracted, Extractor
from tests.adapters.extraction.bombs import listener, zeros
from tests.adapters.extraction.conftest import Drawn
from tests.adapters.extraction.made import (
    DOCX,
    LETTER,
    PDF,
    PLACE,
    PNG,
    TIFF,
    docx,
    letter,
    paragraph,
    pdf,
    png,
    scanned_pdf,
    stream,
    tiff,
    written,
)  # fmt: skip

NAME = "Zebedee"
GOOD = letter(LETTER)
PLAIN = SandboxedExtractor()
RUNAWAY = "4242.1717"


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test does, no temporary file remains."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def reason_of(extractor: SandboxedExtractor, data: bytes, media_type: str) -> str:
    """The whole message."""
    with pytest.raises(ImportFailedError) as failed:
        extractor.extract(data, media_type, PLACE)
    assert failed.value.param == PLACE.name
    assert NAME not in str(failed.value)
    assert failed.value.__cause__ is None
    return str(failed.value)


def program(folder: Path, script: str) -> Path:
    """A program that stands in for tesseract and misbehaves."""
    made = folder / "tesseract"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


def running(word: str) -> list[str]:
    """Processes with this word on their command line."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words:
            found.append(each.parent.name)
    return found


@pytest.mark.parametrize(
    ("data", "media_type", "reason"),
    [
        pytest.param(b"%PDF-1.4 %%EOF", PDF, Reason.BROKEN, id="a PDF of nothing"),
        pytest.param(GOOD.replace(b"/Type /Catalog", b"/Type /Zebedee").replace(b"xref", b"xxxx"), PDF, Reason.BROKEN),
        pytest.param(GOOD[:-200], PDF, Reason.CUT_SHORT, id="a PDF cut short"),
        pytest.param(pdf([stream(zeros(2048), "/Filter /FlateDecode")]), PDF, Reason.TOO_LARGE, id="a bomb of 2 GiB"),
        pytest.param(
            pdf([stream(zeros(2048), "/Filter [/FlateDecode /FlateDecode]")]), PDF, Reason.TOO_LARGE, id="a bomb twice"
        ),
        pytest.param(pdf([written(LETTER)], kids="2 0 R", count=1), PDF, Reason.BROKEN, id="pages without end"),
        pytest.param(letter(LETTER, count=10**9), PDF, Reason.TOO_MANY_PAGES, id="a billion pages"),
        pytest.param(pdf([b"0 0 m 9 9 l S"]), PDF, f"page 1: {Reason.NEEDS_TESSERACT}", id="nobody reads scans"),
        pytest.param(docx("", files={"x": bytes(200_000_000)}), DOCX, Reason.TOO_LARGE, id="a Word bomb"),
        pytest.param(
            docx(paragraph("&x;"), prolog='<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            DOCX, Reason.DECLARES_TYPES, id="a Word file that reads files",
        ),
        pytest.param(tiff([(100_000, 100_000, b"")]), TIFF, f"page 1: {Reason.TOO_MANY_PIXELS}", id="a huge picture"),
        pytest.param(GOOD, PNG, Reason.BROKEN, id="not what the media type says"),
        pytest.param(png(1, 1, b"\0"), PNG, Reason.NEEDS_TESSERACT, id="nobody reads pictures"),
        pytest.param(b"{\\rtf1}", "application/rtf", Reason.RICH_TEXT, id="RTF"),
        pytest.param(b"\xd0\xcf", "application/msword", Reason.OLD_WORD, id="an old Word file"),
        pytest.param(b"MZ", "application/x-msdownload", Reason.UNKNOWN_TYPE, id="a program"),
        pytest.param(b"K", "", Reason.UNKNOWN_TYPE, id="no media type"),
        pytest.param(b"K\x00", "text/plain", Reason.CONTROLS, id="a text that is none"),
        pytest.param(b"K", "text/plain; charset=ebcdic", Reason.UNKNOWN_CHARSET, id="a charset that is not read"),
        pytest.param(b"K", "text/plain; charset*=x'y'z", Reason.UNKNOWN_CHARSET, id="a charset in a strange form"),
        pytest.param(b"", PDF, Reason.BROKEN, id="nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_clear_refusal(data: bytes, media_type: str, reason: str) -> None:
    """It names the place and a fixed reason, nothing of the document."""
    assert reason_of(PLAIN, data, media_type) == f"File 2 of 3: {reason}."


def test_nobody_is_called_and_nothing_run(extractor: SandboxedExtractor, drawn: Drawn) -> None:
    """Not for actions when it opens, links, remote files or remote templates; the scan is rendered as well."""
    with listener() as server:
        there = f"http://127.0.0.1:{server.port}/"
        actions = (
            f"/OpenAction << /S /URI /URI ({there}) >>",
            f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{there}'\\)) >>",
            f"/OpenAction << /S /Launch /F (/usr/bin/curl) /P ({there}) >>",
            f"/OpenAction << /S /GoToR /F << /FS /URL /F ({there}) >> >>",
        )
        for action in actions:
            assert "potassium" in extractor.extract(letter(LETTER, catalog=action), PDF, PLACE).text
        scan = scanned_pdf([drawn(LETTER)], catalog=actions[0])
        assert "potassium" in extractor.extract(scan, PDF, PLACE).text
        relations = f'<Relationships><Relationship Target="{there}" TargetMode="External"/></Relationships>'
        data = docx(paragraph("K"), files={"word/_rels/document.main.xml.rels": relations.encode()})
        assert extractor.extract(data, DOCX, PLACE).text == "K"
        data = docx(paragraph("K"), prolog=f'<!DOCTYPE w:document SYSTEM "{there}">')
        assert Reason.DECLARES_TYPES in reason_of(extractor, data, DOCX)
    assert server.calls == []


def test_an_archive_within_a_document_is_not_unpacked() -> None:
    """However much it would unpack to, and whatever it holds in turn."""
    inner = docx("", files={f"{number}.bin": bytes(1_000_000) for number in range(16)})
    assert PLAIN.extract(docx(paragraph("K"), files={"a.zip": inner}), DOCX, PLACE).text == "K"


def test_a_document_beyond_the_limit_is_refused_before_a_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it copied."""
    monkeypatch.setattr(sandbox, "_answered", None)
    assert reason_of(SandboxedExtractor(ExtractionLimits(max_bytes=9)), b"0123456789", PDF).endswith(
        f"{Reason.TOO_LARGE}."
    )


@pytest.mark.parametrize("media_type", [PDF, "text/plain"])
def test_a_file_beyond_the_limit_is_not_read(media_type: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred megabytes that lie on no disk."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    monkeypatch.setattr(sandbox, "_answered", None)
    with pytest.raises(ImportFailedError, match="larger than the limit"):
        PLAIN.extract_file(path, media_type, PLACE)


def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    """No link, folder or pipe."""
    (tmp_path / "real").write_bytes(GOOD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", ".", "nowhere"):
        with pytest.raises(ImportFailedError, match="plain file"):
            PLAIN.extract_file(tmp_path / name, PDF, PLACE)
    assert "potassium 4.1" in PLAIN.extract_file(tmp_path / "real", PDF, PLACE).text


@pytest.mark.parametrize(
    ("limits", "script", "reason"),
    [
        pytest.param(ExtractionLimits(wall_seconds=1), f"exec sleep {RUNAWAY}", Reason.TOO_SLOW, id="it sleeps"),
        pytest.param(
            ExtractionLimits(wall_seconds=1), f"(trap '' TERM HUP; sleep {RUNAWAY}) & exit 0", Reason.TOO_SLOW,
            id="it leaves a child behind that holds the pipe",
        ),
        pytest.param(
            ExtractionLimits(cpu_seconds=1), "while :; do :; done", Reason.TOO_LARGE, id="it burns processor time"
        ),
        pytest.param(ExtractionLimits(), "kill -9 $PPID", Reason.CRASHED, id="it kills its reader"),
        pytest.param(ExtractionLimits(), "kill -9 $$", Reason.TOO_LARGE, id="it is killed"),
        pytest.param(ExtractionLimits(), "exit 3", Reason.BROKEN, id="it fails"),
        pytest.param(ExtractionLimits(), "yes Zebedee", Reason.TOO_LARGE, id="it never stops talking"),
        pytest.param(ExtractionLimits(), "printf 'a\\fb'", Reason.BROKEN, id="it reads a page that is not there"),
    ],
)  # fmt: skip
def test_a_program_that_misbehaves_is_a_refusal(
    passable: Path, limits: ExtractionLimits, script: str, reason: Reason
) -> None:
    """And nothing of it runs on."""
    extractor = SandboxedExtractor(limits, tesseract=program(passable, script))
    assert reason in reason_of(extractor, png(1, 1, b"\0"), PNG)
    for _ in range(50):  # a killed process may take a moment to go
        if not running(RUNAWAY):
            break
        time.sleep(0.1)
    assert running(RUNAWAY) == []


def test_the_answer_of_a_reader_that_failed_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However whole it looks."""
    (tmp_path / "answer").write_bytes(frame(Read("K 4.1", "pdf")))
    for status in (0, 3):
        reader = program(tmp_path, f"cat {tmp_path}/answer; exit {status}")
        monkeypatch.setattr(sys, "executable", str(reader))
        if status == 0:
            assert PLAIN.extract(GOOD, PDF, PLACE).text == "K 4.1"
        else:
            assert Reason.CRASHED in reason_of(PLAIN, GOOD, PDF)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(ExtractionLimits(memory_bytes=16 * 1024 * 1024), id="no memory even to start"),
        pytest.param(ExtractionLimits(max_text_bytes=16), id="no room for the answer"),
    ],
)
def test_a_reader_that_dies_is_a_refusal(limits: ExtractionLimits) -> None:
    """Its half answer is not read."""
    assert Reason.CRASHED in reason_of(SandboxedExtractor(limits), GOOD, PDF)


def test_without_files_in_memory_the_document_lies_in_one_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is gone when it is closed, whatever happens to us."""
    monkeypatch.delattr(os, "memfd_create")
    assert "potassium 4.1" in PLAIN.extract(GOOD, PDF, PLACE).text


def test_it_is_the_extractor_that_the_records_ask_for() -> None:
    """The type checker reads this line."""
    extractor: Extractor = PLAIN
    read = {PDF, PNG, TIFF, "image/jpeg", DOCX, "text/plain", "TEXT/PLAIN; charset=utf-8"}
    unread = {"application/rtf", "application/msword", "text/html", "", "pdf"}
    assert {each for each in read | unread if extractor.reads(each)} == read


def test_each_format_says_what_it_was(extractor: SandboxedExtractor, drawn: Drawn) -> None:
    """Text, sections and source."""
    assert PLAIN.extract(b"K 4.1\r\n", "text/plain", PLACE) == Extracted("K 4.1\n", SourceFormat.TEXT)
    assert PLAIN.extract("Zoë".encode("cp1252"), 'text/plain; charset="Windows-1252"', PLACE).text == "Zoë"
    text = "\n".join(LETTER)
    assert PLAIN.extract(GOOD, PDF, PLACE) == Extracted(text, SourceFormat.PDF, (Section(0, len(text), "page 1"),))
    assert PLAIN.extract(docx(paragraph("K")), DOCX, PLACE) == Extracted("K", SourceFormat.DOCX)
    found = extractor.extract(scanned_pdf([drawn(LETTER)]), PDF, PLACE)
    assert found.source is SourceFormat.SCAN
    assert "potassium 4.1" in found.text
