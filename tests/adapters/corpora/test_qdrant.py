"""What is Qdrant's own: how it is asked, and what happens when it breaks off. By the client's local mode."""

from typing import Any
from uuid import uuid4

import pytest
from qdrant_client import AsyncQdrantClient

from phiward.adapters.corpora.qdrant import QdrantCorpora
from phiward.domain.errors import StorageError
from phiward.domain.people import TenantId

from .world import MODEL, World, axis, cloud, passage

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]


class Watched:
    """A local client that notes what it is asked, and fails where it is told to."""

    def __init__(self) -> None:
        self.inner = AsyncQdrantClient(location=":memory:")
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.failing: str | None = None

    def __getattr__(self, name: str) -> Any:
        async def ask(*given: Any, **named: Any) -> Any:
            self.asked.append((name, given, named))
            if name == self.failing:
                raise RuntimeError("It broke off.")
            return await getattr(self.inner, name)(*given, **named)

        return ask

    def calls(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """How a method was called."""
        return [(given, named) for asked, given, named in self.asked if asked == name]


@pytest.fixture
def client() -> Watched:
    """A local client of this test."""
    return Watched()


@pytest.fixture
def world(client: Watched) -> World:
    """An organisation with it."""
    return World(QdrantCorpora(client), TenantId(uuid4()))  # type: ignore[arg-type]


async def test_a_replacement_that_breaks_off_is_made_whole_by_repeating_it(world: World, client: Watched) -> None:
    """The new passages are there, the old ones still; the second time they go."""
    old, new = passage(world.document), passage(world.document, 1)
    await world.keep([old], [axis(0)])
    client.failing = "delete"
    with pytest.raises(StorageError):
        await world.keep([new], [axis(0)])
    assert set(await world.ids()) == {old.id, new.id}
    client.failing = None
    await world.keep([new], [axis(0)])
    assert await world.ids() == [new.id]


@pytest.mark.parametrize("method", ["collection_exists", "query_points", "get_collections"])
async def test_a_failure_in_any_step_of_a_search_is_no_empty_answer(world: World, client: Watched, method: str) -> None:
    """Also in the one that asks whether the length of the vector is right."""
    client.failing = method
    if method == "query_points":
        await world.keep([passage(world.document)], [axis(0)])
    with pytest.raises(StorageError):
        await world.ask(axis(0))


async def test_a_row_that_phiward_did_not_write_fails(world: World, client: Watched) -> None:
    """What lacks a text or an id cannot be quoted."""
    from qdrant_client import models

    from phiward.adapters.corpora.rows import collection_of

    await world.keep([passage(world.document)], [axis(0)])
    payload = {"tenant": str(world.tenant), "corpus": "guidelines"}
    point = models.PointStruct(id=str(uuid4()), vector=axis(1).tolist(), payload=payload)
    await client.inner.upsert(collection_of(MODEL, 8), [point])
    with pytest.raises(StorageError):
        await world.ask(axis(0))


async def test_a_search_is_exact_and_filtered(world: World, client: Watched) -> None:
    """By organisation and corpus, both."""
    await world.keep([passage(world.document)], [axis(0)])
    await world.ask(axis(0))
    ((_, named),) = client.calls("query_points")
    assert named["search_params"].exact is True
    assert {one.key: one.match.value for one in named["query_filter"].must} == {
        "tenant": str(world.tenant),
        "corpus": "guidelines",
    }


async def test_a_collection_is_made_once_with_its_indexes(world: World, client: Watched) -> None:
    """The organisation's is marked as such, so that Qdrant keeps its rows together."""
    for _ in range(2):
        await world.keep([passage(world.document)], [axis(0)])
    assert len(client.calls("create_collection")) == 1
    indexes = {given[1]: given[2].is_tenant for given, _ in client.calls("create_payload_index")}
    assert indexes == {"tenant": True, "corpus": None, "document": None, "revision": None}


async def test_a_collection_that_another_process_made_meanwhile_is_used(world: World, client: Watched) -> None:
    """Two import at once, and the second finds it made."""
    other = World(QdrantCorpora(client), TenantId(uuid4()))  # type: ignore[arg-type]
    await other.keep([passage(other.document)], [axis(0)])
    exists, client.inner.collection_exists = client.inner.collection_exists, _once_false(client)  # type: ignore[method-assign]
    await world.keep([passage(world.document)], [axis(0)])
    assert len(client.calls("create_collection")) == 2
    client.inner.collection_exists = exists  # type: ignore[method-assign]
    assert len(await world.ids()) == 1


def _once_false(client: Watched) -> Any:
    real, answers = client.inner.collection_exists, [False]

    async def exists(name: str) -> bool:
        return answers.pop() if answers else await real(name)

    return exists


async def test_many_passages_go_in_pieces(world: World, client: Watched) -> None:
    """None larger than a request may be."""
    await world.keep([passage(world.document, place) for place in range(600)], cloud(600))
    assert [len(given[1]) for given, _ in client.calls("upsert")] == [256, 256, 88]
    assert await world.engine.corpora(world.tenant) == {"guidelines": 600}
