"""Names of collections, keys of rows, and revisions."""

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from phiward.adapters.corpora.rows import collection_of, hits_of, key_of, of_model, ours, revision_of, row_of

from .world import cloud, passage


def test_a_collection_is_of_one_model_and_one_length() -> None:
    """And its name needs no quoting, whatever the model is called."""
    names = {collection_of(model, size) for model in ("a", "b", 'x"; drop') for size in (4, 8)}
    assert len(names) == 6
    assert all(name.replace("_", "").isalnum() and len(name) < 60 for name in names)


def test_collections_of_others_are_left_alone() -> None:
    """A server may be shared."""
    mine, longer = collection_of("a", 4), collection_of("a", 44)
    names = ["theirs", longer, mine, collection_of("b", 4), "x" + mine]
    assert ours(names) == sorted([mine, longer, collection_of("b", 4)])
    assert of_model(names, "a") == sorted([mine, longer])
    assert of_model(names, "a", but=4) == [longer]


def test_the_same_passage_in_two_places_is_two_rows() -> None:
    """Two organisations, two corpora, two documents."""
    tenants, documents, one = (uuid4(), uuid4()), (uuid4(), uuid4()), uuid4()
    keys = {key_of(tenant, corpus, document, one) for tenant in tenants for corpus in "ab" for document in documents}
    assert len(keys) == 8
    assert key_of(tenants[0], "a", documents[0], one) in keys


@pytest.mark.parametrize("change", [{"text": "Other."}, {"title": "Other"}, {"section": "Other"}, {"end": 99}])
def test_any_change_is_another_revision(change: dict[str, object]) -> None:
    """Of a passage, or of a vector; the same content has the same."""
    document, vectors = uuid4(), cloud(2)
    passages = [passage(document), passage(document, 1)]
    revision = revision_of(passages, vectors)
    assert revision == revision_of(list(passages), vectors.copy())
    assert revision != revision_of([replace(passages[0], **change), passages[1]], vectors)
    assert revision != revision_of(passages, vectors[::-1].copy())
    assert revision != revision_of(passages[:1], vectors[:1])


def test_a_row_gives_its_passage_back() -> None:
    """Nearest first, ties by id."""
    document, tenant = uuid4(), uuid4()
    passages = sorted((passage(document, place) for place in range(3)), key=lambda one: one.id)
    rows = [row_of(tenant, "guidelines", one, "r") for one in passages]
    assert rows[0]["tenant"] == str(tenant)
    hits = hits_of(zip(reversed(rows), (np.float32(0.5), 0.5, 0.9), strict=True))
    assert [hit.passage for hit in hits] == [passages[0], passages[1], passages[2]]
    assert [type(hit.score) for hit in hits] == [float] * 3
