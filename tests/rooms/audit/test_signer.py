"""The signing key: a private file, made once, never printed."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.merkle import Frontier, leaf_hash, root_hash
from phiward.audit.ports import Growth
from phiward.audit.signer import Signer, create_signing_key, load_signer
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError, VaultError

NAME = "hospital.example/audit"


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    """A torn file must not become a weak key."""
    path = tmp_path / "audit-signing.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(VaultError):
        load_signer(path, NAME, data_dir=None)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whoever reads it can sign."""
    path = tmp_path / "audit-signing.key"
    create_signing_key(path, data_dir=None)
    path.chmod(0o640)
    with pytest.raises(VaultError):
        load_signer(path, NAME, data_dir=None)


def test_a_missing_key_is_not_made_by_reading(tmp_path: Path) -> None:
    """A new key would quietly begin another log."""
    with pytest.raises(VaultError):
        load_signer(tmp_path / "audit-signing.key", NAME, data_dir=None)


def test_a_key_does_not_lie_with_the_data(tmp_path: Path) -> None:
    """A backup of the data must not hold it."""
    with pytest.raises(VaultError):
        create_signing_key(tmp_path / "audit-signing.key", data_dir=tmp_path)


def test_a_key_is_made_once_and_signs_what_its_verifier_opens(tmp_path: Path) -> None:
    """Mode 0600; a second call leaves it alone."""
    path = tmp_path / "audit-signing.key"
    assert create_signing_key(path, data_dir=None)
    content = path.read_bytes()
    assert not create_signing_key(path, data_dir=None)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    signer = load_signer(path, NAME, data_dir=None)
    note = signer.checkpoint(3, b"r" * 32)
    assert parse_checkpoint(signer.verifier.open(note)) == Checkpoint(NAME, 3, b"r" * 32)


def test_a_signer_does_not_print_its_key(tmp_path: Path) -> None:
    """Neither in its own words nor through its fields."""
    path = tmp_path / "audit-signing.key"
    create_signing_key(path, data_dir=None)
    signer = load_signer(path, NAME, data_dir=None)
    assert repr(signer) == f"Signer({NAME})"
    assert path.read_bytes().hex() not in repr(vars(signer))


BROKEN = [
    ("nothing is added", Growth("", TreeHead(0, ()), ())),
    ("a hash too short", Growth("", TreeHead(0, ()), (b"x" * 31,))),
    ("no tree before", Growth("", TreeHead(3, (b"x" * 32,)), (b"x" * 32,))),
    ("no name of a shard", Growth("next", TreeHead(0, ()), (b"x" * 32,))),
    ("a first leaf that is another", Growth("2026", TreeHead(0, ()), (b"x" * 32,), b"leaf")),
    ("a first leaf in the middle", Growth("2026", TreeHead(1, (b"x" * 32,)), (leaf_hash(b"leaf"),), b"leaf")),
]


@pytest.mark.parametrize("growth", [pytest.param(one, id=name) for name, one in BROKEN])
async def test_a_growth_that_does_not_fit_is_not_signed(growth: Growth) -> None:
    """Also not by a signer without memory."""
    with pytest.raises(AuditIntegrityError):
        await Signer(NAME, Ed25519PrivateKey.generate()).sign(growth)


@pytest.mark.parametrize("shard", ["", "2026", "2026.2"])
async def test_the_tree_is_computed_by_the_signer_and_named_by_its_shard(shard: str) -> None:
    """Size and root come from the hashes; the key signs under the shard's origin."""
    signer = Signer(NAME, Ed25519PrivateKey.generate())
    hashes = [bytes([number]) * 32 for number in range(7)]
    before = Frontier()
    before.extend(hashes[:3])
    note = await signer.sign(Growth(shard, TreeHead(3, before.subtrees, shard), tuple(hashes[3:])))
    origin = f"{NAME}/{shard}" if shard else NAME
    said = parse_checkpoint(signer.verifier.named(origin).open(note))
    assert said == Checkpoint(origin, 7, root_hash(hashes))
