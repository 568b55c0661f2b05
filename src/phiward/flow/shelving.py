"""A text without PHI into a corpus: checked for known patients first, cut, made vectors of, stored under its name.

Corpora live apart from charts and are searched by engines that may stand elsewhere, so nothing may enter that names a
patient. The check knows identifiers of known patients only, and numbers of a fixed form: it can withhold, not prove.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

import orjson

from phiward.domain.errors import InvalidRequestError, UnsafeContentError
from phiward.domain.people import TenantId
from phiward.domain.verdict import Deny
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.chunks import cut
from phiward.retrieval.corpus import passages_of
from phiward.retrieval.ports import CorpusEngine, Embedder, EmbeddingScope

NAMES_A_PATIENT = "The text carries an identifier of a patient, so it was not taken into a corpus."


class CorpusShelf:
    """Adds, removes and counts, for one organisation at a time."""

    def __init__(
        self,
        engine: CorpusEngine,
        embedder: Embedder,
        tripwire: Tripwire,
        known: Callable[[TenantId], Awaitable[KnownIndex]],
    ) -> None:
        """`known` gives the identifiers of all patients of an organisation."""
        self._engine, self._embedder, self._tripwire, self._known = engine, embedder, tripwire, known

    async def add(self, tenant: TenantId, corpus: str, name: str, title: str, text: str) -> int:
        """Make this the text of `name` in the corpus; how many passages it has. The same again changes nothing.

        Raises UnsafeContentError when it names a patient, InvalidRequestError when it says nothing, StorageError.
        """
        if not text.strip():
            raise InvalidRequestError("The text is empty.", param="text")
        tripped = self._tripwire.check(orjson.dumps([title, text]), await self._known(tenant), ())
        if isinstance(tripped, Deny):
            raise UnsafeContentError(NAMES_A_PATIENT, rule=tripped.rule)
        document = text_id(tenant, corpus, name)
        passages = passages_of(document, title, text, cut)
        vectors = await self._embedder.embed(EmbeddingScope(tenant), [passage.text for passage in passages])
        await self._engine.replace(tenant, corpus, self._embedder.model, document, passages, vectors)
        return len(passages)

    async def remove(self, tenant: TenantId, corpus: str, name: str | None) -> None:
        """One text of a corpus, or with None the whole corpus. Raises StorageError."""
        await self._engine.remove(tenant, corpus, None if name is None else text_id(tenant, corpus, name))

    async def corpora(self, tenant: TenantId) -> dict[str, int]:
        """How many passages each corpus has."""
        return await self._engine.corpora(tenant)


def text_id(tenant: TenantId, corpus: str, name: str) -> UUID:
    """The id of a text by its name (UUID version 5): there is no PHI in it, so it may be derived."""
    return uuid5(tenant, f"{corpus}/{name}")
