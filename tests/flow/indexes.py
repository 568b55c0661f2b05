"""An index of known identifiers made from invented patients, without a database."""

import hashlib
import hmac
from uuid import UUID

from phiward.domain.known import known_identifiers
from phiward.domain.patients import KnownPatient
from phiward.guard.index import KnownIndex


class MacTwin:
    """Keyed digests under a test key."""

    def digest(self, tenant: UUID | None, label: str, value: str) -> bytes:
        """HMAC-SHA-256."""
        return hmac.digest(b"test key", f"{tenant}|{label}|{value}".encode(), hashlib.sha256)


def index_of(*patients: KnownPatient) -> KnownIndex:
    """The index that the database would give for these patients."""
    mac, rows = MacTwin(), []
    for patient in patients:
        for phrase in known_identifiers(patient):
            whole = mac.digest(None, f"whole:{phrase.kind_class}", " ".join(phrase.words))
            first = mac.digest(None, "word", phrase.words[0])
            rows.append(
                (
                    patient.patient,
                    phrase.kind_class,
                    len(phrase.words),
                    int.from_bytes(first[:8], "big", signed=True),
                    int.from_bytes(whole[:8], "big", signed=True),
                )
            )
    return KnownIndex(1, rows, mac)
