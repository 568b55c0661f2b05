"""What the reading process is told: how to read, with which programs, within which limits. Holds no PHI."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    """What one document may ask of us.

    The memory and the processor time hold for each process: the reader, and each program it runs. `wall_seconds` is
    for the whole document; a scanned page of 300 dpi takes about a second.
    """

    max_bytes: int = 64 * 1024 * 1024
    max_unpacked_bytes: int = 128 * 1024 * 1024
    max_text_bytes: int = 32 * 1024 * 1024
    max_pages: int = 1000
    max_pixels: int = 50_000_000
    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 120
    wall_seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Order:
    """`kind` names the reader. The programs are absolute paths, or None where this machine lacks them."""

    kind: str
    limits: ExtractionLimits = field(default_factory=ExtractionLimits)
    tesseract: str | None = None
    pdftoppm: str | None = None

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that the reader may run."""
        return tuple(path for path in (self.tesseract, self.pdftoppm) if path is not None)

    def argument(self) -> str:
        """One word of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, argument: str) -> "Order":
        """The order that `argument()` gave."""
        told: dict[str, Any] = json.loads(argument)
        return cls(**{**told, "limits": ExtractionLimits(**told["limits"])})
