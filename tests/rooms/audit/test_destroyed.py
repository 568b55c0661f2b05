"""Which destructions have a record that counts, and what differs from what is so."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from phiward.audit.destroyed import recorded
from phiward.domain.audit import StoredEntry

FACTS = {"action": "log.shard_destroyed", "shard": "2016", "size": 9}


def entry(facts: Any, *, kind: str = "log", shard: str | None = "2026", index: int | None = 4) -> StoredEntry:
    """A stored entry."""
    return StoredEntry(UUID(int=1), UUID(int=2), kind, orjson.dumps({"facts": facts}), index, shard=shard)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (entry(FACTS, index=None), "not numbered"),
        (entry(FACTS, shard=None), "in no shard"),
        (entry(FACTS, shard="2016"), "in the shard itself"),
        (entry(FACTS, shard="2015.7"), "in an earlier one"),
        (entry(FACTS, shard=""), "before there were shards"),
        (entry(FACTS, kind="administration"), "not what the log says of itself"),
        (entry({**FACTS, "action": "log.opened"}), "another action"),
        (entry({**FACTS, "shard": "../2016"}), "no name of a shard"),
        (entry({"action": "log.shard_destroyed"}), "no shard is named"),
        (entry([]), "no facts"),
        (StoredEntry(UUID(int=1), UUID(int=2), "log", b"\xff", 4, shard="2026"), "not readable"),
    ],
)
def test_what_is_no_record_of_a_destruction_counts_for_nothing(one: StoredEntry, reason: str) -> None:
    """A table of cases."""
    assert recorded([one]) == {}, reason


def test_a_record_says_where_it_stands_and_the_first_counts() -> None:
    """In any later shard."""
    (found,) = recorded([entry(FACTS), entry({**FACTS, "size": 1}, index=5)]).values()
    assert (found.destroyed, found.size, found.shard, found.index) == ("2016", 9, "2026", 4)
    assert "2016" in recorded([entry(FACTS, shard="2016.2")])


def test_the_record_of_an_earlier_destruction_is_carried_on() -> None:
    """The shard that held it may go too; what is no name of an earlier shard is not believed."""
    told = {"action": "log.shard_destroyed", "shard": "2026", "size": 5, "earlier": [{"shard": "2016", "size": 9}]}
    found = recorded([entry(told, shard="2034")])
    assert (found["2016"].size, found["2016"].shard, found["2026"].size) == (9, "2034", 5)
    assert recorded([entry({**told, "earlier": [{"shard": "2040", "size": 1}]}, shard="2034")]).keys() == {"2026"}
