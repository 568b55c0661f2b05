"""One client for any destination of embeddings: by its class, at every call."""

from collections.abc import Sequence

import aiohttp

from phiward.adapters.embedding.remote import RemoteEmbeddings, UncoveredEmbeddings
from phiward.domain.text import DeidentifiedText
from phiward.domain.vendors import DestinationClass, Route
from phiward.retrieval.ports import Vectors


class EmbeddingDestinations:
    """Implements flow.embedding.EmbeddingClient."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` as `phiward.adapters.models.client.open_session` makes it."""
        self._covered, self._uncovered = RemoteEmbeddings(session), UncoveredEmbeddings(session)

    async def post(self, route: Route, texts: Sequence[DeidentifiedText]) -> Vectors:
        """One vector a text, in order. Raises UpstreamError."""
        if route.destination_class is DestinationClass.NO_BAA:
            return await self._uncovered.post(route, texts)
        return await self._covered.post(route, texts)
