"""The witness's folder: its key (Ed25519, 0600) and its memory, both made at the first start.

The memory is made before the key. So a key without a memory means that the memory was lost: a witness that began
again under the same key would cosign a second history.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.cosignature import Cosigner
from phiward.audit.signer import KEY_BYTES, create_signing_key
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, VaultError
from phiward.vault.files import read_private_file
from phiward.witness.store import FILE, WitnessStore

KEY_FILE = "witness.key"


def open_folder(folder: Path, name: str) -> tuple[Cosigner, WitnessStore]:
    """The key under `name`, and what was cosigned.

    Raises VaultError where the memory is gone or the key is exposed, StorageError, and ConfigurationError for a name
    with a space or a plus.
    """
    made = (folder / KEY_FILE).exists()
    if made and not (folder / FILE).exists():
        raise VaultError("The witness has a key but no memory. Make a new witness in another folder, with a new key.")
    store = WitnessStore(folder)
    try:
        if not made:
            create_signing_key(folder / KEY_FILE, data_dir=None)
        return _cosigner(folder / KEY_FILE, name), store
    except BaseException:
        store.close()
        raise


def _cosigner(path: Path, name: str) -> Cosigner:
    raw = read_private_file(path, None, KEY_BYTES)
    if len(raw) != KEY_BYTES:
        raise VaultError("The key of the witness has another length.")
    try:
        return Cosigner(name, Ed25519PrivateKey.from_private_bytes(raw))
    except AuditIntegrityError as error:
        raise ConfigurationError("--name must be a name without spaces and plus signs.") from error
