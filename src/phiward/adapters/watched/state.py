"""What was seen of a watched place, as a small file of keyed digests: mode 0600, replaced whole or not at all."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from phiward.domain.errors import ImportFailedError, VaultError
from phiward.records.watching import Seen, Trace
from phiward.vault.files import read_private_file, replace_private_file

_VERSION = 1
_MAX_BYTES = 512 * 1024 * 1024


def load(path: Path) -> Seen:
    """What was saved; nothing when there is no file yet. Raises ImportFailedError when it cannot be trusted."""
    if not path.is_symlink() and not path.exists():
        return MappingProxyType({})
    try:
        content = json.loads(read_private_file(path, None, _MAX_BYTES))
        if content["version"] != _VERSION:
            raise ValueError
        return MappingProxyType({key: _trace(trace) for key, trace in content["seen"].items()})
    except VaultError:
        raise ImportFailedError("The state of the watched place cannot be read, or is open to others.") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ImportFailedError(
            "The state of the watched place is broken; remove it, and everything there is looked at anew."
        ) from None


def save(path: Path, seen: Seen) -> None:
    """On disk before this returns. Raises ImportFailedError when it cannot be written."""
    kept = {key: [trace.content, trace.taken] for key, trace in sorted(seen.items())}
    try:
        replace_private_file(path, json.dumps({"version": _VERSION, "seen": kept}).encode())
    except VaultError:
        raise ImportFailedError("The state of the watched place cannot be written.") from None


def _trace(saved: Any) -> Trace:
    content, taken = saved
    if type(content) is not str or type(taken) is not bool:
        raise TypeError
    return Trace(content, taken)
