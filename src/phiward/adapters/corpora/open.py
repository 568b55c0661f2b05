"""Picks the engine of corpora without PHI by one address, and reads it strictly: what is odd about it is refused."""

from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from phiward.adapters.corpora.milvus import MilvusCorpora
from phiward.adapters.corpora.pgvector import PgvectorCorpora
from phiward.adapters.corpora.qdrant import QdrantCorpora
from phiward.adapters.postgres.database import Database
from phiward.domain.errors import ConfigurationError
from phiward.domain.text import Secret
from phiward.retrieval.ports import CorpusEngine

FORMS = (
    "postgres, qdrant+http://host:port, qdrant+https://host:port, milvus+http://host:port, milvus+https://host:port"
    " or milvus+file:/path.db"
)


class OpenCorpora(CorpusEngine, Protocol):
    """An engine that is closed by whoever opened it."""

    async def close(self) -> None:
        """Close what it opened; a pool that it was given stays open."""


def open_corpora(url: str | None, database: Database, key: Secret | None = None) -> OpenCorpora:
    """The engine at this address; nothing connects before its first use.

    `url` None or "postgres" is the database itself, with pgvector: `database` is the registrar's pool to write, the
    gateway's to read. `key` is the API key of a server, and goes over https only. Raises ConfigurationError, which
    never repeats the address.
    """
    if url is None or url == "postgres":
        _refuse_key(key)
        return PgvectorCorpora(database)
    engine, scheme, parts = _split(url)
    if (engine, scheme) == ("milvus", "file"):
        _refuse_key(key)
        return MilvusCorpora.in_file(_file(parts))
    if engine not in ("qdrant", "milvus") or scheme not in ("http", "https"):
        raise _refused()
    address = f"{scheme}://{_host(parts)}"
    if key is not None and scheme != "https":
        raise ConfigurationError("The key of the corpora's engine goes over https only.")
    return QdrantCorpora.at(address, key) if engine == "qdrant" else MilvusCorpora(address, key)


def _split(url: str) -> tuple[str, str, SplitResult]:
    """Engine, scheme and the parts."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused()
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _refused() from error
    engine, _, scheme = parts.scheme.partition("+")
    return engine, scheme, parts


def _host(parts: SplitResult) -> str:
    """Host and port, both given and nothing else: no path, no query, no name and password."""
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused() from error
    if (
        not host
        or not port
        or parts.username is not None
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
    ):
        raise _refused()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _file(parts: SplitResult) -> Path:
    path = PurePosixPath(parts.path)
    if parts.netloc or parts.query or parts.fragment or not path.is_absolute() or path.suffix != ".db":
        raise _refused()
    return Path(path)


def _refuse_key(key: Secret | None) -> None:
    if key is not None:
        raise ConfigurationError("A key is for a server of Qdrant or Milvus; this engine takes none.")


def _refused() -> ConfigurationError:
    return ConfigurationError(f"The address of the corpora's engine must be {FORMS}.")
