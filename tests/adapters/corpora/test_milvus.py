"""What is Milvus's own: how it is asked, and what happens when it breaks off. With Milvus Lite in this process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.corpora.milvus import MilvusCorpora
from phiward.adapters.corpora.rows import collection_of
from phiward.domain.errors import StorageError
from phiward.domain.people import TenantId

from .world import MODEL, OTHER_MODEL, World, axis, cloud, passage


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An organisation with an engine of its own."""
    engine = MilvusCorpora.in_file(tmp_path / "corpora.db")
    yield World(engine, TenantId(uuid4()))
    await engine.close()


def broken(*_: Any, **__: Any) -> Any:
    """A call that fails as the client does."""
    from pymilvus.exceptions import MilvusException

    raise MilvusException(message="It broke off.")


def client(world: World) -> Any:
    """The client that the engine made."""
    assert isinstance(world.engine, MilvusCorpora)
    return world.engine._client()


async def test_a_replacement_that_breaks_off_is_made_whole_by_repeating_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new passages are there, the old ones still; the second time they go."""
    old, new = passage(world.document), passage(world.document, 1)
    await world.keep([old], [axis(0)])
    with monkeypatch.context() as patch:
        patch.setattr(client(world), "delete", broken)
        with pytest.raises(StorageError):
            await world.keep([new], [axis(0)])
    assert set(await world.ids()) == {old.id, new.id}
    await world.keep([new], [axis(0)])
    assert await world.ids() == [new.id]


@pytest.mark.parametrize("method", ["list_collections", "load_collection", "search"])
async def test_a_failure_in_any_step_of_a_search_is_no_empty_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Of a process that comes after the one that stored."""
    await world.keep([passage(world.document)], [axis(0)])
    assert isinstance(world.engine, MilvusCorpora)
    world.engine._known.clear()
    monkeypatch.setattr(client(world), method, broken)
    with pytest.raises(StorageError):
        await world.ask(axis(0))


async def test_a_collection_is_flat_and_of_strong_consistency(world: World) -> None:
    """Exact search, which sees what was stored before; rows of an organisation lie together."""
    await world.keep([passage(world.document)], [axis(0)])
    name = collection_of(MODEL, 8)
    described = client(world).describe_collection(name)
    assert described["consistency_level_name"] == "Strong"
    assert [field["name"] for field in described["fields"] if field.get("is_partition_key")] == ["tenant"]
    assert client(world).describe_index(name, "vector")["index_type"] == "FLAT"


async def test_many_passages_go_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """None larger than a request may be."""
    sizes: list[int] = []
    real = client(world).upsert

    def upsert(name: str, rows: list[Any], **named: Any) -> Any:
        sizes.append(len(rows))
        return real(name, rows, **named)

    monkeypatch.setattr(client(world), "upsert", upsert)
    await world.keep([passage(world.document, place) for place in range(600)], cloud(600))
    assert sizes == [256, 256, 88]


async def test_the_list_names_every_corpus_with_the_most_of_any_model(world: World) -> None:
    """Milvus counts no groups, so they are found one after the other."""
    for number, corpus in enumerate(("a", "b", "c"), start=1):
        await world.keep([passage(world.document, place) for place in range(number)], cloud(number), corpus=corpus)
    await world.keep([passage(world.document)], [axis(0)], corpus="c", model=OTHER_MODEL)
    assert await world.engine.corpora(world.tenant) == {"a": 1, "b": 2, "c": 3}
