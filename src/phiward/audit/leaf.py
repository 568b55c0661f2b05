"""The bytes of a leaf: canonical JSON of an entry, in clear and without PHI.

Sorted keys, UTF-8, no whitespace, no floats, times in UTC with microseconds. The same entry gives
the same bytes everywhere, so that a stranger can compute the hash again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from phiward.audit.catalogue import recordable
from phiward.audit.forms import MAX_INTEGER
from phiward.domain.audit import Addendum, Entry
from phiward.domain.errors import AuditUnavailableError

FORMAT = 2
FORMATS = (1, FORMAT)
"""What can be read: format 1 had neither the worker nor the patient of an addendum."""
MAX_LEAF_BYTES = 65_535
"""What an entry bundle of C2SP tlog-tiles can carry."""


def encode_leaf(entry: Entry, worker: UUID) -> bytes:
    """The leaf of an entry of the catalogue, as `canonical_leaf` makes it: the only way into the log.

    Raises AuditUnavailableError for a type of event that the catalogue does not have, for a fact that it does not name,
    that is missing or has not its form, and as `canonical_leaf` does.
    """
    if not recordable(str(entry.kind), entry.facts):
        raise _unrecordable()
    try:  # what has its form holds nothing that JSON writes in two ways, so it need not be copied first
        return _written(entry, worker, dict(entry.facts))
    except TypeError:  # an enumeration as the key of a map
        return canonical_leaf(entry, worker)


def canonical_leaf(entry: Entry, worker: UUID) -> bytes:
    """The bytes of a leaf, whatever its facts are about; addenda stand in it by the SHA-256 of their ciphertext.

    Raises AuditUnavailableError for a time without zone, for two addenda of one name, and for facts
    that are not JSON, hold a float, or an integer beyond 2^53 - 1 (which is not the same in every reader of JSON, RFC
    8259 section 6), and for more than MAX_LEAF_BYTES: nothing is half-recorded.
    """
    try:
        return _written(entry, worker, _plain(entry.facts))
    except TypeError:
        raise _unrecordable() from None


def _written(entry: Entry, worker: UUID, facts: Any) -> bytes:
    """Raises AuditUnavailableError; TypeError for facts that JSON cannot write as they are."""
    names = [one.name for one in entry.addenda]
    if entry.recorded_at.tzinfo is None or len(set(names)) != len(names):
        raise _unrecordable()
    value = {
        "format": FORMAT,
        "id": str(entry.id),
        "tenant": str(entry.tenant),
        "interaction": str(entry.interaction),
        "kind": str(entry.kind),
        "worker": str(worker),
        "at": timestamp(entry.recorded_at),
        "facts": facts,
        "addenda": [_addendum(one) for one in entry.addenda],
    }
    try:
        leaf = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # also for a lone surrogate; its text would quote the fact
        raise TypeError from None
    if len(leaf) > MAX_LEAF_BYTES:
        raise _unrecordable()
    return leaf


def _addendum(one: Addendum) -> dict[str, str | None]:
    digest = sha256(one.ciphertext).hexdigest()
    return {"name": one.name, "sha256": digest, "patient": str(one.patient) if one.patient else None}


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with six digits. `at` must be aware."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def decode_leaf(leaf: bytes) -> dict[str, Any]:
    """What a leaf says. Raises ValueError when it is not a JSON object."""
    value = orjson.loads(leaf)
    if not isinstance(value, dict):
        raise ValueError("a leaf is not an object")
    return value


def _plain(value: Any) -> Any:
    """Plain JSON values; enumerations become their text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return int(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {str(name): _plain(one) for name, one in value.items()}
    raise _unrecordable()


def _unrecordable() -> AuditUnavailableError:
    return AuditUnavailableError("An audit entry holds what cannot be recorded.")
