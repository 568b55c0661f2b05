"""Which kind of data a key protects. A key of one class never opens data of another."""

from enum import StrEnum


class KeyClass(StrEnum):
    """The key classes of an organisation."""

    PHI = "phi"  # clinical documents and identifiers
    AUDIT = "audit"  # what the log keeps beside its leaves
    VECTORS = "vectors"  # embeddings of documents
    TOKENS = "tokens"  # credentials towards model servers
    BACKUPS = "backups"
