"""What this room needs from outside: encryption, keyed digests, and a place to store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from phiward.domain.documents import Section, SourceFormat
from phiward.domain.patients import PatientRef
from phiward.records.account import Account
from phiward.records.results import ParsedFile, Place


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a PDF, a scan, a DOCX or a plain text. `sections` are its pages or its own headings."""

    text: str = field(repr=False)
    source: SourceFormat
    sections: tuple[Section, ...] = field(default=(), repr=False)


class Extractor(Protocol):
    """Reads text out of foreign formats, apart from this process: what it is given may be hostile."""

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """The text. Raises ImportFailedError naming the place: broken, too large, encrypted, of an unknown type."""

    def reads(self, media_type: str) -> bool:
        """Whether this media type ("application/pdf") is one that it reads."""


class Sealer(Protocol):
    """Encrypts under a patient's data key. Synchronous and fast: no network."""

    def seal(self, tenant: UUID, patient: PatientRef, record: UUID, name: str, text: bytes, /) -> bytes:
        """Ciphertext bound to tenant, patient, record and name. Raises VaultError."""

    def open(self, tenant: UUID, patient: PatientRef, record: UUID, name: str, blob: bytes, /) -> bytes:
        """The text that was sealed for this very place. Raises VaultError."""


class Mac(Protocol):
    """Keyed digests: equal values agree, and nobody without the key can try values."""

    def digest(self, tenant: UUID | None, label: str, value: str, /) -> bytes:
        """32 bytes of HMAC over the label and the value; with a tenant, under that tenant's key."""


class Writer(Protocol):
    """Stores what one file says."""

    async def import_file(self, tenant: UUID, parsed: ParsedFile) -> Account:
        """All of the file in one transaction, or nothing. Raises ImportFailedError, StorageError."""


Progress = Callable[[int, int, int], None]
"""Called after each file with files done, files in all, resources done so far."""
