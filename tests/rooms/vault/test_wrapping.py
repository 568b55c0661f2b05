"""Wrapped keys."""

from dataclasses import replace
from uuid import UUID

import pytest

from phiward.domain.errors import VaultError
from phiward.vault.classes import KeyClass
from phiward.vault.store import KeyName
from phiward.vault.wrapping import new_key, unwrap_key, wrap_key

NAME = KeyName(UUID(int=1), KeyClass.PHI, UUID(int=2), 1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(NAME, tenant=UUID(int=9)), id="tenant"),
        pytest.param(replace(NAME, key_class=KeyClass.AUDIT), id="class"),
        pytest.param(replace(NAME, subject=UUID(int=9)), id="patient"),
        pytest.param(replace(NAME, subject=None), id="a key-encryption key"),
        pytest.param(replace(NAME, version=2), id="version"),
    ],
)
def test_a_wrapped_key_moved_to_another_place_does_not_unwrap(other: KeyName) -> None:
    """Otherwise whoever writes the store could open one patient's data as another's."""
    wrapping, key = new_key(), new_key()
    with pytest.raises(VaultError):
        unwrap_key(wrapping, other, wrap_key(wrapping, NAME, key))


def test_every_flipped_bit_and_every_cut_is_refused() -> None:
    """No damaged key is ever used."""
    wrapping = new_key()
    wrapped = wrap_key(wrapping, NAME, new_key())
    for position in range(len(wrapped) * 8):
        damaged = bytearray(wrapped)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(VaultError):
            unwrap_key(wrapping, NAME, bytes(damaged))
    for length in range(len(wrapped)):
        with pytest.raises(VaultError):
            unwrap_key(wrapping, NAME, wrapped[:length])


def test_another_wrapping_key_is_refused() -> None:
    """A foreign root key opens nothing."""
    wrapped = wrap_key(new_key(), NAME, new_key())
    with pytest.raises(VaultError):
        unwrap_key(new_key(), NAME, wrapped)


def test_a_wrapped_key_unwraps_in_its_place() -> None:
    """And does not show the key."""
    wrapping, key = new_key(), new_key()
    wrapped = wrap_key(wrapping, NAME, key)
    assert key not in wrapped
    assert unwrap_key(wrapping, NAME, wrapped) == key
