"""The bytes of a leaf: canonical JSON of an entry, in clear and without PHI.

Sorted keys, UTF-8, no whitespace, no floats, times in UTC with microseconds. The same entry gives
the same bytes everywhere, so that a stranger can compute the hash again.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

from phiward.domain.audit import Entry
from phiward.domain.errors import AuditUnavailableError

FORMAT = 1
_OPTIONS = orjson.OPT_SORT_KEYS


def encode_leaf(entry: Entry) -> bytes:
    """The leaf of an entry; addenda stand in it by the SHA-256 of their ciphertext.

    Raises AuditUnavailableError for facts that are not JSON or hold a float: nothing half-recorded.
    """
    value = {
        "format": FORMAT,
        "id": str(entry.id),
        "tenant": str(entry.tenant),
        "interaction": str(entry.interaction),
        "kind": str(entry.kind),
        "at": timestamp(entry.recorded_at),
        "facts": _checked(entry.facts),
        "addenda": [{"name": one.name, "sha256": sha256(one.ciphertext).hexdigest()} for one in entry.addenda],
    }
    return orjson.dumps(value, option=_OPTIONS)


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with six digits. `at` must be aware."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def decode_leaf(leaf: bytes) -> dict[str, Any]:
    """What a leaf says. Raises ValueError when it is not a JSON object."""
    value = json.loads(leaf)
    if not isinstance(value, dict):
        raise ValueError("a leaf is not an object")
    return value


def _checked(value: Any) -> Any:
    """Plain JSON values; enumerations become their text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [_checked(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _checked(one) for name, one in value.items()}
    raise AuditUnavailableError("An audit entry holds what cannot be recorded.")
