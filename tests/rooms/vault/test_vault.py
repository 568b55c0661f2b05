"""The vault as the other rooms and adapters use it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.ports import Sealer
from phiward.vault.classes import KeyClass
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.rooms.vault.twins import MemoryKeyStore

TENANT, RECORD = UUID(int=1), UUID(int=3)
PATIENT = PatientRef(UUID(int=2))
TEXT = b"Invented patient Zora Testcase takes metformin."


def vault(store: MemoryKeyStore | None = None) -> Vault:
    """A vault with a fixed root key."""
    return Vault(RootKey(bytes(range(32))), store or MemoryKeyStore())


PLACES: dict[str, dict[str, Any]] = {
    "another tenant": {"tenant": UUID(int=9)},
    "another patient": {"patient": PatientRef(UUID(int=9))},
    "the organisation": {"patient": None},
    "another record": {"record": UUID(int=9)},
    "another name": {"name": "received"},
    "another class": {"key_class": KeyClass.AUDIT},
}


@pytest.mark.parametrize("change", PLACES.values(), ids=PLACES)
def test_a_sealed_text_opens_in_no_other_place(change: dict[str, Any]) -> None:
    """Also where the other place has a key of its own."""
    place: dict[str, Any] = {"tenant": TENANT, "patient": PATIENT, "record": RECORD, "name": "sent"}
    one = vault()
    sealed = one.seal(**place, text=TEXT)
    one.seal(**{**place, **change}, text=TEXT)
    with pytest.raises(VaultError):
        one.open(**{**place, **change}, sealed=sealed)
    assert one.open(**place, sealed=sealed) == TEXT


def test_the_organisations_key_is_not_that_of_a_patient_with_the_same_number() -> None:
    """The context says whether the subject is a patient."""
    one = vault()
    sealed = one.seal(TENANT, None, RECORD, "sent", TEXT)
    with pytest.raises(VaultError):
        one.open(TENANT, PatientRef(TENANT), RECORD, "sent", sealed)


def test_opening_with_a_key_that_never_existed_is_refused() -> None:
    """And makes none."""
    store = MemoryKeyStore()
    with pytest.raises(VaultError):
        vault(store).open(TENANT, PATIENT, RECORD, "sent", bytes(200))
    assert all(key.subject is None for key in store.keys)


def test_after_destruction_nothing_opens_and_nothing_is_sealed() -> None:
    """Not from a copy of the ciphertext, not in another vault on the same store, not by sealing anew."""
    store = MemoryKeyStore()
    one, other = vault(store), vault(store)
    neighbour = PatientRef(uuid4())
    kept = one.seal(TENANT, neighbour, RECORD, "sent", TEXT)
    copies = [(c, one.seal(TENANT, PATIENT, RECORD, "sent", TEXT, key_class=c)) for c in KeyClass]
    assert all(other.open(TENANT, PATIENT, RECORD, "sent", sealed, key_class=c) == TEXT for c, sealed in copies)

    one.destroy(TENANT, PATIENT)

    for holder in (one, other, vault(store)):
        for key_class, sealed in copies:
            with pytest.raises(VaultError):
                holder.open(TENANT, PATIENT, RECORD, "sent", sealed, key_class=key_class)
        with pytest.raises(VaultError):
            holder.seal(TENANT, PATIENT, RECORD, "sent", TEXT)
        assert holder.open(TENANT, neighbour, RECORD, "sent", kept) == TEXT


def test_digests_differ_by_tenant_label_value_and_root() -> None:
    """Nobody can compare digests of two organisations, or of two uses."""
    one, other = vault(), Vault(RootKey(bytes(32)), MemoryKeyStore())
    digests = {
        holder.digest(tenant, label, value)
        for holder in (one, other)
        for tenant in (None, TENANT, UUID(int=0))
        for label in ("handle", "content")
        for value in ("a", "b", "")
    }
    assert len(digests) == 2 * 3 * 2 * 3
    assert {len(digest) for digest in digests} == {32}


def test_a_digest_is_stable_and_text_is_utf8() -> None:
    """Digests are stored: two processes must agree."""
    assert vault().digest(TENANT, "handle", "Zoë") == vault().digest(TENANT, "handle", "Zoë".encode())


def test_a_lone_surrogate_gets_a_digest_too() -> None:
    """JSON can carry one; it must not become an unexpected error."""
    assert len(vault().digest(None, "handle", "\ud800")) == 32


def test_the_vault_is_a_sealer_and_does_not_print() -> None:
    """The flow's Protocol fits; keys stay out of logs."""
    sealer: Sealer = vault()
    assert repr(sealer) == "Vault(…)"


@settings(max_examples=100)
@given(st.binary(max_size=400), st.text(max_size=20), st.sampled_from(KeyClass), st.booleans())
def test_open_returns_what_was_sealed(text: bytes, name: str, key_class: KeyClass, organisation: bool) -> None:
    """For any bytes, any name, any class, with and without a patient."""
    one, patient = vault(), None if organisation else PATIENT
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    sealed = one.seal(TENANT, patient, RECORD, name, text, key_class=key_class)
    assert one.open(TENANT, patient, RECORD, name, sealed, key_class=key_class) == text
    assert len(text) < 8 or text not in sealed
