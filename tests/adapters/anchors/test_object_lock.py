"""The shape of requests to a bucket under Object Lock, against moto, which proves nothing about the lock itself.

The real store is in tests/worm.
"""

import base64
import hashlib
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.anchors.object_lock import ObjectLockAnchor, open_object_lock, years_after
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.note import MAX_NOTE_BYTES, sign
from phiward.audit.ports import Anchor
from phiward.domain.errors import AnchorError, AuditIntegrityError, ConfigurationError, RewoundError
from tests.adapters.anchors.buckets import LOCKED, PLAIN

LOG = "phiward.test/audit"
SHARD = f"{LOG}/2026"
KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 11, 27, 12, 0, 0, 5, tzinfo=UTC)


async def no_proof(size: int) -> Sequence[bytes]:
    """A bucket asks for none."""
    raise AssertionError


def made(size: int, byte: int = 0, origin: str = SHARD) -> tuple[Checkpoint, bytes]:
    """A checkpoint and its note."""
    checkpoint = Checkpoint(origin, size, bytes([byte]) * 32)
    return checkpoint, sign(origin, KEY, checkpoint.text())


def anchor(client: Any, bucket: str = LOCKED, prefix: str = "anchors/") -> ObjectLockAnchor:
    """At NOW."""
    return ObjectLockAnchor(client, bucket, prefix, LOG, lambda: NOW)


class Meddled:
    """A client of which some calls are answered otherwise; it remembers what was put."""

    def __init__(self, client: Any, **instead: Callable[..., Any]) -> None:
        self._client, self._instead = client, instead
        self.put: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return self._instead.get(name) or getattr(self._client, name)

    def put_object(self, **words: Any) -> Any:
        """Remembered."""
        self.put.append(words)
        return self._instead.get("put", self._client.put_object)(**words)


def refuses(status: int) -> Callable[..., Any]:
    """A store that says no."""

    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "No"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Act")

    return refuse


@pytest.mark.parametrize(
    ("bucket", "instead", "said"),
    [
        pytest.param("nothing-here", {}, "not there", id="no bucket"),
        pytest.param(PLAIN, {}, "no Object Lock", id="no lock"),
        pytest.param(LOCKED, {"get_bucket_versioning": lambda **_: {}}, "no versioning", id="no versioning"),
        pytest.param(LOCKED, {"get_object_lock_configuration": lambda **_: {}}, "no Object Lock", id="an empty answer"),
        pytest.param(LOCKED, {"get_bucket_versioning": refuses(403)}, "may not be read", id="may not be read"),
        pytest.param(LOCKED, {"put": refuses(403)}, "HTTP status 403", id="may not be written"),
        pytest.param(LOCKED, {"put": refuses(503)}, "HTTP status 503", id="a failure of its own"),
        pytest.param(LOCKED, {"put": lambda **_: {}}, "made no version", id="versioning went off meanwhile"),
    ],
)
async def test_a_bucket_that_cannot_keep_is_an_error(
    client: Any, bucket: str, instead: dict[str, Any], said: str
) -> None:
    """Not one of them is taken for kept; nothing of the store's own words is repeated."""
    with pytest.raises(AnchorError, match=said) as failed:
        await anchor(Meddled(client, **instead), bucket).keep(*made(1), no_proof)
    assert not isinstance(failed.value, RewoundError)
    assert failed.value.__cause__ is None


async def test_a_bucket_that_cannot_be_reached_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """For writing and for reading."""

    def silent(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="http://zebedee.example")

    gone = anchor(Meddled(None, get_object_lock_configuration=silent, list_object_versions=silent))
    with pytest.raises(AnchorError, match="EndpointConnectionError") as failed:
        await gone.keep(*made(1), no_proof)
    assert "zebedee" not in str(failed.value)
    with pytest.raises(AnchorError, match="cannot be read"):
        await gone.read()


