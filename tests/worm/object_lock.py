"""The anchor under Object Lock, and the probe of it, on a store that really enforces it: Ceph's gateway.

Its name does not begin with `test_`, so that only `make test-worm`, which names it, runs it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.anchors.object_lock import ObjectLockAnchor, open_object_lock
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.note import sign
from phiward.domain.errors import AnchorError
from tests.cli.conftest import Installation

LOG = "phiward.test/audit"
SHARD = f"{LOG}/2026"
KEY = Ed25519PrivateKey.generate()


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


async def no_proof(size: int) -> Sequence[bytes]:
    """A bucket asks for none."""
    raise AssertionError


def made(size: int, byte: int = 0) -> tuple[Checkpoint, bytes]:
    """A checkpoint and its note."""
    checkpoint = Checkpoint(SHARD, size, bytes([byte]) * 32)
    return checkpoint, sign(SHARD, KEY, checkpoint.text())


def at(address: str, bucket: str) -> ObjectLockAnchor:
    """The anchor, as it is opened by its settings."""
    return open_object_lock(f"s3://{bucket}/anchors", LOG, now, endpoint_url=address, region="us-east-1")


async def test_a_bucket_without_a_lock_is_refused_at_the_first_checkpoint(
    address: str, plain: str, client: Any
) -> None:
    """And nothing is put there."""
    with pytest.raises(AnchorError, match="no Object Lock"):
        await at(address, plain).keep(*made(1), no_proof)
    assert "Versions" not in client.list_object_versions(Bucket=plain)


async def test_what_was_kept_cannot_be_deleted_and_is_read_again_in_order(
    address: str, locked: str, client: Any
) -> None:
    """For seven years, by whoever has the keys of the bucket."""
    anchor = at(address, locked)
    for size in (9, 10, 100):
        await anchor.keep(*made(size), no_proof)
    found = await anchor.remembered()
    assert [one.note for one in found.versions] == [made(size)[1] for size in (9, 10, 100)]
    assert all(one.first for one in found.versions)
    years = timedelta(days=7 * 365)
    for one in found.versions:
        assert one.retain_until is not None
        assert now() + years < one.retain_until < now() + years + timedelta(days=3)
        with pytest.raises(ClientError, match="AccessDenied"):
            client.delete_object(Bucket=locked, Key=one.key, VersionId=one.version, BypassGovernanceRetention=True)
    assert await anchor.read() == [made(size)[1] for size in (9, 10, 100)]


async def test_the_oldest_version_counts_whatever_is_put_on_top(address: str, locked: str, client: Any) -> None:
    """An overwritten key and a delete marker hide nothing from who reads versions."""
    anchor = at(address, locked)
    checkpoint, note = made(5)
    await anchor.keep(checkpoint, note, no_proof)
    key = anchor.key(checkpoint)
    lie = made(5, byte=1)[1]
    client.put_object(Bucket=locked, Key=key, Body=lie)
    client.delete_object(Bucket=locked, Key=key)
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket=locked, Key=key)
    found = await anchor.remembered()
    assert [(one.note, one.first) for one in found.versions] == [(note, True), (lie, False)]
    assert found.versions[0].retain_until is not None
    assert found.versions[1].retain_until is None
    assert found.markers == (key,)


async def test_other_logs_under_the_prefix_are_not_read_as_ours(address: str, locked: str) -> None:
    """One bucket serves several installations."""
    other = open_object_lock(f"s3://{locked}/anchors", "other.test/audit", now, endpoint_url=address, region="x")
    checkpoint = Checkpoint("other.test/audit/2026", 3, bytes(32))
    await other.keep(checkpoint, sign(checkpoint.origin, KEY, checkpoint.text()), no_proof)
    assert await at(address, locked).read() == []
    assert len(await other.read()) == 1


def test_the_probe_holds_on_a_locked_bucket_and_cannot_tell_on_another(
    address: str, locked: str, plain: str, keys: dict[str, str], client: Any, installation: Installation
) -> None:
    """Exit codes 0 and 2, as an operator runs it; each probe is on record, and the log still verifies."""
    words = ("audit", "anchor", "verify-worm", "--endpoint-url", address, "--seconds", "60")
    ran = installation.run(*words, "--bucket", f"s3://{locked}/anchors", "--json", **keys)
    assert ran.code == 0, ran
    assert ran.told["holds"] is True
    assert {step["verdict"] for step in ran.told["steps"]} == {"holds"}
    assert client.get_bucket_versioning(Bucket=locked)["Status"] == "Enabled"
    text = installation.run(*words, "--bucket", f"s3://{locked}/anchors", **keys)
    assert text.code == 0, text
    assert "Remains until" in text.out
    assert installation.run(*words, "--bucket", f"s3://{plain}/anchors", **keys).code == 2
    assert installation.run(*words, "--bucket", "s3://nothing-of-that-name/anchors", **keys).code == 2
    assert installation.json("audit", "verify")["holds"]
