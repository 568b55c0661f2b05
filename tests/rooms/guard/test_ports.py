"""The Protocol of this room is what the vault gives."""

import inspect

from phiward.guard.ports import Mac
from phiward.vault.vault import Vault


def test_the_vault_is_a_mac() -> None:
    """The same arguments in the same order; the vault takes bytes as well."""
    wanted, given = inspect.signature(Mac.digest), inspect.signature(Vault.digest)
    assert list(given.parameters) == list(wanted.parameters)
    assert given.return_annotation == wanted.return_annotation
    assert str in given.parameters["value"].annotation.__args__
