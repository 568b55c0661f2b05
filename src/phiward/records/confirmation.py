"""A keyed digest by which a patient is confirmed without reading the record: who states the date of birth knows it.

It is useless without the root key, and the patient's own id is in it, so that equal dates have unlike digests.
"""

from uuid import UUID

from phiward.records.ports import Mac

LABEL = "confirmation"


def confirmation_digest(mac: Mac, tenant: UUID, patient: UUID, birth_date: str) -> bytes:
    """Of one patient and an ISO date."""
    return mac.digest(tenant, LABEL, f"{patient} {birth_date}")
