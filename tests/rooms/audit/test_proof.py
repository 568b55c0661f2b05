"""A proof holds only as it was made: for that entry, at that index, under that key, of that log."""

import base64

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.leaf import encode_leaf
from phiward.audit.merkle import inclusion_proof, leaf_hash, root_hash
from phiward.audit.note import Verifier, sign
from phiward.audit.proof import MAX_PROOF_BYTES, CheckedProof, check_proof, make_proof, open_checkpoint
from phiward.audit.signer import Signer
from phiward.domain.errors import AuditIntegrityError

from .made import SIGNER, WORKER, entry

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = SIGNER.name
LEAVES = [encode_leaf(entry(number), WORKER) for number in range(11)]
HASHES = [leaf_hash(one) for one in LEAVES]
INDEX = 6


def note(origin: str = f"{LOG}/2026", size: int = 11, name: str | None = None) -> bytes:
    """A checkpoint over the first `size` leaves, signed by the log's key under `name`, else its origin."""
    return sign(name or origin, KEY, Checkpoint(origin, size, root_hash(HASHES[:size])).text())


def proof(index: int = INDEX, size: int = 11, leaf: bytes | None = None, signed: bytes | None = None) -> bytes:
    """Of an entry in that tree."""
    steps = inclusion_proof(HASHES[:size], index)
    return make_proof(index, steps, signed or note(size=size), LEAVES[index] if leaf is None else leaf)


GOOD = proof()


