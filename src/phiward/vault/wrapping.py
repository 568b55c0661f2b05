"""Wrapping a key by another: version ‖ nonce ‖ AES-256-GCM of the 32 key bytes, bound to the key's name."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from phiward.domain.errors import VaultError
from phiward.vault.context import key_context
from phiward.vault.store import KeyName

WRAP_VERSION = 1
KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPED_BYTES = 1 + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def wrap_key(wrapping_key: bytes, name: KeyName, key: bytes) -> bytes:
    """The key `name`, encrypted."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    ciphertext = AESGCM(wrapping_key).encrypt(nonce, key, key_context(name, WRAP_VERSION))
    return bytes((WRAP_VERSION,)) + nonce + ciphertext


def unwrap_key(wrapping_key: bytes, name: KeyName, wrapped: bytes) -> bytes:
    """The key `name`. Raises VaultError when it is damaged, another key, or wrapped by another key."""
    if len(wrapped) != _WRAPPED_BYTES or wrapped[0] != WRAP_VERSION:
        raise VaultError("A wrapped key is damaged.")
    nonce, ciphertext = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
    try:
        return AESGCM(wrapping_key).decrypt(nonce, ciphertext, key_context(name, WRAP_VERSION))
    except InvalidTag:
        raise VaultError("A wrapped key does not belong here, or the root key is another.") from None
