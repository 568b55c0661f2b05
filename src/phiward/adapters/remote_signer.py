"""The log's signer in another process, asked over a Unix socket.

Its public key comes from the settings, never from the socket, and every answer is checked against what was asked.
The lock on the tree head is held meanwhile, so one question takes TIMEOUT_SECONDS at most, whatever the other does.
"""

import asyncio
from pathlib import Path

from phiward.audit.guarded import opened
from phiward.audit.note import Verifier
from phiward.audit.ports import Growth
from phiward.audit.signer import grown
from phiward.audit.signing import MAX_ANSWER_BYTES, Asked, decode_answer, encode_request
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, SignerUnavailableError

TIMEOUT_SECONDS = 4.0


class RemoteSigner:
    """Implements CheckpointSigner."""

    remembers = True

    def __init__(self, name: str, public_key: str, path: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """`name` is the log's, `public_key` what `phiward signer key` prints, `path` the socket.

        Raises ConfigurationError for a key that cannot be read, or is another log's.
        """
        try:
            self._verifier = Verifier.parse(public_key)
        except AuditIntegrityError as error:
            raise ConfigurationError("PHIWARD_SIGNER_PUBLIC_KEY is not what `phiward signer key` prints.") from error
        if self._verifier.name != name:
            raise ConfigurationError("PHIWARD_SIGNER_PUBLIC_KEY is the key of another log than PHIWARD_AUDIT_NAME.")
        self.name = name
        self._path, self._seconds = path, timeout_seconds

    @property
    def verifier(self) -> Verifier:
        """From the settings."""
        return self._verifier

    async def sign(self, growth: Growth) -> bytes:
        """The signed checkpoint after `growth`.

        Raises SignerUnavailableError: nobody answers in time, or not with a checkpoint; AuditIntegrityError: it
        refuses (RefusedToSignError says why), or answers with another checkpoint than was asked for.
        """
        after = grown(growth)
        note = await self._ask(growth)
        if note is None:
            raise SignerUnavailableError("The signer of the audit log gives no checkpoint.")
        signed = opened(note, self._verifier)
        if (signed.shard, signed.size, signed.root) != (growth.shard, after.size, after.root()):
            raise AuditIntegrityError("The signer signed another checkpoint than it was asked for.")
        return note

    async def last(self) -> bytes | None:
        """The checkpoint that was signed last, which the database may lack. Raises as `sign` does."""
        note = await self._ask(None)
        if note is not None:
            opened(note, self._verifier)
        return note

    async def _ask(self, growth: Growth | None) -> bytes | None:
        try:
            async with asyncio.timeout(self._seconds):
                line = await self._exchange(encode_request(Asked(self.name, growth)))
        except (OSError, TimeoutError, ValueError) as error:  # ValueError: an answer beyond the limit
            raise SignerUnavailableError("The signer of the audit log cannot be reached.") from error
        return decode_answer(line)

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=MAX_ANSWER_BYTES)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.readline()
        finally:
            writer.transport.abort()
