"""What a witness answers: a rule without a clock, a key or a disk.

A witness remembers, for each origin that it knows, the largest tree it cosigned. It cosigns what extends that tree,
and nothing else: not a smaller one, not another of the same size. So whoever holds a log's key cannot show one
history to the witness and another to somebody else. Source: https://c2sp.org/tlog-witness

A log is known by its key under its name, and so is every shard of it (audit/shards.py). A shard that the witness
never saw begins at size zero, as the specification says of any origin; but one that would come before a shard that
was cosigned already is not known: nobody opens the past again.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from phiward.audit.note import MAX_NOTE_BYTES, Verifier, split_note
from phiward.audit.shards import rank, shard_of
from phiward.domain.errors import AuditIntegrityError

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 32 + MAX_PROOF_LINES * 45
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The largest tree of one origin that was cosigned; a size of zero where none was."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size that the client believes the witness has, the proof from there, and the signed note."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes
    text: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead of a cosignature."""

    status: int
    body: str
    content_type: str = TEXT_TYPE


def build_request(old_size: int, proof: Iterable[bytes], note: bytes) -> bytes:
    """The body of `add-checkpoint`."""
    lines = [f"old {old_size}", *(base64.b64encode(one).decode() for one in proof)]
    return "\n".join(lines).encode() + b"\n\n" + note


def parse_request(body: bytes) -> AddCheckpoint:
    """Read a body, strictly. Raises AuditIntegrityError: it is answered with 400."""
    if len(body) > MAX_REQUEST_BYTES:
        raise AuditIntegrityError("The request is too large.")
    head, gap, note = body.partition(b"\n\n")
    try:
        first, *proof = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise AuditIntegrityError("The request cannot be read.") from error
    old = _OLD.fullmatch(first)
    if not gap or old is None or len(proof) > MAX_PROOF_LINES:
        raise AuditIntegrityError("The request cannot be read.")
    text, _ = split_note(note)
    return AddCheckpoint(int(old[1]), tuple(_hash(one) for one in proof), note, text, parse_checkpoint(text))


def _hash(line: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (ValueError, binascii.Error) as error:
        raise AuditIntegrityError("A line of the consistency proof cannot be read.") from error
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != line:
        raise AuditIntegrityError("A line of the consistency proof cannot be read.")
    return raw


class KnownLogs:
    """The logs that a witness serves, by their keys."""

    def __init__(self, logs: Iterable[Verifier]) -> None:
        """One key a name. Raises AuditIntegrityError for two that an origin could belong to."""
        self._logs: dict[str, Verifier] = {}
        for one in sorted(logs, key=lambda log: len(log.name)):
            if self.log_of(one.name) is not None:
                raise AuditIntegrityError("Two of the logs' keys are for the same log.")
            self._logs[one.name] = one

    def log_of(self, origin: str) -> Verifier | None:
        """The log that an origin belongs to, under its own name or as a shard of it."""
        log = self._logs.get(origin) or self._logs.get(origin.rpartition("/")[0])
        return log if log is not None and _shard(log.name, origin) is not None else None


def judge(asked: AddCheckpoint, logs: KnownLogs, remembered: Mapping[str, Remembered]) -> Refusal | Remembered:
    """What to remember before the cosignature is given, or what to answer instead.

    `remembered`, by origin, must hold what is known of all shards of the log that is asked about, and must not change
    until the result is stored.
    """
    origin, new = asked.checkpoint.origin, asked.checkpoint
    log = logs.log_of(origin)
    if log is None or _before_a_cosigned_shard(log.name, origin, remembered):
        return Refusal(404, "This witness does not know the log.\n")
    try:
        log.named(origin).open(asked.note)
    except AuditIntegrityError:
        return Refusal(403, "The checkpoint is not signed by the log's key.\n")
    last = remembered.get(origin, Remembered())
    if asked.old_size > new.size:
        return Refusal(400, "The old size is larger than the checkpoint.\n")
    if asked.old_size != last.size:
        return Refusal(409, f"{last.size}\n", SIZE_TYPE)
    if last.size == new.size and not asked.proof and last.root != new.root:
        return Refusal(409, "Another tree of this size was cosigned.\n")
    if not _follows(last, new, asked.proof):
        return Refusal(422, "The consistency proof does not hold.\n")
    return Remembered(new.size, new.root)


def _follows(last: Remembered, new: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    if last.size == 0:
        return not proof and (new.size > 0 or new.root == EMPTY_ROOT)
    return verify_consistency(last.size, new.size, last.root, new.root, proof)


def _before_a_cosigned_shard(log: str, origin: str, remembered: Mapping[str, Remembered]) -> bool:
    """Whether the shard is new, and would come before one that is not."""
    if origin in remembered:
        return False
    shards = (_shard(log, one) for one in remembered)
    shard = shard_of(log, origin)
    return any(rank(one) > rank(shard) for one in shards if one is not None)


def _shard(log: str, origin: str) -> str | None:
    """None for an origin of another log."""
    try:
        return shard_of(log, origin)
    except AuditIntegrityError:
        return None
