"""The local model: a vector is a function of its text alone, and nearly the one that float32 gives."""

import asyncio
import csv
import random
import re
import threading
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.embedding.minilm import DIMENSIONS, MAX_CHARACTERS, PIECE, LocalEmbedder
from phiward.adapters.embedding.weights import TOKENIZER, WEIGHTS, Floats, installed_folder, pinned, tensors
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import TenantId
from phiward.retrieval.ports import Embedder, EmbeddingScope, Vectors
from tests.adapters.embedding.reference import SENTENCES, vectors

SCOPE = EmbeddingScope(TenantId(UUID(int=1)))
CARRIERS = Path(__file__).parents[4] / "shared/data/carriers"


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    """Two texts at once."""
    return LocalEmbedder(threads=2)


@pytest.fixture(scope="module")
def published() -> dict[str, Floats]:
    """The weights by their published names."""
    return tensors(pinned(installed_folder(), WEIGHTS))


def embedded(embedder: LocalEmbedder, *texts: str) -> Vectors:
    """Outside a running loop."""
    return asyncio.run(embedder.embed(SCOPE, texts))


def right(embedder: LocalEmbedder, published: dict[str, Floats], texts: list[str]) -> Vectors:
    """What float32 gives, by the independent implementation."""
    return vectors([embedder._tokenizer.encode(text).ids for text in texts], published)


@pytest.mark.parametrize("missing", [WEIGHTS, TOKENIZER])
def test_a_model_without_one_of_its_files_is_not_loaded(tmp_path: Path, missing: str) -> None:
    """The error names the file."""
    (other,) = {WEIGHTS, TOKENIZER} - {missing}
    (tmp_path / other).symlink_to(installed_folder() / other)
    with pytest.raises(ConfigurationError, match=missing):
        LocalEmbedder(folder=tmp_path)


def test_a_text_alone_and_beside_any_others_has_the_same_vector_to_the_bit(embedder: LocalEmbedder) -> None:
    """Longer, shorter, empty, extreme ones: neighbours are other patients and must leave no trace."""
    extremes = ["", "!" * 600, "potassium " * 300, "\x00\ud800", "9" * 99, *SENTENCES[::-1]] * 2
    alone = [embedded(embedder, text) for text in SENTENCES]
    together = embedded(embedder, *extremes, *SENTENCES, *extremes)
    for row, one in enumerate(alone):
        assert together[len(extremes) + row].tobytes() == one[0].tobytes()


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=200), others=st.lists(st.text(max_size=200), max_size=2 * PIECE + 1))
def test_any_text_has_its_vector_beside_any_others(embedder: LocalEmbedder, text: str, others: list[str]) -> None:
    """The same as a property."""
    assert embedded(embedder, *others, text)[-1].tobytes() == embedded(embedder, text)[0].tobytes()


