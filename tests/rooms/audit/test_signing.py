"""What the log and its signer say to each other."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.guarded import RefusedToSignError, Why
from phiward.audit.ports import Growth
from phiward.audit.signing import (
    Asked,
    decode_answer,
    decode_request,
    encode_note,
    encode_refusal,
    encode_request,
    encode_unavailable,
)
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError, SignerUnavailableError

GROWTH = Growth("2026", TreeHead(1, (b"x" * 32,), "2026"), (b"y" * 32,), b"leaf")
WHOLE = orjson.loads(encode_request(Asked("log.example", GROWTH)))
GARBAGE = [
    ("nothing", b""),
    ("no JSON", b"hello\n"),
    ("no object", b"[1]\n"),
    ("a number", b"7\n"),
    ("no log", orjson.dumps({"growth": None})),
    ("a log that is no text", orjson.dumps({"log": 7, "growth": None})),
    ("no growth", orjson.dumps({"log": "log.example"})),
    ("a growth that is no object", orjson.dumps({"log": "log.example", "growth": "more"})),
    *(
        (f"no {name}", orjson.dumps({**WHOLE, "growth": {k: v for k, v in WHOLE["growth"].items() if k != name}}))
        for name in WHOLE["growth"]
    ),
    *(
        (f"{name}: {wrong!r}", orjson.dumps({**WHOLE, "growth": {**WHOLE["growth"], name: wrong}}))
        for name, wrong in [
            ("shard", 7), ("size", "1"), ("size", 1.5), ("size", True), ("size", None), ("frontier", "AAAA"),
            ("frontier", [7]), ("frontier", ["!"]), ("hashes", {}), ("hashes", ["AAA"]), ("hashes", ["é"]),
            ("first_leaf", 7), ("first_leaf", "!"),
        ]
    ),
    ("deep", b"[" * 100_000),
]  # fmt: skip


@pytest.mark.parametrize("line", [pytest.param(line, id=name) for name, line in GARBAGE])
def test_a_request_that_cannot_be_read_is_refused(line: bytes) -> None:
    """By one error."""
    with pytest.raises(AuditIntegrityError):
        decode_request(line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="no JSON"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"7", id="a number"),
        pytest.param(b'{"refused":"because"}', id="a reason that we do not know"),
        pytest.param(encode_unavailable(), id="it says so"),
    ],
)
def test_an_answer_that_is_none_is_an_unavailable_signer(line: bytes) -> None:
    """Nothing is believed that cannot be read."""
    with pytest.raises(SignerUnavailableError):
        decode_answer(line)


@pytest.mark.parametrize("why", Why)
def test_a_refusal_says_the_same_at_the_other_end(why: Why) -> None:
    """Every code."""
    with pytest.raises(RefusedToSignError) as raised:
        decode_answer(encode_refusal(why))
    assert raised.value.why is why


def test_a_note_and_no_note_are_answers() -> None:
    """The second where nothing was signed yet."""
    assert decode_answer(encode_note("text\n\n— x\n".encode())) == "text\n\n— x\n".encode()
    assert decode_answer(encode_note(None)) is None


HASH = st.binary(max_size=40)


@given(
    st.builds(
        Growth,
        st.text(st.characters(codec="utf-8"), max_size=9),
        st.builds(TreeHead, st.integers(-5, 2**60), st.lists(HASH, max_size=5).map(tuple)),
        st.lists(HASH, max_size=5).map(tuple),
        st.none() | st.binary(max_size=99),
    )
)
def test_a_request_is_read_as_it_was_written(growth: Growth) -> None:
    """Also one that will be refused; the shard stands in it once."""
    read = decode_request(encode_request(Asked("log.example", growth)))
    assert read.log == "log.example"
    assert read.growth is not None
    assert (read.growth.shard, read.growth.before.shard) == (growth.shard, growth.shard)
    assert (read.growth.before.size, read.growth.before.frontier) == (growth.before.size, growth.before.frontier)
    assert (read.growth.hashes, read.growth.first_leaf) == (growth.hashes, growth.first_leaf)


def test_a_request_is_one_line() -> None:
    """Whatever the leaf holds."""
    line = encode_request(Asked("log.example", Growth("", TreeHead(0, ()), (b"\n" * 32,), b"\n\n")))
    assert line.count(b"\n") == 1
    assert decode_request(encode_request(Asked("log.example", None))) == Asked("log.example", None)
