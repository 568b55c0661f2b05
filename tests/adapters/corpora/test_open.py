"""Which address makes which engine, and which makes none."""

import os
import sys
from pathlib import Path

import pytest

from phiward.adapters.corpora.milvus import MilvusCorpora
from phiward.adapters.corpora.open import open_corpora
from phiward.adapters.corpora.pgvector import PgvectorCorpora
from phiward.adapters.corpora.qdrant import QdrantCorpora
from phiward.adapters.postgres.database import Database
from phiward.domain.errors import ConfigurationError
from phiward.domain.text import Secret

NEVER_OPENED = Database("host=/nonexistent dbname=nowhere")
KEY = Secret("invented-key")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("postgresql", id="another word"),
        pytest.param("postgres://host/db", id="the database is the gateway's own"),
        pytest.param("qdrant", id="an engine without an address"),
        pytest.param("http://127.0.0.1:6333", id="an address without an engine"),
        pytest.param("chroma+http://127.0.0.1:1", id="another engine"),
        pytest.param("qdrant+grpc://127.0.0.1:6334", id="another scheme"),
        pytest.param("qdrant+file:/tmp/a.db", id="a file is Milvus's"),
        pytest.param("qdrant+http://127.0.0.1", id="no port"),
        pytest.param("qdrant+http://:6333", id="no host"),
        pytest.param("qdrant+http://127.0.0.1:0", id="port 0"),
        pytest.param("qdrant+http://127.0.0.1:99999", id="a port that there is not"),
        pytest.param("qdrant+http://127.0.0.1:x", id="a port that is no number"),
        pytest.param("qdrant+http://[::1:6333", id="a bracket too few"),
        pytest.param("qdrant+https://name:hidden@127.0.0.1:6333", id="a password in the address"),
        pytest.param("qdrant+https://127.0.0.1:6333/path", id="a path"),
        pytest.param("qdrant+https://127.0.0.1:6333?api_key=hidden", id="a query"),
        pytest.param("qdrant+https://127.0.0.1:6333#hidden", id="a fragment"),
        pytest.param("qdrant+https://127.0.0.1:6333 ", id="a space"),
        pytest.param("qdrant+https://127.0.0.1:6333\n", id="a line break"),
        pytest.param("qdrant+https://höst:6333", id="not ASCII"),
        pytest.param("milvus+file:corpora.db", id="a relative path"),
        pytest.param("milvus+file:/tmp/corpora", id="Milvus Lite wants .db"),
        pytest.param("milvus+file://host/tmp/corpora.db", id="a file of another machine"),
    ],
)
def test_an_address_that_is_odd_is_refused(url: str) -> None:
    """And not repeated, as it may hold a password."""
    with pytest.raises(ConfigurationError, match="must be postgres") as caught:
        open_corpora(url, NEVER_OPENED)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("url", ["qdrant+http://127.0.0.1:6333", "milvus+http://127.0.0.1:19530"])
def test_a_key_goes_over_https_only(url: str) -> None:
    """Also to the same machine: one rule."""
    with pytest.raises(ConfigurationError, match="https"):
        open_corpora(url, NEVER_OPENED, KEY)


@pytest.mark.parametrize("url", [None, "postgres", "milvus+file:/tmp/corpora.db"])
def test_a_key_that_nobody_uses_is_refused(url: str | None) -> None:
    """It was meant for another engine."""
    with pytest.raises(ConfigurationError, match="key"):
        open_corpora(url, NEVER_OPENED, KEY)


@pytest.mark.parametrize(
    ("url", "module", "named"),
    [
        ("qdrant+http://127.0.0.1:9", "qdrant_client", r"phiward\[qdrant\]"),
        ("milvus+http://127.0.0.1:9", "pymilvus", r"phiward\[milvus\]"),
        ("milvus+file:/tmp/corpora.db", "milvus_lite.server_manager", "milvus-lite"),
    ],
)
def test_an_engine_without_its_client_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, named: str
) -> None:
    """At the start, not at the first question."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigurationError, match=named):
        open_corpora(url, NEVER_OPENED)


@pytest.mark.parametrize(
    ("url", "key", "kind"),
    [
        (None, None, PgvectorCorpora),
        ("postgres", None, PgvectorCorpora),
        ("qdrant+http://127.0.0.1:9", None, QdrantCorpora),
        ("qdrant+https://[::1]:6333/", KEY, QdrantCorpora),
        ("milvus+http://127.0.0.1:9", None, MilvusCorpora),
        ("milvus+https://127.0.0.1:9", KEY, MilvusCorpora),
    ],
)
async def test_an_address_makes_its_engine_and_connects_to_nothing(
    url: str | None, key: Secret | None, kind: type[object]
) -> None:
    """What does not answer is found at the first use."""
    engine = open_corpora(url, NEVER_OPENED, key)
    assert isinstance(engine, kind)
    await engine.close()


async def test_a_file_is_made_at_the_first_use(tmp_path: Path) -> None:
    """Not when it is named."""
    engine = open_corpora(f"milvus+file:{tmp_path}/corpora.db", NEVER_OPENED)
    assert isinstance(engine, MilvusCorpora)
    await engine.close()
    assert os.listdir(tmp_path) == []
