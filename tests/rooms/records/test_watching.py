"""What is new in a watched place, what has come to rest, and what is gone."""

import hashlib
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.watching import (
    Changes,
    Item,
    Listing,
    Seen,
    Trace,
    compare,
    content_of,
    forgotten,
    is_hidden,
    taken,
)

NOTHING: Seen = MappingProxyType({})


def digest(text: str) -> str:
    """Stands in for the keyed digest."""
    return hashlib.sha256(text.encode()).hexdigest()


def look(seen: Seen, *items: Item) -> Changes:
    """One look."""
    return compare(seen, items, digest)


NOTE = Item("Zebedee Quillfeather.pdf", 10, "1")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("../../x", id="climbs"),
        pytest.param("a/../x", id="climbs later"),
        pytest.param("/etc/passwd", id="absolute"),
        pytest.param("a//x", id="an empty step"),
        pytest.param("a/", id="a folder"),
        pytest.param("./x", id="a dot"),
        pytest.param("a\\..\\x", id="climbs on another system"),
        pytest.param("a\0x", id="a NUL, which separates"),
        pytest.param("a\nx", id="a line end"),
        pytest.param("a\udcffx", id="no character"),
        pytest.param("", id="empty"),
    ],
)
def test_an_item_whose_name_is_no_plain_path_cannot_be_made(key: str) -> None:
    """And the error does not repeat it."""
    with pytest.raises(ImportFailedError) as failed:
        Item(key, 1, "1")
    assert str(failed.value) == "An item of the watched place has a name that is not a plain relative path."


def test_names_are_never_printed() -> None:
    """Neither alone nor in what holds them."""
    for each in (NOTE, Listing((NOTE,)), look(look(NOTHING, NOTE).seen, NOTE)):
        assert "Zebedee" not in repr(each)


def test_an_item_that_has_just_come_waits() -> None:
    """It may be half written."""
    first = look(NOTHING, NOTE)
    assert (first.ready, first.waiting, first.removed) == ((), 1, ())


@pytest.mark.parametrize("change", [Item(NOTE.key, 11, "1"), Item(NOTE.key, 10, "2")], ids=["its size", "its version"])
def test_an_item_that_still_changes_waits(change: Item) -> None:
    """By its size or by its version."""
    second = look(look(NOTHING, NOTE).seen, change)
    assert (second.ready, second.waiting) == ((), 1)
    assert look(second.seen, change).ready == (change,)


def test_an_item_at_rest_is_ready_until_it_is_taken() -> None:
    """A run that dies between finds it again."""
    second = look(look(NOTHING, NOTE).seen, NOTE)
    assert second.ready == look(second.seen, NOTE).ready == (NOTE,)
    third = look(taken(second.seen, NOTE, digest), NOTE)
    assert (third.ready, third.waiting) == ((), 0)


def test_a_taken_item_that_changes_is_taken_again() -> None:
    """Once it has come to rest."""
    seen = taken(NOTHING, NOTE, digest)
    newer = Item(NOTE.key, 12, "2")
    once = look(seen, newer)
    assert (once.ready, once.waiting, once.removed) == ((), 1, ())
    assert look(once.seen, newer).ready == (newer,)


def test_a_taken_item_that_is_gone_is_said_until_it_is_forgotten() -> None:
    """By the digest of its key."""
    gone = look(taken(NOTHING, NOTE, digest))
    assert gone.removed == look(gone.seen).removed == (digest(NOTE.key),)
    assert look(forgotten(gone.seen, digest(NOTE.key))).removed == ()


def test_an_item_that_comes_back_is_no_removal() -> None:
    """Unchanged, nothing is to be done."""
    gone = look(taken(NOTHING, NOTE, digest))
    back = look(gone.seen, NOTE)
    assert (back.ready, back.waiting, back.removed) == ((), 0, ())


def test_an_item_that_went_before_it_was_taken_leaves_no_trace() -> None:
    """Nobody imported it."""
    gone = look(look(NOTHING, NOTE).seen)
    assert (gone.removed, dict(gone.seen)) == ((), {})


def test_what_is_kept_are_digests() -> None:
    """Of the key, and of key, size and version together."""
    seen = look(NOTHING, NOTE).seen
    assert dict(seen) == {digest(NOTE.key): Trace(content_of(NOTE, digest))}
    assert content_of(NOTE, digest) != content_of(Item(NOTE.key, 1, "01"), digest)


def test_hidden_names_begin_with_a_dot_at_any_step() -> None:
    """As half-copied files do."""
    assert [is_hidden(key) for key in (".a", "a/.b", ".a/b", "a.b/c.d")] == [True, True, True, False]


NAMES = st.sampled_from(["a", "b", "c/d"])
LOOKS = st.lists(st.dictionaries(NAMES, st.tuples(st.integers(0, 2), st.sampled_from("12"))), max_size=6)


@given(LOOKS)
def test_what_rests_is_ready_and_nothing_else_is(looks: list[dict[str, tuple[int, str]]]) -> None:
    """Whatever came and went before: equal in the last two looks, and only then."""
    seen, before = NOTHING, {}
    for now in looks:
        changes = look(seen, *(Item(key, size, version) for key, (size, version) in now.items()))
        assert {item.key for item in changes.ready} == {key for key in now if before.get(key) == now[key]}
        assert changes.waiting + len(changes.ready) == len(now)
        seen, before = changes.seen, now
