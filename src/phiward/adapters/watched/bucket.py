"""A prefix of an S3 bucket, with boto3 (the extra `s3`). Credentials come by boto3's own chain."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Never, TypeVar

from phiward.adapters.watched.copying import changed, copied
from phiward.domain.errors import ConfigurationError, ImportFailedError
from phiward.records.watching import Item, Listing, is_hidden, is_safe

S3 = "s3://"
_CONNECT_SECONDS, _READ_SECONDS = 5, 60
Found = TypeVar("Found")
_GONE_OR_CHANGED = frozenset({404, 412})


def s3_place(text: str) -> tuple[str, str]:
    """Bucket and prefix of `s3://BUCKET/PREFIX`. Raises ConfigurationError for anything else."""
    bucket, _, prefix = text.removeprefix(S3).partition("/")
    if not text.startswith(S3) or not bucket:
        raise ConfigurationError("An S3 place is s3://BUCKET/PREFIX.")
    return bucket, prefix


def s3_client(
    endpoint_url: str | None = None, region: str | None = None, *, read_seconds: float = _READ_SECONDS
) -> Any:
    """A client of S3, or of what speaks like it at `endpoint_url`. Raises ConfigurationError without boto3.

    Each request is tried three times at most; a silence of `read_seconds` ends a try.
    """
    try:
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - only who uses a bucket needs it
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError("A bucket needs boto3: install phiward with the extra `s3`.") from None
    limits = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=read_seconds, retries={"mode": "standard"})
    return boto3.client("s3", endpoint_url=endpoint_url, region_name=region, config=limits)


class S3Prefix:
    """Implements `records.watching.WatchedPlace`. A version is the ETag; keys are relative to the prefix.

    A prefix ends with "/", or is empty for the whole bucket. The client may be used by several threads.
    """

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client, self._bucket = client, bucket
        self._prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"

    async def list(self) -> Listing:
        """All objects but hidden ones and folder marks, sorted by key. Raises ImportFailedError."""
        return await asyncio.to_thread(_called, self._list)

    async def fetch(self, item: Item, to: Path) -> None:
        """Copy an object that still has the ETag that was listed. Raises ImportFailedError otherwise."""
        await asyncio.to_thread(_called, lambda: self._fetch(item, to))

    def _list(self) -> Listing:
        items, refused = [], 0
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        for entry in (entry for page in pages for entry in page.get("Contents", ())):
            key = entry["Key"].removeprefix(self._prefix)
            if not is_safe(key.removesuffix("/") or "mark"):
                refused += 1
            elif key and not key.endswith("/") and not is_hidden(key):
                items.append(Item(key, entry["Size"], entry["ETag"]))
        return Listing(tuple(sorted(items, key=lambda item: item.key)), refused)

    def _fetch(self, item: Item, to: Path) -> None:
        wanted = {"Bucket": self._bucket, "Key": self._prefix + item.key, "IfMatch": item.version}
        body = self._client.get_object(**wanted)["Body"]
        with body:
            copied(body, item, to)


def _called(act: Callable[[], Found]) -> Found:
    """What `act` gives; what boto3 raises holds keys, so that only its kind is said."""
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        return act()
    except ClientError as error:
        _refused(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    except BotoCoreError as error:
        raise ImportFailedError(f"The watched bucket cannot be read ({type(error).__name__}).") from None


def _refused(status: Any) -> Never:
    if status in _GONE_OR_CHANGED:
        raise changed() from None
    raise ImportFailedError(f"The watched bucket refused (HTTP status {status}).") from None
