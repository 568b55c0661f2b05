"""Pictures to text with tesseract, pages of a PDF to pictures with pdftoppm. Nothing is written to disk.

The automatic segmentation turns pages that were scanned sideways or upside down. Both programs inherit the limits
of the process they run in.
"""

import subprocess

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused

DPI = 300
SCAN_PIXELS = 500_000
"""A page at 75 dpi; logos have fewer."""
SPARSE_CHARACTERS = 300
"""A fax header over a scan has fewer characters, the hidden text of a scan that was recognised before has more."""
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}
_SEGMENTATION = "1"  # automatic, with the orientation of the page


def recognised(picture: bytes, order: Order, dpi: int | None = None) -> tuple[str, ...]:
    """The text of each page of a TIFF, or of the one page of a PNG, JPEG or PGM. Raises Refused."""
    if order.tesseract is None:
        raise Refused(Reason.NEEDS_TESSERACT)
    words = [order.tesseract, "stdin", "stdout", "--psm", _SEGMENTATION, "-l", "eng"]
    said = _run([*words, *(["--dpi", str(dpi)] if dpi else [])], picture)
    return tuple(said.decode("utf-8", "replace").removesuffix("\f").split("\f"))


def rendered(pdf: bytes, page: int, dpi: int, order: Order) -> bytes:
    """Page `page` (from 1) as a grey PGM of `dpi` dots per inch. Raises Refused."""
    if order.pdftoppm is None:
        raise Refused(Reason.NEEDS_PDFTOPPM)
    number = str(page)
    picture = _run([order.pdftoppm, "-gray", "-r", str(dpi), "-f", number, "-l", number, "-"], pdf)
    if not picture.startswith(b"P5"):
        raise Refused(Reason.BROKEN)
    return picture


def _run(command: list[str], given: bytes) -> bytes:
    done = subprocess.run(  # noqa: S603 - our own command line; the document comes through a pipe
        command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT, check=False
    )
    if done.returncode < 0:
        raise Refused(Reason.TOO_LARGE)
    if done.returncode > 0:
        raise Refused(Reason.BROKEN)
    return done.stdout