def altered(old: bytes, new: bytes) -> bytes:
    """The good proof with one place changed."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def stray_bits(line: bytes) -> bytes:
    """Another base64 of the same bytes: the last digit before the padding carries bits that count for nothing."""
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert line.endswith(b"=")
    place = len(line.rstrip(b"=")) - 1
    other = line[:place] + digits[digits.index(line[place : place + 1]) ^ 1 :][:1] + line[place + 1 :]
    assert base64.b64decode(other) == base64.b64decode(line)
    return other


EXTRA = GOOD.split(b"\n")[1]
STEP = GOOD.split(b"\n")[3]
OTHER = LEAVES[INDEX].replace(b'"number":6', b'"number":7')


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"", id="empty"),
        pytest.param(altered(b"@v1", b"@v2"), id="another version"),
        pytest.param(b"\n" + GOOD, id="a line before the first"),
        pytest.param(GOOD.replace(b"\n", b"\r\n"), id="lines of another system"),
        pytest.param(altered(EXTRA + b"\n", b""), id="no entry in it"),
        pytest.param(altered(EXTRA, EXTRA + b"\n" + EXTRA), id="two entries"),
        pytest.param(altered(EXTRA, EXTRA + b" "), id="a space behind the entry"),
        pytest.param(altered(b"extra ", b"extra *"), id="the entry is not base64"),
        pytest.param(altered(b"index 6", b"index 06"), id="a leading zero"),
        pytest.param(altered(b"index 6", b"index +6"), id="a sign"),
        pytest.param(altered(b"index 6", b"index -1"), id="a negative index"),
        pytest.param(altered(b"index 6", b"index \xd9\xa6"), id="a digit of another script"),
        pytest.param(altered(b"index 6", b"index 7"), id="another index"),
        pytest.param(altered(b"index 6", b"index 11"), id="an index beyond the tree"),
        pytest.param(altered(b"index 6\n", b""), id="no index"),
        pytest.param(altered(STEP, base64.b64encode(bytes(32))), id="another hash"),
        pytest.param(altered(STEP + b"\n", b""), id="a hash less"),
        pytest.param(altered(STEP, STEP + b"\n" + STEP), id="a hash more"),
        pytest.param(altered(STEP, base64.b64encode(bytes(31))), id="a short hash"),
        pytest.param(altered(STEP, stray_bits(STEP)), id="stray bits in a hash"),
        pytest.param(altered(STEP, b"\n".join([STEP] * 64)), id="more hashes than any tree has"),
        pytest.param(altered(b"\n\n", b"\n"), id="no empty line"),
        pytest.param(altered(b"\n\n", b"\n\n\n"), id="two empty lines"),
        pytest.param(GOOD[:-1], id="cut by a byte"),
        pytest.param(GOOD[: GOOD.index(b"\n\n") + 2], id="no checkpoint"),
        pytest.param(GOOD + b"more\n", id="something behind it"),
        pytest.param(GOOD + b"\n" * MAX_PROOF_BYTES, id="larger than any proof"),
        pytest.param(altered(b"/2026\n11", b"/2026\n10"), id="another size"),
        pytest.param(altered(b"/2026\n11", b"/2027\n11"), id="another shard"),
        pytest.param(proof(leaf=OTHER), id="another entry"),
        pytest.param(proof(leaf=LEAVES[INDEX] + b" "), id="the entry with a space behind it"),
        pytest.param(proof(signed=note(size=10)), id="a checkpoint of another size"),
    ],
)
def test_what_is_malformed_or_altered_is_refused(bad: bytes) -> None:
    """With the error of the house, and nothing of the entry in its words."""
    with pytest.raises(AuditIntegrityError) as refused:
        check_proof(bad, SIGNER.verifier)
    assert "patients" not in str(refused.value)


def test_stray_bits_in_the_entry_are_refused() -> None:
    """A leaf whose base64 has padding, in another base64 of the same bytes."""
    leaf = encode_leaf(entry(0, facts={"pad": "ab"}), WORKER)
    while len(leaf) % 3 == 0:
        leaf = encode_leaf(entry(0, facts={"pad": "abc"}), WORKER)
    signed = sign(f"{LOG}/2026", KEY, Checkpoint(f"{LOG}/2026", 1, leaf_hash(leaf)).text())
    good = make_proof(0, [], signed, leaf)
    assert check_proof(good, SIGNER.verifier).size == 1
    line = base64.b64encode(leaf)
    with pytest.raises(AuditIntegrityError):
        check_proof(good.replace(line, stray_bits(line)), SIGNER.verifier)


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        pytest.param("other.example/audit/2026", None, id="another log"),
        pytest.param(f"{LOG}x/2026", None, id="a log whose name begins with ours"),
        pytest.param(f"{LOG}/", None, id="an empty shard"),
        pytest.param(f"{LOG}/2026/2", None, id="below a shard"),
        pytest.param(f"{LOG}/latest", None, id="no name of a shard"),
        pytest.param(f"{LOG}/2026", LOG, id="signed under the log's name, not the shard's"),
        pytest.param(f"{LOG}/2026", f"{LOG}/2027", id="signed under another shard's name"),
        pytest.param(LOG, f"{LOG}/2026", id="the log's origin under a shard's name"),
    ],
)
def test_a_checkpoint_of_another_log_or_name_is_refused(origin: str, name: str | None) -> None:
    """Though our key signed it."""
    with pytest.raises(AuditIntegrityError):
        check_proof(proof(signed=note(origin, name=name)), SIGNER.verifier)


def test_another_key_of_the_same_name_is_refused() -> None:
    """Names prove nothing."""
    with pytest.raises(AuditIntegrityError):
        check_proof(GOOD, Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(32))).verifier)


def test_a_wrong_signature_of_our_key_beside_a_right_one_is_refused() -> None:
    """As the specification of signed notes says."""
    line = GOOD.splitlines(keepends=True)[-1]
    wrong = note(size=10).splitlines(keepends=True)[-1]
    assert check_proof(GOOD + line, SIGNER.verifier)
    with pytest.raises(AuditIntegrityError):
        check_proof(GOOD + wrong, SIGNER.verifier)


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(b"not json", id="not JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"format":2, "id":"x"}', id="not canonical: a reader could take it for another"),
        pytest.param(b'{"format":1,"format":2}', id="a name twice"),
        pytest.param(b'{"format":99}', id="a format of another day"),
        pytest.param(b"{}", id="no format"),
    ],
)
def test_a_leaf_that_is_none_of_ours_is_refused_though_it_is_in_the_tree(leaf: bytes) -> None:
    """A signed tree can hold what a reader would read in two ways."""
    signed = sign(f"{LOG}/2026", KEY, Checkpoint(f"{LOG}/2026", 1, leaf_hash(leaf)).text())
    with pytest.raises(AuditIntegrityError, match="none of ours"):
        check_proof(make_proof(0, [], signed, leaf), SIGNER.verifier)


@pytest.mark.parametrize("shard", ["", "2026", "2026-Q4.2"])
def test_a_good_proof_says_what_is_proved(shard: str) -> None:
    """Where, of how many, and the entry itself; also of the log before there were shards."""
    origin = f"{LOG}/{shard}" if shard else LOG
    checked = check_proof(proof(signed=note(origin)), Verifier.parse(SIGNER.verifier.text()))
    assert checked == CheckedProof(origin, shard, INDEX, 11, orjson.loads(LEAVES[INDEX]))


@given(st.integers(1, 11).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_every_entry_of_every_tree_is_proved(place: tuple[int, int]) -> None:
    """Inverse of each other."""
    index, size = place
    checked = check_proof(proof(index, size), SIGNER.verifier)
    assert (checked.index, checked.size, checked.entry) == (index, size, orjson.loads(LEAVES[index]))


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@settings(max_examples=400)
def test_no_changed_byte_gives_another_entry(place: int, change: int) -> None:
    """Of the whole file: it is refused, or (in a signature line of nobody we know) says the same."""
    bent = GOOD[:place] + bytes([GOOD[place] ^ change]) + GOOD[place + 1 :]
    try:
        assert check_proof(bent, SIGNER.verifier) == check_proof(GOOD, SIGNER.verifier)
    except AuditIntegrityError:
        return


def test_the_file_is_as_the_specification_lays_it_out() -> None:
    """Line by line."""
    lines = GOOD.decode().split("\n")
    gap = lines.index("")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert base64.b64decode(lines[1].removeprefix("extra ")) == LEAVES[INDEX]
    assert lines[2] == "index 6"
    assert [base64.b64decode(one) for one in lines[3:gap]] == inclusion_proof(HASHES, INDEX)
    assert "\n".join(lines[gap + 1 :]).encode() == note()


def test_a_checkpoint_alone_is_opened_by_the_same_rule() -> None:
    """Its shard, size and root; what is not UTF-8 has no origin."""
    assert open_checkpoint(note(), SIGNER.verifier) == ("2026", Checkpoint(f"{LOG}/2026", 11, root_hash(HASHES)))
    with pytest.raises(AuditIntegrityError):
        open_checkpoint(b"\xff" + note(), SIGNER.verifier)
