"""RFC 3161 time stamps over signed checkpoints: nobody can later claim that a checkpoint is younger than its stamp.

The authority sees the SHA-256 of the note and nothing else. Its answer is checked against the configured certificates
and the nonce before it is kept, beside the note, in an append-only file: `openssl ts -verify` reads it as well. A
certificate must have been valid when the stamp was made; that it ended since does not matter. No revocation list is
asked. Source: RFC 3161, sections 2.4 and 3.4.
"""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)

from phiward.adapters.anchors.der import sorted_certificates
from phiward.adapters.anchors.lines import append_line, read_lines
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.ports import Consistency
from phiward.domain.errors import AnchorError, ConfigurationError

FILE = "timestamps.jsonl"
MOST_BYTES = 65_536
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A note, and the instant before which it existed: the authority's time plus its stated accuracy, UTC.

    `response` is the DER of the TimeStampResp.
    """

    note: bytes
    not_after: datetime
    response: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps that verify, oldest first, and how many lines do not: somebody changed them, or other certificates."""

    valid: tuple[Stamp, ...]
    broken: int


def read_certificates(file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file. Raises ConfigurationError."""
    try:
        found = tuple(x509.load_pem_x509_certificates(file.read_bytes()))
    except (OSError, ValueError):
        raise ConfigurationError("PHIWARD_ANCHOR_TSA_CERTIFICATES is no readable PEM file of certificates.") from None
    return found


class TimestampAnchor:
    """Implements `audit.ports.Anchor`."""

    kind = "timestamp"

    def __init__(
        self,
        url: str,
        certificates: Sequence[x509.Certificate],
        folder: Path,
        *,
        interval_seconds: float = 3600.0,
        seconds: float = 20.0,
    ) -> None:
        """`certificates`: the roots, and intermediate ones; `seconds`: the longest that an answer may take.

        The folder is made where it is missing. Raises ConfigurationError when it cannot be.
        """
        self._url, self._certificates, self._interval = url, tuple(certificates), interval_seconds
        self._file = folder / FILE
        self._limits = aiohttp.ClientTimeout(total=seconds)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigurationError("The folder of the time stamps cannot be made.") from error

    @property
    def name(self) -> str:
        """The authority's host."""
        return urlsplit(self._url).hostname or ""

    @property
    def interval_seconds(self) -> float:
        """What came since the last has no stamp yet."""
        return self._interval

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Get a stamp over the note and keep both. `consistency` is not asked: the authority sees a digest.

        Raises AnchorError.
        """
        request = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = await self._answer(request)
        if verified(answer, note, self._certificates, request) is None:
            raise AnchorError("The time-stamp authority's answer does not verify.")
        record = {"note": note.decode(), "response": base64.b64encode(answer).decode()}
        try:
            await asyncio.to_thread(append_line, self._file, record)
        except OSError as error:
            raise AnchorError("A time stamp cannot be written beside the checkpoints.") from error

    async def read(self) -> Sequence[bytes]:
        """The notes whose stamps verify, oldest first. Raises AnchorError."""
        return [stamp.note for stamp in (await self.stamps()).valid]

    async def stamps(self) -> Stamps:
        """For the verifier: each stamped note with the instant that bounds it from above. Raises AnchorError."""
        try:
            return await asyncio.to_thread(self._stamps)
        except OSError as error:
            raise AnchorError("The file of the time stamps cannot be read.") from error

    async def _answer(self, request: TimeStampRequest) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._limits) as session,
                session.post(self._url, data=request.as_bytes(), headers=headers, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise AnchorError(f"The time-stamp authority refused (HTTP status {response.status}).")
                answer = await response.content.read(MOST_BYTES + 1)
                while len(answer) <= MOST_BYTES and (more := await response.content.read(MOST_BYTES)):
                    answer += more
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AnchorError(f"The time-stamp authority does not answer ({type(error).__name__}).") from None
        if len(answer) > MOST_BYTES:
            raise AnchorError("The time-stamp authority's answer is too large.")
        return answer

    def _stamps(self) -> Stamps:
        records, broken = read_lines(self._file)
        valid = []
        for record in records:
            try:
                note, response = str(record["note"]).encode(), base64.b64decode(record["response"], validate=True)
                instant = verified(response, note, self._certificates)
            except (KeyError, TypeError, ValueError, binascii.Error):
                instant = None
            if instant is None:
                broken += 1
            else:
                valid.append(Stamp(note, instant, response))
        return Stamps(tuple(sorted(valid, key=lambda one: one.not_after)), broken)


def verified(
    response: bytes, note: bytes, certificates: Sequence[x509.Certificate], request: TimeStampRequest | None = None
) -> datetime | None:
    """The instant before which the note existed; None where the answer is not a stamp over it by these certificates.

    With `request`, its nonce must come back.
    """
    try:
        found = decode_timestamp_response(sorted_certificates(response))
        builder = VerifierBuilder() if request is None else VerifierBuilder.from_request(request)
        for certificate in dict.fromkeys(certificates):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(found, note)
        if found.tst_info.message_imprint.hash_algorithm != _SHA256:
            return None
        return _latest(found)
    except Exception:  # whatever foreign bytes make of a parser: it is no stamp
        return None


def _latest(response: TimeStampResponse) -> datetime:
    """RFC 3161, 2.4.2: the time that the stamp was made is at most this, by the authority's own word."""
    info = response.tst_info
    accuracy = timedelta() if info.accuracy is None else _span(info.accuracy)
    made = info.gen_time
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) + accuracy


def _span(accuracy: object) -> timedelta:
    parts = {"seconds": "seconds", "milliseconds": "millis", "microseconds": "micros"}
    return timedelta(**{unit: getattr(accuracy, name) or 0 for unit, name in parts.items()})
