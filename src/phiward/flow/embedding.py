"""Vectors from a model elsewhere, under the gate that every text passes: agreement, Safe Harbor, tripwire, record.

The same order as a request: choose the destination → gate (BAA) → apply the Safe Harbor transformation, each text by
itself, so that a vector is a function of its own text → tripwire → **on record** → send → what came back on record.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.manifest import POLICY
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.errors import NoBaaError, PhiwardError, UnsafeContentError
from phiward.domain.ports import AuditLog, Clock, NewId, Sealer
from phiward.domain.text import DeidentifiedText
from phiward.domain.vendors import Route, VendorBook
from phiward.domain.verdict import Deny
from phiward.flow.record import SENT, route_facts
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.ports import EmbeddingScope, Vectors
from phiward.vendors.gate import admit, choose


class EmbeddingClient(Protocol):
    """Talks to any destination: accepts only what went through the Safe Harbor transformation."""

    async def post(self, route: Route, texts: Sequence[DeidentifiedText]) -> Vectors:
        """One vector a text, in order. Raises UpstreamError."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What must be known before a text of this organisation may leave."""

    book: VendorBook
    index: KnownIndex


class GatedEmbedder:
    """Implements retrieval.ports.Embedder for a destination of the vendor book."""

    def __init__(
        self,
        name: str,
        surroundings: Callable[[EmbeddingScope], Awaitable[Surroundings]],
        deidentifier: Deidentifier,
        tripwire: Tripwire,
        client: EmbeddingClient,
        log: AuditLog,
        sealer: Sealer,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        """`name` is the model as callers name it; the vendor book says where it is served."""
        self._name, self._surroundings = name, surroundings
        self._deidentifier, self._tripwire, self._client = deidentifier, tripwire, client
        self._log, self._sealer, self._clock, self._new_id = log, sealer, clock, new_id
        self._dimensions = 0

    @property
    def model(self) -> str:
        """Name; vectors of different models are never compared."""
        return f"remote/{self._name}"

    @property
    def dimensions(self) -> int:
        """Length of a vector; 0 until the first came back."""
        return self._dimensions

    async def embed(self, scope: EmbeddingScope, texts: Sequence[str]) -> Vectors:
        """One vector a text. When it raises, nothing left, or the log says that it did.

        Raises ModelNotFoundError, NoBaaError, UnsafeContentError, AuditUnavailableError, UpstreamError.
        """
        around = await self._surroundings(scope)
        route = choose(around.book, self._name, self._clock())
        admitted = admit(route, free_text=True)
        if isinstance(admitted, Deny):
            raise NoBaaError(admitted.reason, rule=admitted.rule)
        hidden = [self._hide(scope, text, around.index) for text in texts]
        facts = _facts(scope, route, admitted.rule, len(hidden))
        await self._record(scope, "embedding.sent", facts, orjson.dumps([one.value for one in hidden]))
        try:
            vectors = await self._client.post(route, hidden)
        except PhiwardError as error:
            await self._record(scope, "embedding.failed", {**facts, "code": error.code})
            raise
        await self._record(scope, "embedding.received", facts)
        self._dimensions = int(vectors.shape[1]) if len(vectors) else self._dimensions
        return vectors

    def _hide(self, scope: EmbeddingScope, text: str, index: KnownIndex) -> DeidentifiedText:
        conversation = self._deidentifier.conversation(scope.patient, self._clock().date())
        hidden = conversation.hide(text)
        tripped = self._tripwire.check(orjson.dumps(hidden), index, conversation.placeholders)
        if isinstance(tripped, Deny):
            raise UnsafeContentError(tripped.reason, rule=tripped.rule)
        return DeidentifiedText(hidden)

    async def _record(self, scope: EmbeddingScope, action: str, facts: dict[str, Any], text: bytes = b"") -> None:
        entry, patient = self._new_id(), scope.patient.patient if scope.patient else None
        addenda: tuple[Addendum, ...] = ()
        if text:
            addenda = (Addendum(SENT, self._sealer.seal(scope.tenant, patient, entry, SENT, text), patient),)
        stamp = entry, scope.tenant, self._new_id(), EntryKind.ADMINISTRATION, self._clock()
        await self._log.append(Entry(*stamp, {"action": action, **facts}, addenda))


def _facts(scope: EmbeddingScope, route: Route, rule: str, texts: int) -> dict[str, Any]:
    """Opaque ids and counts: what a breach assessment would ask."""
    return {
        "actor": f"person:{scope.caller.person}" if scope.caller else "indexer",
        "patients": [str(scope.patient.patient)] if scope.patient else [],
        "documents": [str(one) for one in scope.documents],
        "texts": texts,
        **route_facts(route, rule),
        "transformation": POLICY,
    }
