"""One sealed message."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import VaultError
from phiward.vault import message
from phiward.vault.message import (
    COMMITMENT_BYTES,
    NONCE_BYTES,
    OVERHEAD_BYTES,
    SALT_BYTES,
    open_message,
    seal_message,
)

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
COMMITMENT = slice(1 + SALT_BYTES, 1 + SALT_BYTES + COMMITMENT_BYTES)


def test_every_flipped_bit_is_refused() -> None:
    """Version, salt, commitment, nonce, ciphertext and tag alike; with the same words each time."""
    sealed = seal_message(KEY, b"context", b"an invented note")
    words = set()
    for position in range(len(sealed) * 8):
        damaged = bytearray(sealed)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(VaultError) as error:
            open_message(KEY, b"context", bytes(damaged))
        words.add(str(error.value))
    assert len(words) == 1


@pytest.mark.parametrize("length", [0, 1, OVERHEAD_BYTES - 1, OVERHEAD_BYTES])
def test_a_cut_message_is_refused(length: int) -> None:
    """Also when only the text is missing."""
    sealed = seal_message(KEY, b"context", b"an invented note")
    with pytest.raises(VaultError):
        open_message(KEY, b"context", sealed[:length])


def test_a_wrong_key_fails_the_commitment_before_anything_is_decrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cipher is not even asked."""
    sealed = seal_message(KEY, b"context", b"an invented note")

    def cipher(_: bytes) -> AESGCM:
        raise AssertionError("decrypted before the commitment was compared")

    monkeypatch.setattr(message, "AESGCM", cipher)
    with pytest.raises(VaultError):
        open_message(OTHER, b"context", sealed)


def test_a_forged_commitment_does_not_help_a_wrong_key() -> None:
    """The commitment of another key with this salt passes the comparison; the tag still refuses."""
    sealed = bytearray(seal_message(KEY, b"context", b"an invented note"))
    salt = bytes(sealed[1 : 1 + SALT_BYTES])
    sealed[COMMITMENT] = message.hkdf(OTHER, salt, message._INFO, 64)[32:]
    with pytest.raises(VaultError):
        open_message(OTHER, b"context", bytes(sealed))


@pytest.mark.parametrize("version", [0, 2, 255])
def test_the_blob_does_not_choose_its_format(version: int) -> None:
    """Its first byte must equal the only version that there is."""
    sealed = seal_message(KEY, b"context", b"an invented note")
    with pytest.raises(VaultError):
        open_message(KEY, b"context", bytes((version,)) + sealed[1:])


@settings(max_examples=100)
@given(st.binary(max_size=300), st.binary(max_size=60), st.binary(max_size=60))
def test_what_was_sealed_opens_in_its_own_context_only(text: bytes, context: bytes, other: bytes) -> None:
    """Open after seal returns the bytes; any other context refuses."""
    sealed = seal_message(KEY, context, text)
    assert open_message(KEY, context, sealed) == text
    assert len(sealed) == len(text) + OVERHEAD_BYTES
    if other != context:
        with pytest.raises(VaultError):
            open_message(KEY, other, sealed)


def test_salt_and_nonce_never_repeat_in_a_hundred_thousand_messages() -> None:
    """Random each time: 32 and 12 bytes."""
    salts, nonces = set(), set()
    start = 1 + SALT_BYTES + COMMITMENT_BYTES
    for _ in range(100_000):
        sealed = seal_message(KEY, b"", b"")
        salts.add(sealed[1 : 1 + SALT_BYTES])
        nonces.add(sealed[start : start + NONCE_BYTES])
    assert len(salts) == len(nonces) == 100_000
