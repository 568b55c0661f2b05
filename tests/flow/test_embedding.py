"""Vectors from a model elsewhere: the same gate as every text, and nothing leaves that is not on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.errors import (
    AuditUnavailableError,
    ModelNotFoundError,
    NoBaaError,
    PhiwardError,
    UnsafeContentError,
    UpstreamError,
)
from phiward.domain.text import DeidentifiedText
from phiward.domain.vendors import RiskAcceptance, Route, VendorBook
from phiward.flow.embedding import GatedEmbedder, Surroundings
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.ports import EmbeddingScope, Vectors
from tests.flow.fakes import NOW, LogTwin, SealerTwin, caller, destination
from tests.flow.indexes import index_of
from tests.flow.test_journey import MARGARET, OTHER

WHO = caller()
SCOPE = EmbeddingScope(WHO.tenant, MARGARET, (uuid4(),), WHO)
TEXT = "Margaret Okafor, MRN 40017723, takes lisinopril."


@dataclass
class ClientTwin:
    """An embedding server that remembers."""

    log: LogTwin
    error: PhiwardError | None = None
    sent: list[str] = field(default_factory=list)
    kinds_at_send: list[str] = field(default_factory=list)

    async def post(self, route: Route, texts: Sequence[DeidentifiedText]) -> Vectors:
        """A vector a text, or a failure."""
        self.kinds_at_send = actions(self.log)
        self.sent += [text.value for text in texts]
        if self.error is not None:
            raise self.error
        return np.ones((len(texts), 4), np.float32) / 2


def actions(log: LogTwin) -> list[str]:
    """What is on record."""
    return [entry.facts["action"] for entry in log.entries]


class House:
    """One gated embedder; each test changes the part it is about."""

    def __init__(self) -> None:
        self.log = LogTwin()
        self.client = ClientTwin(self.log)
        self.book = VendorBook(1, (destination(models=(("embed", "embed-3"),)),))
        self.deidentifier = Deidentifier()

    async def embed(self, *texts: str, scope: EmbeddingScope = SCOPE) -> Vectors:
        """Through the gate."""

        async def around(_: EmbeddingScope) -> Surroundings:
            return Surroundings(self.book, index_of(MARGARET, OTHER))

        parts = self.deidentifier, Tripwire(), self.client, self.log, SealerTwin(), lambda: NOW, uuid4
        return await GatedEmbedder("embed", around, *parts).embed(scope, texts)


async def test_a_model_that_nobody_registered_gets_nothing() -> None:
    """By name, as chat models."""
    house = House()
    house.book = VendorBook(1, ())
    with pytest.raises(ModelNotFoundError):
        await house.embed(TEXT)


async def test_a_destination_without_an_agreement_gets_nothing() -> None:
    """A vector inverts to its text: promise 2 holds for what is made into vectors."""
    house = House()
    house.book = VendorBook(1, (destination(self_hosted=False, models=(("embed", "e"),)),))
    with pytest.raises(NoBaaError):
        await house.embed(TEXT)
    assert (house.client.sent, actions(house.log)) == ([], [])


async def test_no_record_no_text_leaves() -> None:
    """Promise 1."""
    house = House()
    house.log.refuse = {"administration"}
    with pytest.raises(AuditUnavailableError):
        await house.embed(TEXT)
    assert house.client.sent == []


async def test_a_known_identifier_of_somebody_else_trips_the_wire() -> None:
    """Detectors without the tagger miss it; the tripwire does not."""
    house = House()
    house.deidentifier = Deidentifier(rule_detectors())
    with pytest.raises(UnsafeContentError):
        await house.embed("Zelda Quagmire called.")
    assert house.client.sent == []


async def test_a_lost_server_is_on_record_as_that() -> None:
    """What was sent was sent."""
    house = House()
    house.client.error = UpstreamError("The embedding server is gone.")
    with pytest.raises(UpstreamError):
        await house.embed(TEXT)
    assert actions(house.log) == ["embedding.sent", "embedding.failed"]


async def test_what_leaves_names_nobody_and_is_on_record_before_it_does() -> None:
    """With patient, documents, destination; never a word of the text."""
    house = House()
    vectors = await house.embed(TEXT, "A second text.")
    assert vectors.shape == (2, 4)
    assert house.client.kinds_at_send == ["embedding.sent"]
    assert actions(house.log) == ["embedding.sent", "embedding.received"]
    assert "lisinopril" in house.client.sent[0]
    for identifier in ("Margaret", "Okafor", "40017723"):
        assert identifier not in repr(house.client.sent)
        assert identifier not in repr(house.log.entries)
    facts = house.log.entries[0].facts
    assert facts["patients"] == [str(MARGARET.patient)]
    assert facts["documents"] == [str(one) for one in SCOPE.documents]
    assert facts["actor"] == f"person:{WHO.person}"


async def test_a_text_is_hidden_by_itself() -> None:
    """Its neighbours change nothing of what is sent of it, so nothing of its vector."""
    alone, beside = House(), House()
    await alone.embed(TEXT)
    await beside.embed("Seen 03/04/2024 by Dr. Ana Lima.", TEXT)
    assert alone.client.sent[0] == beside.client.sent[1]


async def test_an_accepted_risk_lets_transformed_text_go() -> None:
    """As for chat: a named person, on record, in force."""
    house = House()
    away = destination(self_hosted=False, models=(("embed", "e"),))
    span = NOW - timedelta(days=1), NOW + timedelta(days=1)
    house.book = VendorBook(1, (away,), (), (RiskAcceptance(uuid4(), away.id, WHO.person, "pilot", *span),))
    await house.embed(TEXT)
    assert house.log.entries[0].facts["admitted_by"] == "risk_accepted"


async def test_the_indexer_is_named_where_no_person_asks() -> None:
    """An import is an act of the operator, on record by its own entry."""
    house = House()
    await house.embed(TEXT, scope=replace(SCOPE, caller=None))
    assert house.log.entries[0].facts["actor"] == "indexer"