def test_callers_at_the_same_time_get_what_each_gets_alone(embedder: LocalEmbedder) -> None:
    """From several loops in several threads, with one session between them."""
    alone = embedded(embedder, *SENTENCES)
    seen: list[Vectors] = []
    threads = [threading.Thread(target=lambda: seen.append(embedded(embedder, *SENTENCES))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.tobytes() for one in seen] == [alone.tobytes()] * 6


def test_the_number_of_threads_changes_no_vector(embedder: LocalEmbedder) -> None:
    """Nor does another load of the model."""
    assert embedded(LocalEmbedder(threads=1), *SENTENCES).tobytes() == embedded(embedder, *SENTENCES).tobytes()


def test_what_stands_behind_the_limit_is_not_read(embedder: LocalEmbedder) -> None:
    """254 tokens and the two marks; and a text without end costs no more than a long one."""
    long, longer = "fever " * 254, "fever " * 254 + "but no cough"
    assert np.array_equal(*embedded(embedder, long, longer))
    assert not np.array_equal(*embedded(embedder, long, "fever " * 253 + "cough"))
    assert np.array_equal(*embedded(embedder, "", " " * MAX_CHARACTERS + "fever"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing at all"),
        (" \n\t", "blanks"),
        ("\x00\x07", "control characters"),
        ("\ud83d", "half a surrogate pair, which no encoder takes"),
        ("😀 ☤ 心電図", "characters that the model hardly knows"),
        ("x" * 500_000, "one word without end"),
    ],
)
def test_every_text_has_a_vector_of_length_one(embedder: LocalEmbedder, text: str, reason: str) -> None:
    """An import must not fail at one odd chunk."""
    made = embedded(embedder, text)
    assert made.dtype == np.float32
    assert made.shape == (1, DIMENSIONS)
    assert np.linalg.norm(made[0]) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_vectors(embedder: LocalEmbedder) -> None:
    """Of the right width."""
    assert embedded(embedder).shape == (0, DIMENSIONS)


def test_vectors_come_in_the_order_of_their_texts(embedder: LocalEmbedder) -> None:
    """Also over many pieces."""
    texts = [f"Room {number}: potassium {number / 10}" for number in range(3 * PIECE + 1)]
    together = embedded(embedder, *texts)
    assert [row.tobytes() for row in together] == [embedded(embedder, text)[0].tobytes() for text in texts]


async def test_the_event_loop_is_free_meanwhile() -> None:
    """Other requests go on while vectors are computed, and a question passes an import that has the only thread."""
    embedder, done = LocalEmbedder(threads=1), list[str]()

    async def embed(name: str, texts: list[str]) -> None:
        await embedder.embed(SCOPE, texts)
        done.append(name)

    importing = asyncio.create_task(embed("import", ["chest pain " * 100] * 100))
    await asyncio.sleep(0)
    await embed("question", ["Any chest pain?"])
    assert not importing.done()
    await importing
    assert done == ["question", "import"]


async def test_cancelling_stops_the_work(embedder: LocalEmbedder) -> None:
    """After the piece at hand: the pool is free for the next caller."""
    work = asyncio.create_task(embedder.embed(SCOPE, ["chest pain " * 100] * 5000))
    await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert (await embedder.embed(SCOPE, ["cough"])).shape == (1, DIMENSIONS)


def test_it_is_the_embedder_that_retrieval_asks_for(embedder: LocalEmbedder) -> None:
    """The name tells model, form and weights."""
    asked: Embedder = embedder
    assert (asked.model, asked.dimensions) == ("all-MiniLM-L6-v2/int8/53aa51172d14", 384)


def test_vectors_are_nearly_those_of_float32(embedder: LocalEmbedder, published: dict[str, Floats]) -> None:
    """The cosine with what an independent implementation computes."""
    cosines = (embedded(embedder, *SENTENCES) * right(embedder, published, list(SENTENCES))).sum(axis=1)
    assert cosines.mean() > 0.995
    assert cosines.min() > 0.99


def test_what_means_the_same_is_nearer_than_what_does_not(embedder: LocalEmbedder) -> None:
    """Without a word in common."""
    question, near, far = embedded(
        embedder,
        "Is her heart failing?",
        "Reduced ejection fraction, congestive cardiac disease.",
        "He fixes bicycles.",
    )
    assert question @ near > question @ far + 0.2


@pytest.mark.skipif(not CARRIERS.exists(), reason="shared/data is not beside this checkout")
def test_nearly_the_same_notes_are_nearest_as_with_float32(
    embedder: LocalEmbedder, published: dict[str, Floats]
) -> None:
    """Of the ten nearest among 150 sentences of published notes, at least 92 in 100 are the same."""
    found = set()
    for path in sorted(CARRIERS.glob("mts_dialog_*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found |= {part for part in re.split(r"(?<=[.?!])\s+", row["section_text"]) if 40 < len(part) < 300}
    texts = random.Random(5).sample(sorted(found), 150)
    exact, ours = right(embedder, published, texts), embedded(embedder, *texts)
    assert (exact * ours).sum(axis=1).mean() > 0.99
    same = [len(set(one) & set(other)) for one, other in zip(nearest(exact), nearest(ours), strict=True)]
    assert np.mean(same) > 9.2


def nearest(rows: Vectors) -> list[list[int]]:
    """The ten nearest others of each."""
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -1)
    found: list[list[int]] = np.argsort(-likeness, axis=1)[:, :10].tolist()
    return found
