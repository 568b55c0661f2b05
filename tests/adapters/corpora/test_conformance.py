"""What every engine of corpora does alike, on its real store (conftest.py says which)."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from phiward.adapters.corpora.milvus import MilvusCorpora
from phiward.adapters.corpora.open import open_corpora
from phiward.adapters.corpora.pgvector import PgvectorCorpora
from phiward.adapters.postgres.database import Database
from phiward.domain.errors import InvalidRequestError, StorageError
from phiward.domain.people import TenantId

from .conftest import Found, make_engine
from .world import DIMENSIONS, MODEL, OTHER_MODEL, World, axis, cloud, passage, towards

# Qdrant's local mode says that it has no use for what its server needs: indexes, and to be asked for exact search.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
    # Milvus Lite leaves its write-ahead files to the garbage collector, which may come during any later test.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"),
]

NAMES = [
    pytest.param("", id="none"),
    pytest.param("Guidelines", id="a capital"),
    pytest.param("1st", id="a digit first"),
    pytest.param("a" * 41, id="41 characters"),
    pytest.param("a b", id="a space"),
    pytest.param("a\n", id="a line break at the end"),
    pytest.param("a' OR '1'='1", id="SQL"),
    pytest.param('a" or tenant != "', id="a filter of Milvus"),
    pytest.param("ä", id="not ASCII"),
]


@pytest.mark.parametrize("corpus", NAMES)
async def test_a_name_that_would_need_quoting_is_no_corpus(world: World, corpus: str) -> None:
    """For any of the methods that take one."""
    one = passage(world.document)
    with pytest.raises(InvalidRequestError, match="corpus"):
        await world.keep([one], [axis(0)], corpus=corpus)
    with pytest.raises(InvalidRequestError, match="corpus"):
        await world.ask(axis(0), corpus=corpus)
    for document in (None, world.document):
        with pytest.raises(InvalidRequestError, match="corpus"):
            await world.engine.remove(world.tenant, corpus, document)


async def test_a_passage_without_a_vector_is_refused(world: World) -> None:
    """And what was there stays."""
    held = passage(world.document)
    await world.keep([held], [axis(0)])
    with pytest.raises(InvalidRequestError, match="one vector"):
        await world.keep([passage(world.document), passage(world.document, 1)], [axis(0)])
    assert await world.ids() == [held.id]


async def test_vectors_of_another_length_are_not_added(world: World) -> None:
    """To a corpus that holds some of this model; another corpus may."""
    held = passage(world.document)
    await world.keep([held], [axis(0)])
    other = uuid4()
    with pytest.raises(InvalidRequestError, match="dimensions"):
        await world.keep([passage(other)], [axis(0, 4)], document=other)
    assert await world.ids() == [held.id]
    await world.keep([passage(other)], [axis(0, 4)], document=other, corpus="formulary")
    assert len(await world.ids(axis(0, 4), corpus="formulary")) == 1


async def test_a_search_by_a_vector_of_another_length_is_refused(world: World) -> None:
    """It is a mistake, and an empty answer would hide it."""
    await world.keep([passage(world.document)], [axis(0)])
    with pytest.raises(InvalidRequestError, match="dimensions"):
        await world.ask(axis(0, 4))


@pytest.mark.parametrize("name", ["pgvector", "qdrant", "milvus"])
async def test_a_closed_engine_fails_instead_of_finding_nothing(
    name: str, registrar: Database, found: Found, tmp_path: Path
) -> None:
    """Whatever is asked of it."""
    world = World(make_engine(name, registrar, tmp_path), await found())
    await world.keep([passage(world.document)], [axis(0)])
    await world.engine.close()
    await registrar.close()
    await _fails(world)


@pytest.mark.parametrize("url", ["qdrant+http://127.0.0.1:9", "milvus+http://127.0.0.1:9"])
async def test_a_server_that_does_not_answer_fails(url: str, registrar: Database) -> None:
    """Nobody listens there."""
    engine = open_corpora(url, registrar)
    await _fails(World(engine, TenantId(uuid4())))
    await engine.close()


async def test_a_database_that_never_opened_fails() -> None:
    """The pool is closed from the beginning."""
    pool = Database("host=/nonexistent dbname=nowhere", timeout_seconds=0.1)
    await _fails(World(PgvectorCorpora(pool), TenantId(uuid4())))


async def _fails(world: World) -> None:
    for asked in (
        world.ask(axis(0)),
        world.keep([passage(world.document)], [axis(0)]),
        world.keep([], []),
        world.engine.remove(world.tenant, "guidelines", None),
        world.engine.corpora(world.tenant),
    ):
        with pytest.raises(StorageError):
            await asked


async def test_a_corpus_that_nobody_filled_is_empty(world: World) -> None:
    """Before anything was kept, and in a name that nobody used."""
    assert await world.ask(axis(0)) == []
    assert await world.engine.corpora(world.tenant) == {}
    await world.engine.remove(world.tenant, "guidelines", None)
    await world.keep([passage(world.document)], [axis(0)])
    assert await world.ask(axis(0), corpus="formulary") == []
    assert await world.ask(axis(0), model=OTHER_MODEL) == []


async def test_another_organisation_sees_nothing_of_it(world: World, found: Found) -> None:
    """Neither by a search nor in the list, though it has a corpus, a document and a passage of the same names."""
    other = world.of(await found())
    shared = uuid4()
    mine, theirs = passage(world.document, id=shared, text="Ours."), passage(world.document, id=shared, text="Theirs.")
    await world.keep([mine, passage(world.document, 1)], [axis(0), axis(1)])
    assert await other.ask(axis(0)) == []
    await other.keep([theirs], [axis(0)])
    assert [hit.passage for hit in await other.ask(axis(0))] == [theirs]
    assert (await world.ask(axis(0), limit=1))[0].passage == mine
    assert await world.engine.corpora(world.tenant) == {"guidelines": 2}
    assert await world.engine.corpora(other.tenant) == {"guidelines": 1}
    await other.engine.remove(other.tenant, "guidelines", None)
    assert len(await world.ids()) == 2


async def test_models_and_corpora_never_mix(world: World) -> None:
    """The same document may be in two of each, with the same passages."""
    one = passage(world.document)
    await world.keep([one], [axis(0)])
    await world.keep([one], [axis(1)], model=OTHER_MODEL)
    await world.keep([one], [axis(2)], corpus="formulary")
    scores = [
        (await world.ask(axis(0)))[0].score,
        (await world.ask(axis(1), model=OTHER_MODEL))[0].score,
        (await world.ask(axis(2), corpus="formulary"))[0].score,
    ]
    assert scores == pytest.approx([1, 1, 1])
    await world.keep([], [], model=OTHER_MODEL)
    assert await world.ids(model=OTHER_MODEL) == []
    assert await world.ids() == [one.id]
    assert await world.ids(corpus="formulary") == [one.id]


async def test_keeping_the_same_twice_changes_nothing(world: World) -> None:
    """Passages, order and scores stay."""
    passages = [passage(world.document, place) for place in range(3)]
    await world.keep(passages, cloud(3))
    before = await world.ask(axis(0))
    await world.keep(passages, cloud(3))
    assert await world.ask(axis(0)) == before
    assert await world.engine.corpora(world.tenant) == {"guidelines": 3}


async def test_the_same_kept_by_several_at_once_is_kept_once(world: World) -> None:
    """None removes what another has stored."""
    passages = [passage(world.document, place) for place in range(20)]
    await asyncio.gather(*(world.keep(passages, cloud(20)) for _ in range(6)))
    assert await world.engine.corpora(world.tenant) == {"guidelines": 20}


async def test_a_shorter_edition_removes_the_rest(world: World) -> None:
    """Of this document, and of no other."""
    other = uuid4()
    passages = [passage(world.document, place) for place in range(4)]
    kept = passage(other)
    await world.keep([kept], [axis(5)], document=other)
    await world.keep(passages, cloud(4))
    changed = passage(world.document, text="Changed.", id=passages[0].id)
    await world.keep([changed], [axis(0)])
    assert [hit.passage for hit in await world.ask(axis(0))] == [changed, kept]
    await world.keep([], [])
    assert await world.ids() == [kept.id]


async def test_one_document_or_all_of_a_corpus_is_removed(world: World) -> None:
    """Of every model; another corpus stays."""
    other = uuid4()
    mine, second = passage(world.document), passage(other)
    for model in (MODEL, OTHER_MODEL):
        await world.keep([mine], [axis(0)], model=model)
        await world.keep([second], [axis(1)], document=other, model=model)
    await world.keep([mine], [axis(0)], corpus="formulary")
    await world.engine.remove(world.tenant, "guidelines", world.document)
    assert [await world.ids(model=model) for model in (MODEL, OTHER_MODEL)] == [[second.id], [second.id]]
    await world.engine.remove(world.tenant, "guidelines", None)
    assert [await world.ids(model=model) for model in (MODEL, OTHER_MODEL)] == [[], []]
    assert await world.engine.corpora(world.tenant) == {"formulary": 1}


async def test_the_nearest_come_first_and_ties_by_id(world: World) -> None:
    """Two at the same angle come in the order of their ids; the score is the cosine."""
    ids = [UUID(int=number) for number in (4, 3, 2, 1)]
    angles = (0.5, 0.1, 0.5, 1.0)
    passages = [passage(world.document, place, id=one) for place, one in enumerate(ids)]
    await world.keep(passages, [towards(angle) for angle in angles])
    hits = await world.ask(axis(0))
    assert [hit.passage.id.int for hit in hits] == [3, 2, 4, 1]
    assert [hit.score for hit in hits] == pytest.approx([np.cos(angle) for angle in (0.1, 0.5, 0.5, 1.0)], abs=1e-5)


async def test_no_more_than_the_limit_are_given(world: World) -> None:
    """The nearest of them."""
    passages = [passage(world.document, place) for place in range(5)]
    await world.keep(passages, [towards(place / 5) for place in range(5)])
    assert [hit.passage for hit in await world.ask(axis(0), limit=2)] == passages[:2]


TEXTS = [
    pytest.param('It\'s "quoted" \\ and {braced} %s $1 -- ; DROP TABLE', id="quotes"),
    pytest.param("Grün, 10 µg/m², 空腹時, \U0001f48a, e\u0301", id="unicode"),
    pytest.param(" \t\n line\r\n\u2028 ", id="white space"),
    pytest.param("x" * 60_000, id="long"),
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_text_comes_back_exactly(world: World, text: str) -> None:
    """With its title, its section and its place; a model's name may hold the same."""
    title, section = text[:200], text[-200:]
    one = passage(world.document, 7, text)
    one = type(one)(one.id, one.document, one.start, one.end, text, title, section)
    model = "model 'of' \"this\" \\ kind"
    await world.keep([one], [axis(0)], model=model)
    assert [hit.passage for hit in await world.ask(axis(0), model=model)] == [one]


