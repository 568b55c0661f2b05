"""Foreign formats are read apart from this process: one child for each document, killed with all that it started.

The document and the answer go through files without a name, in memory where the system has such. Linux only.
"""

import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import IO, Never

import phiward
from phiward.adapters.extraction import plain
from phiward.adapters.extraction.answer import LENGTH_BYTES, unframe
from phiward.adapters.extraction.order import ExtractionLimits, Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.domain.documents import Section, SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records.ports import Extracted
from phiward.records.results import Place

TEXT = "text/plain"
MEDIA_TYPES = {
    "application/pdf": "pdf",
    "image/png": "pictures",
    "image/jpeg": "pictures",
    "image/tiff": "pictures",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
}
"""What a process of its own reads, and by which module."""

ADVICE = {
    "application/rtf": Reason.RICH_TEXT,
    "text/rtf": Reason.RICH_TEXT,
    "application/msword": Reason.OLD_WORD,
}
_SOURCES = str(Path(phiward.__file__).resolve().parents[1])


class SandboxedExtractor:
    """Implements `records.ports.Extractor`. The programs are paths, or None where they are not installed.

    Blocks until the document is read or `limits.wall_seconds` are over: call it in a thread. How many run at once is
    the caller's choice; each may take `limits.memory_bytes`.
    """

    def __init__(
        self, limits: ExtractionLimits | None = None, *, tesseract: Path | None = None, pdftoppm: Path | None = None
    ) -> None:
        self._limits = limits or ExtractionLimits()
        self._tesseract = str(tesseract.resolve()) if tesseract else None
        self._pdftoppm = str(pdftoppm.resolve()) if pdftoppm else None

    def reads(self, media_type: str) -> bool:
        """Whether this media type, its parameters apart, is one that it reads."""
        essence, _ = _parsed(media_type)
        return essence == TEXT or essence in MEDIA_TYPES

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """The text. Raises ImportFailedError with a fixed reason. For text, `charset` says how to decode."""
        with _unnamed() as document:
            if len(data) <= self._limits.max_bytes:
                document.write(data)
                document.seek(0)
            return self._extract(document, len(data), media_type, place)

    def extract_file(self, path: Path, media_type: str, place: Place) -> Extracted:
        """The same of a file, of which only plain text enters this process. A link is refused."""
        try:
            document = open(path, "rb", opener=_never_a_link)  # noqa: SIM115 - closed below
        except OSError:
            _refuse(place, Refused(Reason.UNREACHABLE))
        with document:
            found = os.fstat(document.fileno())
            if not stat.S_ISREG(found.st_mode):
                _refuse(place, Refused(Reason.UNREACHABLE))
            return self._extract(document, found.st_size, media_type, place)

    def _extract(self, document: IO[bytes], size: int, media_type: str, place: Place) -> Extracted:
        essence, charset = _parsed(media_type)
        try:
            if size > self._limits.max_bytes:
                raise Refused(Reason.TOO_LARGE)
            if essence == TEXT:
                return Extracted(plain.decode(document.read(self._limits.max_bytes), charset), SourceFormat.TEXT)
            if essence not in MEDIA_TYPES:
                raise Refused(ADVICE.get(essence, Reason.UNKNOWN_TYPE))
            order = Order(MEDIA_TYPES[essence], self._limits, self._tesseract, self._pdftoppm)
            found = unframe(_answered(order, document))
        except Refused as refused:
            _refuse(place, refused)
        sections = tuple(Section(start, end, title) for start, end, title in found.sections)
        return Extracted(found.text, SourceFormat(found.source), sections)


def _answered(order: Order, document: IO[bytes]) -> bytes:
    """What the child said. Raises Refused when it failed or took too long."""
    with _unnamed() as answer:
        child = subprocess.Popen(  # noqa: S603 - our own module; the order holds no PHI
            [sys.executable, "-P", "-s", "-m", f"{__package__}.child", order.argument()],
            stdin=document,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": _SOURCES, "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        try:
            ended = _waited(child.pid, order.limits.wall_seconds)
        finally:
            # Before it is reaped, so that the number cannot belong to another group by now.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            status = child.wait()
        if not ended:
            raise Refused(Reason.TOO_SLOW)
        if status != 0:
            raise Refused(Reason.CRASHED)
        answer.seek(0)
        return answer.read(order.limits.max_text_bytes + LENGTH_BYTES)


def _waited(pid: int, seconds: float) -> bool:
    """Whether the process ended within this time. It is not yet reaped."""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


def _unnamed() -> IO[bytes]:
    """A file without a name, gone when it is closed, whatever happens to us."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("document"), "w+b")
    return tempfile.TemporaryFile()


def _never_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)


def _parsed(media_type: str) -> tuple[str, str | None]:
    """The media type in small letters, and its charset. Source: RFC 9110, 8.3.1."""
    message = Message()
    message["Content-Type"] = media_type
    charset = message.get_param("charset")
    unreadable = ""  # a name in the form of RFC 2231; no charset has it
    essence = media_type.partition(";")[0].strip().lower()
    return essence, charset if charset is None or isinstance(charset, str) else unreadable


def _refuse(place: Place, refused: Refused) -> Never:
    page = f"page {refused.page}: " if refused.page is not None else ""
    raise ImportFailedError(f"{place}: {page}{refused.reason}.", param=place.name) from None
