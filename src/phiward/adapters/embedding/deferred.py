"""The local model, loaded when it is first needed: a gateway that retrieves nothing does not hold it."""

import asyncio
from collections.abc import Sequence

from phiward.adapters.embedding.weights import DIMENSIONS, MODEL
from phiward.retrieval.ports import Embedder, EmbeddingScope, Vectors


def load(threads: int) -> Embedder:
    """The model itself. Its runtime is brought in here: whoever never retrieves does not hold it."""
    from phiward.adapters.embedding.minilm import LocalEmbedder  # noqa: PLC0415

    return LocalEmbedder(threads)


class DeferredEmbedder:
    """Implements `Embedder`. Loading takes half a second, once, in a thread."""

    def __init__(self, threads: int = 1) -> None:
        """As for LocalEmbedder."""
        self._threads = threads
        self._loading: asyncio.Task[Embedder] | None = None

    @property
    def model(self) -> str:
        """Known without loading it."""
        return MODEL

    @property
    def dimensions(self) -> int:
        """Known without loading it."""
        return DIMENSIONS

    async def embed(self, scope: EmbeddingScope, texts: Sequence[str]) -> Vectors:
        """One vector a text. Raises ConfigurationError where the model is missing or is another, at every call."""
        if self._loading is None or _failed(self._loading):
            self._loading = asyncio.create_task(asyncio.to_thread(load, self._threads))
        model = await asyncio.shield(self._loading)
        return await model.embed(scope, texts)


def _failed(loading: "asyncio.Task[Embedder]") -> bool:
    return loading.done() and (loading.cancelled() or loading.exception() is not None)
