"""One sealed message: version ‖ salt ‖ commitment ‖ nonce ‖ AES-256-GCM ciphertext and tag.

Each message has a key of its own, HKDF-SHA256(data key, salt), and beside it 32 bytes that commit
to that key: AES-GCM alone would open one ciphertext under several keys (PYSEC-2020-261). The first
byte must equal the one version that there is; it selects nothing.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from phiward.domain.errors import VaultError
from phiward.vault.hkdf import hkdf

MESSAGE_VERSION = 1
SALT_BYTES = 32
COMMITMENT_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = 1 + SALT_BYTES + COMMITMENT_BYTES + NONCE_BYTES + TAG_BYTES

_KEY_BYTES = 32
_INFO = b"phiward message v1: key, commitment"
_VERSION = bytes((MESSAGE_VERSION,))
_SALT_END = 1 + SALT_BYTES
_COMMITMENT_END = _SALT_END + COMMITMENT_BYTES
_NONCE_END = _COMMITMENT_END + NONCE_BYTES


def seal_message(data_key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Encrypt; the result is `OVERHEAD_BYTES` longer than `plaintext`."""
    random = secrets.token_bytes(SALT_BYTES + NONCE_BYTES)
    salt, nonce = random[:SALT_BYTES], random[SALT_BYTES:]
    derived = hkdf(data_key, salt, _INFO, _KEY_BYTES + COMMITMENT_BYTES)
    ciphertext = AESGCM(derived[:_KEY_BYTES]).encrypt(nonce, plaintext, context)
    return b"".join((_VERSION, salt, derived[_KEY_BYTES:], nonce, ciphertext))


def open_message(data_key: bytes, context: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises VaultError, always with the same words, for anything that does not fit."""
    if len(sealed) < OVERHEAD_BYTES or sealed[:1] != _VERSION:
        raise _refused()
    derived = hkdf(data_key, sealed[1:_SALT_END], _INFO, _KEY_BYTES + COMMITMENT_BYTES)
    if not hmac.compare_digest(derived[_KEY_BYTES:], sealed[_SALT_END:_COMMITMENT_END]):
        raise _refused()
    nonce = sealed[_COMMITMENT_END:_NONCE_END]
    try:
        return AESGCM(derived[:_KEY_BYTES]).decrypt(nonce, memoryview(sealed)[_NONCE_END:], context)
    except InvalidTag:
        raise _refused() from None


def _refused() -> VaultError:
    return VaultError("A sealed text does not open here.")
