"""The programs that recognise text, and pictures made with them."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.sandbox import SandboxedExtractor
from tests.adapters.extraction.made import letter

Drawn = Callable[[Sequence[str]], bytes]
"""Lines to a binary PGM of a page."""


@pytest.fixture(scope="session")
def order() -> Order:
    """With both programs."""
    found = {name: shutil.which(name) for name in ("tesseract", "pdftoppm")}
    for name, package in (("tesseract", "tesseract-ocr"), ("pdftoppm", "poppler-utils")):
        if found[name] is None:
            pytest.skip(f"{name} is not installed (Debian package {package})")
    return Order("pdf", tesseract=found["tesseract"], pdftoppm=found["pdftoppm"])


@pytest.fixture(scope="session")
def extractor(order: Order) -> SandboxedExtractor:
    """With both programs."""
    assert order.tesseract is not None
    assert order.pdftoppm is not None
    return SandboxedExtractor(tesseract=Path(order.tesseract), pdftoppm=Path(order.pdftoppm))


@pytest.fixture(scope="session")
def drawn(order: Order) -> Drawn:
    """Pages as a scanner would give them, 150 dots an inch."""

    def draw(lines: Sequence[str]) -> bytes:
        assert order.pdftoppm is not None
        command = [order.pdftoppm, "-gray", "-r", "150", "-"]
        return subprocess.run(command, input=letter(lines), capture_output=True, check=True).stdout

    return draw


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that the sealed process could enter, if only its rights counted."""
    made = Path(tempfile.mkdtemp(prefix="phiward-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
