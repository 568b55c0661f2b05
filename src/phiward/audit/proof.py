"""C2SP tlog-proof: one file by which anyone with the log's public key can check one entry, offline.

    c2sp.org/tlog-proof@v1
    extra base64(the leaf)
    index 73894
    base64(hash)                     each step of the inclusion proof, from the leaf's sibling up

    the signed checkpoint, verbatim

The specification does not authenticate `extra` by itself. Here it is the very leaf, so it is what the proof proves:
its hash must stand at that index of the tree whose root was signed. Source: https://c2sp.org/tlog-proof
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.leaf import FORMATS, MAX_LEAF_BYTES, decode_leaf
from phiward.audit.merkle import leaf_hash, verify_inclusion
from phiward.audit.note import MAX_NOTE_BYTES, Verifier
from phiward.audit.shards import shard_of
from phiward.domain.errors import AuditIntegrityError

MAGIC = b"c2sp.org/tlog-proof@v1"
MAX_STEPS = 63
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_LEAF_BYTES
_HEAD = re.compile(
    rb"c2sp\.org/tlog-proof@v1\nextra ([A-Za-z0-9+/]+={0,2})\nindex (0|[1-9][0-9]{0,17})\n((?:[A-Za-z0-9+/]{43}=\n)*)"
)


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """What a valid proof says: entry `index` of the first `size` of this shard is `entry`, as its leaf has it."""

    origin: str
    shard: str
    index: int
    size: int
    entry: dict[str, Any]


def make_proof(index: int, hashes: Sequence[bytes], note: bytes, leaf: bytes) -> bytes:
    """The file. `hashes` prove `leaf` at `index` of the tree of the signed checkpoint `note`.

    It is not checked here; `check_proof` is what says whether it holds.
    """
    lines = [MAGIC, b"extra " + base64.b64encode(leaf), b"index %d" % index, *map(base64.b64encode, hashes)]
    return b"\n".join(lines) + b"\n\n" + note


def check_proof(proof: bytes, verifier: Verifier) -> CheckedProof:
    """Check with nothing but the key under the log's name.

    Accepts a checkpoint of the log or of one of its shards, signed by this key under that very name. Raises
    AuditIntegrityError for whatever is malformed, is of another log, or does not prove what it says.
    """
    leaf, index, hashes, note = _parse(proof)
    shard, checkpoint = open_checkpoint(note, verifier)
    if not verify_inclusion(leaf_hash(leaf), index, checkpoint.size, hashes, checkpoint.root):
        raise AuditIntegrityError("The proof does not lead from the entry to the signed root.")
    return CheckedProof(checkpoint.origin, shard, index, checkpoint.size, _entry(leaf))


def open_checkpoint(note: bytes, verifier: Verifier) -> tuple[str, Checkpoint]:
    """The shard, and what is signed of it. `verifier` has the log's name. Raises AuditIntegrityError."""
    try:
        origin = note[:MAX_NOTE_BYTES].partition(b"\n")[0].decode()
    except UnicodeDecodeError:
        raise AuditIntegrityError("A signed note cannot be read.") from None
    shard = shard_of(verifier.name, origin)  # it only chooses the name under which the key must have signed
    checkpoint = parse_checkpoint(verifier.named(origin).open(note))
    if checkpoint.origin != origin:
        raise AuditIntegrityError("It is of another log.")
    return shard, checkpoint


def _parse(proof: bytes) -> tuple[bytes, int, list[bytes], bytes]:
    if len(proof) > MAX_PROOF_BYTES:
        raise _unreadable()
    head, gap, note = proof.partition(b"\n\n")
    found = _HEAD.fullmatch(head + b"\n")
    if not gap or found is None:
        raise _unreadable()
    steps = found[3].split()
    if len(steps) > MAX_STEPS:
        raise _unreadable()
    return _decoded(found[1]), int(found[2]), [_decoded(one) for one in steps], note


def _decoded(encoded: bytes) -> bytes:
    """In its one encoding: no stray bits at the end."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise _unreadable() from None
    if base64.b64encode(raw) != encoded:
        raise _unreadable()
    return raw


def _entry(leaf: bytes) -> dict[str, Any]:
    """What the leaf says, if every reader of JSON must read the same in it: it is in the one form that we write."""
    try:
        said = decode_leaf(leaf)
    except ValueError:
        raise AuditIntegrityError("The entry of a proof is none of ours.") from None
    if said.get("format") not in FORMATS or orjson.dumps(said, option=orjson.OPT_SORT_KEYS) != leaf:
        raise AuditIntegrityError("The entry of a proof is none of ours.")
    return said


def _unreadable() -> AuditIntegrityError:
    return AuditIntegrityError("A proof cannot be read.")