async def test_of_a_thousand_passages_the_ten_nearest_are_found(world: World) -> None:
    """Recall 1.000: every engine is asked for exact search. Filtered among others of the same organisation."""
    size = 32
    vectors, queries = cloud(1_000, size), cloud(20, size, seed=8)
    passages = [passage(world.document, place) for place in range(1_000)]
    await world.keep(passages, vectors)
    await world.keep(passages, cloud(1_000, size, seed=9), corpus="formulary")
    right = 0
    for query in queries:
        nearest = np.argsort(-(vectors @ query))[:10]
        hits = await world.ask(query)
        right += len({passages[number].id for number in nearest} & {hit.passage.id for hit in hits})
    assert right / 200 == 1.0
    assert await world.engine.corpora(world.tenant) == {"formulary": 1_000, "guidelines": 1_000}


async def test_what_was_kept_in_a_file_is_there_for_the_next_process(
    found: Found, tmp_path: Path, registrar: Any
) -> None:
    """Milvus Lite: closed and opened again."""
    first = World(MilvusCorpora.in_file(tmp_path / "corpora.db"), await found())
    one = passage(first.document)
    await first.keep([one], [axis(0, DIMENSIONS)])
    await first.engine.close()
    second = World(make_engine("milvus", registrar, tmp_path), first.tenant)
    assert await second.ids() == [one.id]
    await second.engine.close()
