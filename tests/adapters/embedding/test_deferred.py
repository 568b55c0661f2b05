"""The local model, loaded when it is first needed."""

import asyncio
from uuid import UUID

import numpy as np
import pytest

from phiward.adapters.embedding import deferred
from phiward.adapters.embedding.deferred import DeferredEmbedder
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import TenantId
from phiward.retrieval.ports import EmbeddingScope
from tests.flow.charts import EmbedderTwin

SCOPE = EmbeddingScope(TenantId(UUID(int=1)))


async def test_a_missing_model_is_said_at_every_call_and_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who installs it need not restart."""
    found: list[EmbedderTwin] = []

    def load(threads: int) -> EmbedderTwin:
        if not found:
            raise ConfigurationError("The embedding model is not installed.")
        return found[0]

    monkeypatch.setattr(deferred, "load", load)
    embedder = DeferredEmbedder()
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            await embedder.embed(SCOPE, ["x"])
    found.append(EmbedderTwin())
    assert (await embedder.embed(SCOPE, ["x"])).shape == (1, 32)


async def test_it_is_loaded_once_for_everybody_and_known_by_name_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two questions at once wait for one load."""
    loads: list[int] = []

    def load(threads: int) -> EmbedderTwin:
        loads.append(threads)
        return EmbedderTwin()

    monkeypatch.setattr(deferred, "load", load)
    embedder = DeferredEmbedder(3)
    assert (embedder.model.startswith("all-MiniLM-L6-v2"), embedder.dimensions, loads) == (True, 384, [])
    one, two = await asyncio.gather(embedder.embed(SCOPE, ["x"]), embedder.embed(SCOPE, ["x"]))
    assert np.array_equal(one, two)
    assert loads == [3]
