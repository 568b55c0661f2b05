"""A witness by C2SP tlog-witness: another administrator's process that cosigns what extends all it saw before.

The witness answers and nothing more, so the cosigned checkpoints are kept in a file here, to be shown to the verifier
and to strangers. Only a cosignature that fits the witness's key, from the settings, counts. Whoever can delete
that file cannot make the witness forget. Source: https://c2sp.org/tlog-witness
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from phiward.adapters.anchor import FolderAnchor
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.cosignature import COSIGNATURE, WitnessKey
from phiward.audit.note import MAX_NOTE_BYTES, key_id, signature_line, split_note
from phiward.audit.ports import Consistency
from phiward.audit.witness import SIZE_TYPE, build_request
from phiward.domain.errors import AnchorError, AuditIntegrityError, ConfigurationError, RewoundError
from phiward.identity.provider import is_loopback_url

TIMEOUT_SECONDS = 10.0
"""Of one question; at most two are asked for a checkpoint."""
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,17})\n")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    size: int | None  # what the witness says it has, in a 409


class WitnessAnchor:
    """Implements Anchor."""

    kind = "witness"

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        witness_key: str,
        folder: Path,
        interval_seconds: float,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`url` is the submission prefix, `witness_key` the witness's key as it prints it (`name+id+key`).

        `session` without cookies, proxies and environment. Raises ConfigurationError for an address that is neither
        https nor loopback, a key that is none, and a folder that cannot be made.
        """
        if urlsplit(url).scheme != "https" and not (urlsplit(url).scheme == "http" and is_loopback_url(url)):
            raise ConfigurationError("The address of a witness must be https, or http on loopback.")
        try:
            self._key = WitnessKey.parse(witness_key)
        except AuditIntegrityError as error:
            raise ConfigurationError("The key of a witness cannot be read.") from error
        self._id = key_id(self._key.name, self._key.public_key, COSIGNATURE)
        self._session, self._url = session, f"{url.rstrip('/')}/add-checkpoint"
        self._kept = FolderAnchor(folder, f"witness-{self._id.hex()}.jsonl")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._sizes: dict[str, int] = {}
        self.interval_seconds = interval_seconds

    @property
    def name(self) -> str:
        """The witness's."""
        return self._key.name

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Have it cosigned, and keep the cosigned note.

        Raises AnchorError; RewoundError when the witness says that it cosigned more of this log, or another one. What
        `consistency` raises passes through.
        """
        old = min(self._sizes.get(checkpoint.origin, 0), checkpoint.size)
        answer = await self._asked(old, checkpoint, note, consistency)
        if answer.status == 409 and answer.size is not None and answer.size != old:
            self._sizes[checkpoint.origin] = answer.size
            if answer.size > checkpoint.size:
                raise RewoundError("The witness cosigned a larger log than the database holds.")
            old = answer.size
            answer = await self._asked(old, checkpoint, note, consistency)
        _refuse(answer.status, old, checkpoint.size)
        await self._store(self._cosigned(note, answer.body))
        self._sizes[checkpoint.origin] = checkpoint.size

    async def read(self) -> Sequence[bytes]:
        """Every cosigned note that was kept here, oldest first. Raises AnchorError."""
        try:
            return await asyncio.to_thread(self._kept.read)
        except OSError as error:
            raise AnchorError("The cosigned checkpoints cannot be read.") from error

    async def _asked(self, old: int, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> _Answer:
        proof = () if old in (0, checkpoint.size) else await consistency(old)
        body = build_request(old, proof, note)
        headers = {"content-type": "text/plain; charset=utf-8", "accept-encoding": "identity"}
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                said = await _bounded(answer.content)
                size = _SIZE.fullmatch(said) if answer.content_type == SIZE_TYPE else None
                return _Answer(answer.status, said, int(size[1]) if size else None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise AnchorError("The witness cannot be reached, or gives no answer.") from error

    def _cosigned(self, note: bytes, body: bytes) -> bytes:
        """The note with the lines of this witness; those of other keys in the answer are left out."""
        try:
            text, _ = split_note(note)
            again, lines = split_note(f"{text}\n".encode() + body)
            ours = [one for one in lines if (one[0], one[1][:4]) == (self._key.name, self._id)]
            kept = note + "".join(signature_line(name, raw) for name, raw in ours).encode()
            if again != text or self._key.cosigned_at(kept) is None:
                raise AuditIntegrityError("No line is of this witness.")
        except AuditIntegrityError as error:
            raise AnchorError("The witness's answer is no cosignature of its key.") from error
        return kept

    async def _store(self, kept: bytes) -> None:
        try:
            await asyncio.to_thread(self._kept.append, kept)
        except OSError as error:
            raise AnchorError("The cosigned checkpoint cannot be kept.") from error


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    pieces, size = [], 0
    async for piece in content.iter_chunked(8192):
        size += len(piece)
        if size > MAX_NOTE_BYTES:
            raise AnchorError("The witness answers more than a cosignature.")
        pieces.append(piece)
    return b"".join(pieces)


def _refuse(status: int, old: int, size: int) -> None:
    """Raise for everything but a cosignature. A conflict that a proof does not settle is another history."""
    if status == 200:
        return
    if (status == 409 and old == size) or (status == 422 and old):
        raise RewoundError("The witness cosigned another log than the database holds.")
    reason = {403: "does not accept the log's signature", 404: "does not know this log"}
    raise AnchorError(f"The witness {reason.get(status, 'does not cosign the checkpoint')}.")
