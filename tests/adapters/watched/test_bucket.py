"""A watched prefix of a bucket, against moto's server on loopback: a stand-in for S3, not S3 itself."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from phiward.adapters.watched.bucket import S3Prefix, s3_client
from phiward.domain.errors import ConfigurationError, ImportFailedError
from phiward.records.watching import Item, WatchedPlace

BUCKET = "clinic"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The stand-in's address."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client whose credentials come by boto3's own chain; the bucket is empty."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    made = s3_client(endpoint, "us-east-1")
    made.create_bucket(Bucket=BUCKET)
    yield made
    for page in made.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", ()):
            made.delete_object(Bucket=BUCKET, Key=entry["Key"])
    made.delete_bucket(Bucket=BUCKET)
    made.close()


def put(client: Any, key: str, content: bytes = b"K 4.1") -> None:
    """An object."""
    client.put_object(Bucket=BUCKET, Key=key, Body=content)


async def test_a_bucket_that_is_not_there_is_not_an_empty_one(client: Any) -> None:
    """The name, which may say much, is not repeated."""
    with pytest.raises(ImportFailedError) as failed:
        await S3Prefix(client, "zebedee-quillfeather", "").list()
    assert "zebedee" not in str(failed.value)
    assert failed.value.__cause__ is None


async def test_a_bucket_that_cannot_be_reached_is_said_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is not repeated."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    unreachable = s3_client("http://127.0.0.1:1", "us-east-1")
    with pytest.raises(ImportFailedError) as failed:
        await S3Prefix(unreachable, BUCKET, "").list()
    assert str(failed.value) == "The watched bucket cannot be read (EndpointConnectionError)."
    unreachable.close()


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not installed with the rest."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigurationError, match="extra `s3`"):
        s3_client()


async def test_an_object_that_changed_or_went_is_not_fetched(client: Any, tmp_path: Path) -> None:
    """The ETag decides, not the name."""
    put(client, "in/a.txt")
    put(client, "in/b.txt")
    place = S3Prefix(client, BUCKET, "in")
    first, second = (await place.list()).items
    put(client, "in/a.txt", b"K 9.9")
    client.delete_object(Bucket=BUCKET, Key="in/b.txt")
    for item in (first, second):
        with pytest.raises(ImportFailedError, match="changed or went away"):
            await place.fetch(item, tmp_path / "to")
    assert not (tmp_path / "to").exists()


async def test_keys_that_climb_are_counted_and_never_fetched(client: Any) -> None:
    """Below the prefix they would name something else."""
    for key in ("in/../../x", "in//x", "in/a\\b", "in/.hidden", "in/folder/", "in/good.txt"):
        put(client, key)
    listing = await S3Prefix(client, BUCKET, "in/").list()
    assert [item.key for item in listing.items] == ["good.txt"]
    assert listing.refused == 3
    with pytest.raises(ImportFailedError):
        Item("../../x", 1, "1")


async def test_only_what_lies_below_the_prefix_is_listed(client: Any) -> None:
    """ "in" is not "inner"."""
    for key in ("in/a.txt", "inner/b.txt", "c.txt"):
        put(client, key)
    assert [item.key for item in (await S3Prefix(client, BUCKET, "in").list()).items] == ["a.txt"]
    assert [item.key for item in (await S3Prefix(client, BUCKET, "").list()).items] == [
        "c.txt",
        "in/a.txt",
        "inner/b.txt",
    ]


async def test_all_pages_of_a_listing_are_read(client: Any) -> None:
    """S3 gives a thousand keys at a time; here it is asked for two."""
    client.meta.events.register("provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 2})
    for number in range(5):
        put(client, f"in/{number}.txt")
    listing = await S3Prefix(client, BUCKET, "in").list()
    assert [item.key for item in listing.items] == [f"{number}.txt" for number in range(5)]


async def test_an_object_is_fetched_as_it_was_listed(client: Any, tmp_path: Path) -> None:
    """Whatever its name."""
    put(client, "in/ward 3/Zoë's note.txt", b"x" * 3_000_000)
    place: WatchedPlace = S3Prefix(client, BUCKET, "in")
    (item,) = (await place.list()).items
    await place.fetch(item, tmp_path / "to")
    assert (item.key, item.size) == ("ward 3/Zoë's note.txt", 3_000_000)
    assert (tmp_path / "to").read_bytes() == b"x" * 3_000_000
