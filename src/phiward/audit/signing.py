"""What the log and its signer say to each other: one line of JSON each way.

    {"log": "…", "growth": {"shard", "size", "frontier": [base64], "hashes": [base64], "first_leaf": base64 or null}}
    {"log": "…", "growth": null}                     which checkpoint was signed last
    {"note": "…" or null}  or  {"refused": code}  or  {"unavailable": true}

Codes are those of audit/guarded.py; no text of either side is repeated by the other.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

from phiward.audit.guarded import RefusedToSignError, Why
from phiward.audit.ports import Growth
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError, SignerUnavailableError

MAX_LINE_BYTES = 1024 * 1024
"""Of a request; about 20,000 hashes."""
MAX_ANSWER_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """`growth` is None where the last checkpoint is asked for."""

    log: str
    growth: Growth | None


def encode_request(asked: Asked) -> bytes:
    """A line."""
    growth = asked.growth
    return _line({"log": asked.log, "growth": None if growth is None else _growth(growth)})


def _growth(growth: Growth) -> dict[str, Any]:
    first = growth.first_leaf
    return {
        "shard": growth.shard,
        "size": growth.before.size,
        "frontier": [_text(one) for one in growth.before.frontier],
        "hashes": [_text(one) for one in growth.hashes],
        "first_leaf": None if first is None else _text(first),
    }


def decode_request(line: bytes) -> Asked:
    """Raises AuditIntegrityError for what is no request. What the growth says is for audit/guarded.py to judge."""
    try:
        value = orjson.loads(line)
        log, growth = value["log"], value["growth"]
        if not isinstance(log, str):
            raise TypeError
        return Asked(log, None if growth is None else _read(growth))
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise AuditIntegrityError("What is asked of the signer cannot be read.") from error


def _read(value: dict[str, Any]) -> Growth:
    shard, size, first = value["shard"], value["size"], value["first_leaf"]
    frontier, hashes = value["frontier"], value["hashes"]
    kinds = isinstance(shard, str) and type(size) is int and isinstance(frontier, list) and isinstance(hashes, list)
    if not kinds:
        raise TypeError
    before = TreeHead(size, tuple(_raw(one) for one in frontier), shard)
    return Growth(shard, before, tuple(_raw(one) for one in hashes), None if first is None else _raw(first))


def encode_note(note: bytes | None) -> bytes:
    """The answer that was asked for."""
    return _line({"note": None if note is None else note.decode()})


def encode_refusal(why: Why) -> bytes:
    """It must not be signed."""
    return _line({"refused": str(why)})


def encode_unavailable() -> bytes:
    """It cannot be signed now."""
    return _line({"unavailable": True})


def decode_answer(line: bytes) -> bytes | None:
    """The note; its signature is not checked here.

    Raises RefusedToSignError, and SignerUnavailableError for everything that is no answer.
    """
    try:
        value = orjson.loads(line)
        if "refused" in value:
            why = Why(value["refused"])
        else:
            note = value["note"]
            return None if note is None else str(note).encode()
    except (ValueError, TypeError, KeyError) as error:
        raise SignerUnavailableError("The signer of the audit log gives no checkpoint.") from error
    raise RefusedToSignError(why)


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value) + b"\n"


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