@pytest.mark.parametrize("origin", ["other.test/audit/2026", f"{LOG}ing", f"{LOG}/not-a-shard"])
async def test_a_checkpoint_of_another_log_is_refused(client: Any, origin: str) -> None:
    """It would lie where nobody reads it."""
    with pytest.raises(AuditIntegrityError):
        await anchor(client).keep(*made(1, origin=origin), no_proof)


async def test_another_checkpoint_of_the_same_size_is_another_story(client: Any) -> None:
    """The place remembers what the database forgot."""
    await anchor(client).keep(*made(4), no_proof)
    with pytest.raises(RewoundError):
        await anchor(client).keep(*made(4, byte=1), no_proof)
    assert await anchor(client).read() == [made(4)[1]]


async def test_what_stands_there_already_is_not_put_twice(client: Any) -> None:
    """A try whose answer was lost, or a start after which nothing grew."""
    await anchor(client).keep(*made(4), no_proof)
    await anchor(client).keep(*made(4), no_proof)
    assert await anchor(client).read() == [made(4)[1]]


@pytest.mark.parametrize(
    ("there", "why"),
    [
        pytest.param({"Body": b"text"}, "it is no checkpoint", id="something else"),
        pytest.param({"Body": made(4)[1]}, "anyone could delete it", id="the same without a lock"),
        pytest.param(
            {
                "Body": made(4)[1],
                "ObjectLockMode": "COMPLIANCE",
                "ObjectLockRetainUntilDate": NOW + timedelta(days=365),
            },
            "its lock ends too early",
            id="the same for a year",
        ),
        pytest.param(
            {"Body": made(4)[1], "ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": years_after(NOW, 7)},
            "its lock can be bypassed",
            id="the same under GOVERNANCE",
        ),
    ],
)
async def test_what_stands_there_without_our_lock_gets_a_version_on_top(
    client: Any, there: dict[str, Any], why: str
) -> None:
    """Somebody was there before us; ours is kept all the same."""
    key = anchor(client).key(made(4)[0])
    client.put_object(Bucket=LOCKED, Key=key, **there)
    await anchor(client).keep(*made(4), no_proof)
    found = (await anchor(client).remembered()).versions
    assert [(one.note, one.first) for one in found] == [(there["Body"], True), (made(4)[1], False)], why
    assert found[1].retain_until == years_after(NOW, 7)


@pytest.mark.parametrize("status", [400, 501, 412])
async def test_a_store_that_knows_no_condition_or_may_not_be_read_gets_a_version(client: Any, status: int) -> None:
    """The application may be allowed to write alone."""

    def put(**words: Any) -> Any:
        return refuses(status)() if "IfNoneMatch" in words else client.put_object(**words)

    store = Meddled(client, put=put, get_object=refuses(403))
    await anchor(store).keep(*made(4), no_proof)
    assert [("IfNoneMatch" in words) for words in store.put] == [True, False]
    assert await anchor(client).read() == [made(4)[1]]


async def test_a_checkpoint_is_put_under_compliance_with_digests_and_only_where_nothing_is(client: Any) -> None:
    """The whole request."""
    store = Meddled(client)
    checkpoint, note = made(4)
    await anchor(store).keep(checkpoint, note, no_proof)
    assert store.put == [
        {
            "Bucket": LOCKED,
            "Key": f"anchors/{SHARD}/00000000000000000004",
            "Body": note,
            "ContentType": "text/plain; charset=utf-8",
            "ContentMD5": base64.b64encode(hashlib.md5(note).digest()).decode(),  # noqa: S324
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(note).digest()).decode(),
            "ObjectLockMode": "COMPLIANCE",
            "ObjectLockRetainUntilDate": datetime(2033, 11, 27, 12, tzinfo=UTC),
            "IfNoneMatch": "*",
        }
    ]


