"""The signer with a memory: it signs what extends its last checkpoint, whatever the database says."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.checkpoint import parse_checkpoint
from phiward.audit.guarded import GuardedSigner, RefusedToSignError, Signed, Why, opened
from phiward.audit.merkle import Frontier, leaf_hash, root_hash
from phiward.audit.ports import Growth
from phiward.domain.audit import TreeHead
from phiward.domain.errors import SignerUnavailableError

from .made import SIGNER, THIEF

HASHES = [sha256(bytes([number])).digest() for number in range(60)]
OTHERS = [sha256(bytes([number, 1])).digest() for number in range(60)]


class InMemory:
    """A memory that may be full."""

    def __init__(self, head: Signed | None = None) -> None:
        self.head, self.full, self.kept = head, False, 0

    def last(self) -> Signed | None:
        """What was kept."""
        return self.head

    def keep(self, head: Signed) -> None:
        """Unless it is full."""
        if self.full:
            raise SignerUnavailableError("Full.")
        self.head = head
        self.kept += 1


def growth(start: int, end: int, shard: str = "", hashes: list[bytes] = HASHES) -> Growth:
    """From one size to another."""
    before = Frontier()
    before.extend(hashes[:start])
    return Growth(shard, TreeHead(start, before.subtrees, shard), tuple(hashes[start:end]))


def leaf(shard: str, previous: bytes | None, lost: bytes | None = None, **other: Any) -> bytes:
    """The entry that opens a shard."""
    facts = {
        "action": "log.opened", "shard": shard,
        "previous": previous.decode() if previous else None, "lost": lost.decode() if lost else None,
    }  # fmt: skip
    return orjson.dumps({"kind": "log", "facts": facts, **other})


def opening(shard: str, first: bytes, more: int = 2) -> Growth:
    """A shard with its first leaf and some hashes behind it."""
    return Growth(shard, TreeHead(0, (), shard), (leaf_hash(first), *HASHES[:more]), first)


def head(size: int, shard: str = "", hashes: list[bytes] = HASHES) -> Signed:
    """What was signed."""
    return Signed(shard, size, root_hash(hashes[:size]))


def note(size: int, shard: str = "", hashes: list[bytes] = HASHES) -> bytes:
    """A checkpoint that was signed."""
    return SIGNER.checkpoint(size, root_hash(hashes[:size]), shard)


LAST = note(9)
FIRST = leaf("2026", LAST)
STOLEN = THIEF.checkpoint(9, head(9).root)
ANOTHER = leaf("2026", LAST, more=1)
REFUSED = [
    ("a rewind", Why.BEHIND, growth(4, 6)),
    ("a rewind that comes near", Why.BEHIND, growth(4, 8)),
    ("a fork of the same size", Why.FORK, growth(8, 9, hashes=OTHERS)),
    ("a fork that goes on", Why.FORK, growth(9, 12, hashes=OTHERS)),
    ("a fork from before that goes on", Why.FORK, growth(0, 20, hashes=[*HASHES[:8], *OTHERS])),
    ("entries that were never signed", Why.FORK, growth(10, 12)),
    ("no entries", Why.BROKEN, replace(growth(9, 10), hashes=())),
    ("hashes too short", Why.BROKEN, replace(growth(9, 10), hashes=(b"x",))),
    ("a head that is no tree", Why.BROKEN, replace(growth(9, 10), before=TreeHead(9, ()))),
    ("a negative size", Why.BROKEN, replace(growth(9, 10), before=TreeHead(-1, ()))),
    ("a shard of no name of ours", Why.BROKEN, replace(growth(9, 10), shard="next")),
    ("a first leaf in the middle", Why.BROKEN, replace(growth(9, 10), first_leaf=FIRST)),
    ("a shard that does not begin", Why.NOT_NAMED, growth(9, 10, "2026")),
    ("a shard without its first leaf", Why.NOT_NAMED, growth(0, 3, "2026")),
    ("another first leaf than is hashed", Why.BROKEN, replace(opening("2026", FIRST), first_leaf=ANOTHER)),
    ("a shard that names nothing", Why.NOT_NAMED, opening("2026", leaf("2026", None))),
    ("one that names an older checkpoint", Why.NOT_NAMED, opening("2026", leaf("2026", note(8)))),
    ("one that names a fork", Why.NOT_NAMED, opening("2026", leaf("2026", note(9, hashes=OTHERS)))),
    ("one that names the same of another shard", Why.NOT_NAMED, opening("2026", leaf("2026", note(9, "2025")))),
    ("one that names what another key signed", Why.NOT_NAMED, opening("2026", leaf("2026", STOLEN))),
    ("one that lost what another key signed", Why.NOT_NAMED, opening("2026", leaf("2026", LAST, STOLEN))),
    ("one that names no note", Why.NOT_NAMED, opening("2026", leaf("2026", b"nothing"))),
    ("one that calls itself another", Why.NOT_NAMED, opening("2026", leaf("2027", LAST))),
    ("one that opens with another entry", Why.NOT_NAMED, opening("2026", leaf("2026", LAST, kind="outcome"))),
    ("one that opens with no object", Why.NOT_NAMED, opening("2026", b"[]")),
    ("one that opens with facts that are none", Why.NOT_NAMED, opening("2026", leaf("2026", LAST, facts=[]))),
    ("one that opens with no JSON", Why.NOT_NAMED, opening("2026", b"\xff")),
]  # fmt: skip


@pytest.mark.parametrize(("why", "asked"), [pytest.param(why, one, id=name) for name, why, one in REFUSED])
def test_what_does_not_extend_is_not_signed(why: Why, asked: Growth) -> None:
    """And the memory stays as it is."""
    memory = InMemory(head(9))
    with pytest.raises(RefusedToSignError) as raised:
        GuardedSigner(SIGNER, memory).sign(asked)
    assert raised.value.why is why
    assert (memory.head, memory.kept) == (head(9), 0)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(opening("2025.2", leaf("2025.2", note(9, "2026"))), id="an earlier shard"),
        pytest.param(growth(9, 12), id="the log as it was without shards"),
    ],
)
def test_no_earlier_shard_is_signed(asked: Growth) -> None:
    """Also when it names the last checkpoint: a restore opens a later one."""
    with pytest.raises(RefusedToSignError) as raised:
        GuardedSigner(SIGNER, InMemory(head(9, "2026"))).sign(asked)
    assert raised.value.why is Why.EARLIER


def test_the_same_shard_is_not_opened_again() -> None:
    """A shard that was signed does not begin anew, even if it names what it had come to."""
    first = leaf("2026", None, note(9, "2026"))
    with pytest.raises(RefusedToSignError) as raised:
        GuardedSigner(SIGNER, InMemory(head(9, "2026"))).sign(opening("2026", first, 20))
    assert raised.value.why is Why.FORK


def test_no_signature_is_given_that_was_not_kept_before() -> None:
    """Nothing is signed, and the old memory still counts."""
    memory = InMemory(head(9))
    memory.full = True
    with pytest.raises(SignerUnavailableError):
        GuardedSigner(SIGNER, memory).sign(growth(9, 12))
    memory.full = False
    assert GuardedSigner(SIGNER, memory).sign(growth(9, 12, hashes=[*HASHES[:9], *OTHERS]))


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(growth(9, 12), id="the next entries"),
        pytest.param(growth(4, 12), id="from an older head, past the last one"),
        pytest.param(growth(0, 9), id="the same, from its beginning"),
    ],
)
def test_what_passes_through_the_last_head_is_signed(asked: Growth) -> None:
    """Whoever died after a signature asks again, with more behind it or not."""
    size = asked.before.size + len(asked.hashes)
    assert GuardedSigner(SIGNER, InMemory(head(9))).sign(asked) == note(size)


@pytest.mark.parametrize(
    ("before", "first"),
    [
        pytest.param(head(9), leaf("2026", LAST), id="after the log without shards"),
        pytest.param(head(9, "2025"), leaf("2026", note(9, "2025")), id="after another shard"),
        pytest.param(head(9, "2025"), leaf("2026", note(4, "2025"), note(9, "2025")), id="after a restore"),
        pytest.param(head(9, "2025"), leaf("2026", None, note(9, "2025")), id="after the loss of everything"),
        pytest.param(None, leaf("2026", None), id="the first of all"),
    ],
)
def test_a_shard_that_names_the_last_checkpoint_is_opened(before: Signed | None, first: bytes) -> None:
    """As its predecessor, or as what a restore lost."""
    memory = InMemory(before)
    signer = GuardedSigner(SIGNER, memory)
    asked = opening("2026", first)
    signed = signer.sign(asked)
    checkpoint = parse_checkpoint(SIGNER.verifier.named(f"{SIGNER.name}/2026").open(signed))
    assert (checkpoint.size, checkpoint.root) == (3, root_hash(asked.hashes))
    assert memory.head == Signed("2026", 3, checkpoint.root)
    assert signer.sign(asked) == signed


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(growth(3, 5), id="a log that has grown already"),
        pytest.param(growth(0, 5, "2026"), id="a shard without its first leaf"),
        pytest.param(opening("2026", leaf("2026", LAST)), id="a shard with a predecessor"),
        pytest.param(opening("2026", leaf("2026", None, LAST)), id="a shard after a loss"),
    ],
)
def test_an_empty_memory_signs_the_beginning_of_a_log_alone(asked: Growth) -> None:
    """For everything else somebody says where to go on."""
    with pytest.raises(RefusedToSignError):
        GuardedSigner(SIGNER, InMemory()).sign(asked)


def test_a_log_without_shards_begins_with_any_entry() -> None:
    """As it was before there were shards."""
    assert GuardedSigner(SIGNER, InMemory()).sign(growth(0, 5)) == note(5)


def test_what_was_signed_last_can_be_asked_for() -> None:
    """The same bytes; after a restore it is named as lost."""
    assert GuardedSigner(SIGNER, InMemory()).last() is None
    assert GuardedSigner(SIGNER, InMemory(head(9))).last() == LAST
    assert GuardedSigner(SIGNER, InMemory(head(9, "2026"))).last() == note(9, "2026")


@given(steps=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15), st.booleans()), max_size=12))
def test_all_that_was_ever_signed_is_one_history(steps: list[tuple[int, int, bool]]) -> None:
    """Whoever asks for whatever: every signed checkpoint is a prefix of the last."""
    memory = InMemory()
    signer = GuardedSigner(SIGNER, memory)
    signed: list[Signed] = []
    mixed = [HASHES, OTHERS]
    for start, count, other in steps:
        asked = growth(start, start + count, hashes=mixed[other])
        try:
            signed.append(opened(signer.sign(asked), SIGNER.verifier))
        except RefusedToSignError:
            continue
        assert signed[-1] == memory.head
    story = [one for one in mixed if all(root_hash(one[: s.size]) == s.root for s in signed)]
    assert story
    assert [one.size for one in signed] == sorted(one.size for one in signed)


@pytest.mark.parametrize("why", Why)
def test_every_refusal_says_why(why: Why) -> None:
    """In words of its own."""
    assert str(RefusedToSignError(why)) == why.message
    assert why.message.endswith(".")
