"""How old keys are, by class: counted in the key store and told by the files of the secrets folder; no key is read.

Source: NIST SP 800-57 part 1, revision 5, section 5.3.6 (suggested cryptoperiods).
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from phiward.domain.errors import VaultError
from phiward.domain.operations import KeyAge, Keys

_CLASSES = """SELECT class, length(subject) = 0 AS wrapping, count(*), min(made_at), sum(made_at IS NULL)
                FROM wrapped_key WHERE tenant = ? GROUP BY 1, 2 ORDER BY 1, 2 DESC"""
_DESTROYED = "SELECT count(*) FROM destroyed WHERE tenant = ?"
MASTER_DAYS: Final = 365
WRAPPING_DAYS: Final = 2 * 365
DATA_DAYS: Final = 2 * 365
SIGNING_DAYS: Final = 3 * 365
CLASSES: Final = {
    "phi": "Patients' records", "audit": "Texts beside the log", "vectors": "Vectors",
    "tokens": "Credentials of model servers", "backups": "Backups",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyAges:
    """`store` is the file of the key store; `files` are keys that are files, by what they are, with advised days."""

    store: Path
    files: Mapping[str, tuple[Path, int | None]]

    def keys(self, tenant: UUID) -> Keys:
        """Of one organisation. Raises VaultError where the store cannot be read."""
        ages = [_of_file(what, path, days) for what, (path, days) in self.files.items()]
        try:
            with closing(sqlite3.connect(f"{self.store.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as opened:
                rows = opened.execute(_CLASSES, (tenant.bytes,)).fetchall()
                (destroyed,) = opened.execute(_DESTROYED, (tenant.bytes,)).fetchone()
        except sqlite3.Error as error:
            raise VaultError("The key store cannot be read or written.") from error
        return Keys((*ages, *(_of_class(*row) for row in rows)), destroyed)


def _of_class(name: str, wrapping: int, count: int, oldest: str | None, undated: int) -> KeyAge:
    what = CLASSES.get(name, name) + (": the key that wraps them" if wrapping else "")
    made = datetime.fromisoformat(oldest) if oldest else None
    return KeyAge(what, count, made, undated, WRAPPING_DAYS if wrapping else DATA_DAYS)


def _of_file(what: str, path: Path, days: int | None) -> KeyAge:
    """Its age is that of the file: it is written once, when the key is made."""
    try:
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return KeyAge(what, 0, None, 0, days)
    return KeyAge(what, 1, made, 0, days)
