"""The same entry gives the same bytes; what is not plain JSON is refused whole."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.forms import MAX_INTEGER
from phiward.audit.leaf import canonical_leaf, decode_leaf, encode_leaf, timestamp
from phiward.domain.audit import Addendum, EntryKind, Outcome
from phiward.domain.errors import AuditUnavailableError

from .made import START, WORKER, entry

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FACTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(1.5, id="a float has more than one spelling"),
        pytest.param(float("nan"), id="NaN is no JSON"),
        pytest.param(2**53, id="a number that other readers round"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param({1: "x"}, id="a key that is no text"),
        pytest.param({"x": {1, 2}}, id="a set, deep inside, has no order"),
        pytest.param("\ud800", id="a lone surrogate is no UTF-8"),
        pytest.param(UUID(int=1), id="an object, even one that JSON libraries know"),
        pytest.param(START, id="a time must be spelled by the caller"),
    ],
)
def test_what_is_not_plain_json_is_refused_without_repeating_it(fact: object) -> None:
    """The error is the one that refuses the request, and it says nothing of the fact."""
    with pytest.raises(AuditUnavailableError) as caught:
        canonical_leaf(entry(0, facts={"fact": fact}), WORKER)
    assert str(caught.value) == "An audit entry holds what cannot be recorded."
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        (EntryKind.ADMINISTRATION, {"action": "person.praised"}, "nobody put it into the catalogue"),
        (EntryKind.ADMINISTRATION, {}, "it says not what was done"),
        (EntryKind.ADMINISTRATION, {"action": "log.opened", "shard": "2026"}, "only the log itself opens a shard"),
        (EntryKind.OUTCOME, {"outcome": "released", "words": "fine"}, "a fact that no type names"),
        (EntryKind.INTENT, {}, "an intent without its person and patients"),
        (EntryKind.LOG, {"action": "log.clock_regressed", "seconds": "an hour or so"}, "words where a count is due"),
    ],
)
def test_what_is_not_in_the_catalogue_is_not_recorded(kind: EntryKind, facts: dict[str, object], reason: str) -> None:
    """The same refusal: nothing is half-recorded."""
    with pytest.raises(AuditUnavailableError) as caught:
        encode_leaf(entry(0, kind=kind, facts=facts), WORKER)
    assert str(caught.value) == "An audit entry holds what cannot be recorded.", reason


def test_what_is_in_the_catalogue_is_the_canonical_leaf() -> None:
    """Byte for byte."""
    facts = {"action": "log.clock_regressed", "seconds": 3600, "clock": "database", "by": None}
    one = entry(0, kind=EntryKind.LOG, facts=facts)
    assert encode_leaf(one, WORKER) == canonical_leaf(one, WORKER)


def test_a_time_without_a_zone_is_refused() -> None:
    """It would mean another instant on another machine."""
    with pytest.raises(AuditUnavailableError):
        canonical_leaf(entry(0, recorded_at=datetime(2026, 1, 1)), WORKER)


def test_two_addenda_of_one_name_are_refused() -> None:
    """A name must say which ciphertext is meant."""
    with pytest.raises(AuditUnavailableError):
        canonical_leaf(entry(0, addenda=(Addendum("sent", b"a"), Addendum("sent", b"b"))), WORKER)


@pytest.mark.parametrize("leaf", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
def test_a_leaf_that_is_no_object_is_a_value_error(leaf: bytes) -> None:
    """Also one that is nested to exhaust the reader."""
    with pytest.raises(ValueError):  # noqa: PT011 - the reader's own words differ
        decode_leaf(leaf)


def test_a_leaf_reads_like_this() -> None:
    """The bytes, in full: changing them changes the hash of every log."""
    leaf = canonical_leaf(entry(0, facts={"b": Outcome.RELEASED, "a": ("é", None, True)}), WORKER)
    digest = sha256(b"sealed 0").hexdigest()
    assert leaf.decode() == (
        '{"addenda":[{"name":"sent","patient":null,"sha256":"' + digest + '"}],"at":"2026-01-01T12:00:00.000000Z",'
        '"facts":{"a":["é",null,true],"b":"released"},"format":2,"id":"00000000-0000-0000-0000-0000000003e8",'
        '"interaction":"00000000-0000-0000-0000-00000007a120","kind":"intent",'
        '"tenant":"00000000-0000-0000-0000-000000000007","worker":"00000000-0000-0000-0000-000000000008"}'
    )


def test_a_time_is_the_same_in_every_zone() -> None:
    """UTC, six digits."""
    at = datetime(2026, 3, 1, 1, 0, 0, 5, timezone(timedelta(hours=2)))
    assert timestamp(at) == "2026-02-28T23:00:00.000005Z" == timestamp(at.astimezone(UTC))


@settings(max_examples=100)
@given(FACTS)
def test_facts_come_back_and_the_bytes_are_canonical(facts: dict[str, object]) -> None:
    """Whatever order the facts were given in; a second, independent reader agrees."""
    leaf = canonical_leaf(entry(0, facts=facts), WORKER)
    assert decode_leaf(leaf)["facts"] == facts == json.loads(leaf)["facts"]
    assert canonical_leaf(entry(0, facts=dict(reversed(facts.items()))), WORKER) == leaf
    assert b"sealed" not in leaf
