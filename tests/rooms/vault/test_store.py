"""Names of keys. What a store promises is shown in test_twins, for every implementation."""

from uuid import UUID

from phiward.vault.classes import KeyClass
from phiward.vault.store import KeyName


def test_names_differ_when_any_part_differs() -> None:
    """A name finds one key."""
    one, two = UUID(int=1), UUID(int=2)
    names = {
        KeyName(tenant, key_class, subject, version)
        for tenant in (one, two)
        for key_class in KeyClass
        for subject in (None, one, two)
        for version in (1, 2)
    }
    assert len(names) == 2 * len(KeyClass) * 3 * 2
