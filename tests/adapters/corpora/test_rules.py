"""What no engine takes."""

from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.corpora.rules import (
    MOST_HITS,
    MOST_TEXT_BYTES,
    check_batch,
    check_corpus,
    check_model,
    check_query,
    other_dimensions,
)
from phiward.domain.errors import InvalidRequestError
from phiward.retrieval.ports import Vectors

from .world import axis, passage

BAD_VECTORS = [
    pytest.param(np.zeros((1, 4)), id="length 0 has no direction"),
    pytest.param(np.full((1, 4), 2.0), id="length 4"),
    pytest.param(np.full((1, 4), np.nan), id="not a number"),
    pytest.param(np.full((1, 4), np.inf), id="infinite"),
    pytest.param(np.ones((1, 1)), id="one dimension, which Milvus refuses"),
    pytest.param(np.ones((1, 0)), id="no dimension"),
    pytest.param(np.eye(1, 16_001), id="more than pgvector's type holds"),
]


@pytest.mark.parametrize("vectors", BAD_VECTORS)
def test_a_vector_has_a_direction_and_length_1(vectors: Vectors) -> None:
    """To keep and to ask with."""
    document = uuid4()
    with pytest.raises(InvalidRequestError):
        check_batch(document, [passage(document)], vectors.astype(np.float32))
    with pytest.raises(InvalidRequestError):
        check_query(vectors[0].astype(np.float32), 1)


@pytest.mark.parametrize(
    "vectors",
    [
        pytest.param(np.eye(1, 4), id="one too few"),
        pytest.param(np.eye(3, 4), id="one too many"),
        pytest.param(np.ones(2), id="no rows"),
        pytest.param(np.ones((2, 1, 4)), id="three axes"),
        pytest.param(np.float32(1), id="a single number"),
    ],
)
def test_there_is_one_row_for_each_passage(vectors: Vectors) -> None:
    """For two passages."""
    document = uuid4()
    with pytest.raises(InvalidRequestError, match="for each passage"):
        check_batch(document, [passage(document), passage(document, 1)], np.asarray(vectors, dtype=np.float32))


def test_a_passage_of_another_document_is_refused() -> None:
    """It would be found, and never removed with its own."""
    with pytest.raises(InvalidRequestError, match="another document"):
        check_batch(uuid4(), [passage(uuid4())], axis(0)[np.newaxis])


def test_two_passages_of_one_id_are_refused() -> None:
    """One would take the other's place."""
    document, one = uuid4(), uuid4()
    with pytest.raises(InvalidRequestError, match="same id"):
        check_batch(document, [passage(document, id=one), passage(document, 1, id=one)], np.eye(2, dtype=np.float32))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\x00b", id="PostgreSQL holds no NUL"),
        pytest.param("\ud800", id="a lone surrogate is no UTF-8"),
        pytest.param("x" * (MOST_TEXT_BYTES + 1), id="a byte too long for Milvus"),
        pytest.param("é" * (MOST_TEXT_BYTES // 2 + 1), id="a byte too long, though not so many characters"),
    ],
)
def test_a_text_that_some_engine_cannot_hold_is_refused(text: str) -> None:
    """By all of them, and without repeating it."""
    document = uuid4()
    with pytest.raises(InvalidRequestError) as caught:
        check_batch(document, [passage(document, text=text)], axis(0)[np.newaxis])
    assert text[:3] not in str(caught.value)


@pytest.mark.parametrize("model", ["", "x" * 201, "a\nb", "a\x00", "\ud800"])
def test_a_model_has_a_printable_name(model: str) -> None:
    """Of at most 200 characters."""
    with pytest.raises(InvalidRequestError, match="model"):
        check_model(model)


@pytest.mark.parametrize("limit", [0, -1, MOST_HITS + 1])
def test_a_search_gives_from_one_to_a_thousand(limit: int) -> None:
    """Neither none nor all."""
    with pytest.raises(InvalidRequestError, match="passages"):
        check_query(axis(0), limit)


def test_a_search_takes_one_vector() -> None:
    """Not a row of them."""
    with pytest.raises(InvalidRequestError, match="one vector"):
        check_query(np.eye(2, dtype=np.float32), 1)


@given(st.text(max_size=50))
def test_a_name_that_passes_needs_no_quoting(corpus: str) -> None:
    """Whatever is not refused holds nothing but small letters, digits and hyphens."""
    try:
        check_corpus(corpus)
    except InvalidRequestError:
        return
    assert set(corpus) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_what_is_in_order_passes() -> None:
    """The longest name, a vector that lost a little by rounding, no passage at all."""
    document = uuid4()
    check_corpus("a" + "9-" * 19 + "z")
    check_model("all-MiniLM-L6-v2 (ONNX) ü")
    check_batch(document, [], np.empty((0, 4), dtype=np.float32))
    check_batch(document, [], np.empty(0, dtype=np.float32))
    check_batch(document, [passage(document, text="x" * MOST_TEXT_BYTES)], axis(0)[np.newaxis] * np.float32(1.0005))
    check_query(axis(0), MOST_HITS)
    assert isinstance(other_dimensions(), InvalidRequestError)
