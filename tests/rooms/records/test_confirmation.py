"""The digest that confirms a patient."""

from uuid import UUID

from phiward.records.confirmation import confirmation_digest
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.rooms.vault.twins import MemoryKeyStore


def test_equal_dates_of_two_patients_have_unlike_digests() -> None:
    """Nobody can group patients by it, nor try dates without the key."""
    one, other = (Vault(RootKey(bytes([number]) * 32), MemoryKeyStore()) for number in (1, 2))
    tenant, first, second = UUID(int=1), UUID(int=2), UUID(int=3)
    made = {
        confirmation_digest(one, tenant, first, "1949-07-22"),
        confirmation_digest(one, tenant, second, "1949-07-22"),
        confirmation_digest(one, tenant, first, "1949-07-23"),
        confirmation_digest(one, UUID(int=9), first, "1949-07-22"),
        confirmation_digest(other, tenant, first, "1949-07-22"),
    }
    assert len(made) == 5
    assert confirmation_digest(one, tenant, first, "1949-07-22") in made
