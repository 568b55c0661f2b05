"""The additional data of a ciphertext: what it belongs to, rebuilt by whoever opens it.

Every field is preceded by its length, so that no two lists of fields give the same bytes. Nothing
of this is read from the ciphertext: a blob must not choose its own context.
"""

from uuid import UUID

from phiward.vault.store import KeyName


def length_prefixed(*fields: bytes) -> bytes:
    """Each field after its length in 4 bytes, big-endian."""
    return b"".join([len(field).to_bytes(4, "big") + field for field in fields])


def key_context(name: KeyName, format_version: int) -> bytes:
    """The context of a wrapped key."""
    subject = name.subject.bytes if name.subject else b""
    return length_prefixed(
        b"phiward key",
        bytes((format_version,)),
        name.tenant.bytes,
        name.key_class.encode(),
        subject,
        name.version.to_bytes(4, "big"),
    )


def message_context(key: KeyName, is_patient: bool, record: UUID, name: str, format_version: int) -> bytes:
    """The context of a sealed message: version, tenant, class, subject, record, name, key version."""
    subject = key.subject.bytes if key.subject else b""
    return length_prefixed(
        b"phiward message",
        bytes((format_version,)),
        key.tenant.bytes,
        key.key_class.encode(),
        b"patient" if is_patient else b"tenant",
        subject,
        record.bytes,
        name.encode(),
        key.version.to_bytes(4, "big"),
    )


def digest_context(tenant: UUID | None, label: str) -> bytes:
    """The context of a key for digests."""
    return length_prefixed(b"phiward digest", tenant.bytes if tenant else b"", label.encode())
