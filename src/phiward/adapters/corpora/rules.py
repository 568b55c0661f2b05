"""What every engine asks of names, passages and vectors before it does anything: a corpus may move between them.

All raise InvalidRequestError, whose `param` names the place; no text is ever repeated.
"""

import re
from collections.abc import Sequence
from uuid import UUID

import numpy as np

from phiward.domain.errors import InvalidRequestError
from phiward.retrieval.ports import CorpusPassage, Vectors

MOST_HITS = 1_000
MOST_TEXT_BYTES = 65_535
"""Of a text, a title or a section in UTF-8: what a VARCHAR of Milvus holds."""
MOST_DIMENSIONS = 16_000
"""What pgvector's type holds. Milvus wants at least two."""
LENGTH_TOLERANCE = 1e-3

_CORPUS = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MODEL = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")


def check_corpus(corpus: str) -> None:
    """A name is 1 to 40 of a-z, 0-9 and hyphen, and begins with a letter: it needs no quoting in any engine."""
    if _CORPUS.fullmatch(corpus) is None:
        raise InvalidRequestError(
            "A corpus has a name of a-z, 0-9 and hyphens, at most 40, a letter first.", param="corpus"
        )


def check_model(model: str) -> None:
    """1 to 200 printable characters."""
    if _MODEL.fullmatch(model) is None:
        raise InvalidRequestError("An embedding model has a name of 1 to 200 characters.", param="model")


def check_batch(document: UUID, passages: Sequence[CorpusPassage], vectors: Vectors) -> None:
    """One vector of length 1 for each passage; the passages are of this document, each with an id of its own."""
    if vectors.shape[:1] != (len(passages),):
        raise InvalidRequestError("There must be one vector for each passage.", param="vectors")
    if not passages:
        return
    if vectors.ndim != 2:
        raise InvalidRequestError("Vectors come as one row for each passage.", param="vectors")
    _check_vectors(vectors)
    if any(passage.document != document for passage in passages):
        raise InvalidRequestError("A passage is of another document.", param="passages")
    if len({passage.id for passage in passages}) != len(passages):
        raise InvalidRequestError("Two passages have the same id.", param="passages")
    for passage in passages:
        for text in (passage.text, passage.title, passage.section):
            _check_text(text)


def check_query(vector: Vectors, limit: int) -> None:
    """One vector of length 1, of shape (dimensions,), and from 1 to 1,000 hits."""
    if vector.ndim != 1:
        raise InvalidRequestError("A search takes one vector.", param="vector")
    _check_vectors(vector[np.newaxis])
    if not 1 <= limit <= MOST_HITS:
        raise InvalidRequestError(f"A search gives from 1 to {MOST_HITS} passages.", param="limit")


def other_dimensions() -> InvalidRequestError:
    """What an engine raises for a vector whose length is not that of its corpus and model."""
    return InvalidRequestError(
        "The vectors of this corpus and model have another number of dimensions.", param="vectors"
    )


def _check_vectors(vectors: Vectors) -> None:
    if not 2 <= vectors.shape[1] <= MOST_DIMENSIONS:
        raise InvalidRequestError(f"A vector has from 2 to {MOST_DIMENSIONS} dimensions.", param="vectors")
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not np.all(np.abs(lengths - 1) <= LENGTH_TOLERANCE):  # false for NaN and infinity too
        raise InvalidRequestError("A vector must have length 1.", param="vectors")


def _check_text(text: str) -> None:
    """No NUL, which PostgreSQL refuses; no lone surrogate, which is no UTF-8."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        size = MOST_TEXT_BYTES + 1
    if size > MOST_TEXT_BYTES or "\x00" in text:
        raise InvalidRequestError(
            f"A passage is text of at most {MOST_TEXT_BYTES} bytes without NUL or surrogates.", param="passages"
        )