async def test_the_lock_of_the_bucket_is_asked_for_once_and_again_after_a_failure(client: Any) -> None:
    """Not before each checkpoint."""
    asked: list[str] = []
    failing = [False]

    def lock(**words: Any) -> Any:
        asked.append("lock")
        return client.get_object_lock_configuration(**words)

    def put(**words: Any) -> Any:
        return refuses(403)() if failing[0] else client.put_object(**words)

    kept = anchor(Meddled(client, get_object_lock_configuration=lock, put=put))
    for size in (1, 2):
        await kept.keep(*made(size), no_proof)
    assert len(asked) == 1
    failing[0] = True
    with pytest.raises(AnchorError):
        await kept.keep(*made(3), no_proof)
    failing[0] = False
    await kept.keep(*made(3), no_proof)
    assert len(asked) == 2


async def test_versions_are_read_oldest_first_over_all_pages_and_markers_are_told(client: Any) -> None:
    """A page holds two; an object too large for a note is cut, and no signature will fit it."""

    def listed(**words: Any) -> Any:
        return client.list_object_versions(**{**words, "MaxKeys": 2})

    kept = anchor(Meddled(client, list_object_versions=listed))
    for size in (9, 10, 100):
        await kept.keep(*made(size), no_proof)
    key = kept.key(made(10)[0])
    client.put_object(Bucket=LOCKED, Key=key, Body=b"x" * (MAX_NOTE_BYTES + 9))
    client.delete_object(Bucket=LOCKED, Key=key)
    found = await kept.remembered()
    of_ten = [one for one in found.versions if one.key == key]
    assert [(len(one.note), one.first) for one in of_ten] == [(len(made(10)[1]), True), (MAX_NOTE_BYTES + 1, False)]
    assert {one.note for one in found.versions if one.first} == {made(size)[1] for size in (9, 10, 100)}
    assert len(found.versions) == 4
    assert found.markers == (key,)


async def test_other_logs_and_the_probes_canaries_are_not_read(client: Any) -> None:
    """They lie beside ours under the same prefix."""
    kept: Anchor = anchor(client)
    await kept.keep(*made(1), no_proof)
    for key in ("anchors/_probe/x", f"anchors/{LOG}ing/2026/1", "other/1"):
        client.put_object(Bucket=LOCKED, Key=key, Body=b"other")
    assert await kept.read() == [made(1)[1]]
    assert (kept.name, kept.kind, kept.interval_seconds) == (f"s3://{LOCKED}/anchors", "object_lock", 300.0)


async def test_an_empty_prefix_is_the_whole_bucket(client: Any) -> None:
    """No key begins with a slash."""
    kept = anchor(client, prefix="")
    assert kept.key(made(1)[0]) == f"{SHARD}/00000000000000000001"
    assert kept.name == f"s3://{LOCKED}"


@given(sizes=st.lists(st.integers(0, 10**18 - 1), min_size=2, max_size=5))
def test_names_sort_as_sizes_do(sizes: list[int]) -> None:
    """So that a listing is in order."""
    kept = ObjectLockAnchor(None, LOCKED, "", LOG, lambda: NOW)
    keys = {size: kept.key(Checkpoint(SHARD, size, bytes(32))) for size in sizes}
    assert sorted(keys.values()) == [keys[size] for size in sorted(keys)]


@pytest.mark.parametrize(
    ("at", "years", "then"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), 7, datetime(2033, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 1, datetime(2029, 3, 1, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 4, datetime(2032, 2, 29, tzinfo=UTC)),
    ],
)
def test_years_are_those_of_the_calendar(at: datetime, years: int, then: datetime) -> None:
    """Never earlier than promised."""
    assert years_after(at, years) == then


def test_a_place_that_is_none_and_a_missing_boto3_are_settings_to_correct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is asked."""
    for place in ("bucket", "s3://", "https://bucket"):
        with pytest.raises(ConfigurationError, match="s3://BUCKET"):
            open_object_lock(place, LOG, lambda: NOW)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigurationError, match="extra `s3`"):
        open_object_lock("s3://bucket", LOG, lambda: NOW)
