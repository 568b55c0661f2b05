"""Checkpoints in an S3 bucket under Object Lock in COMPLIANCE mode, where nobody can delete them before their time.

One object a checkpoint, `PREFIX/ORIGIN/SIZE`, the size with leading zeros so that names sort. Whoever may write can
put a delete marker or a newer version on top, and neither removes what is below: what is read are versions, and of
each key the oldest counts. The application needs no more than s3:PutObject, s3:PutObjectRetention,
s3:GetBucketObjectLockConfiguration and s3:GetBucketVersioning; who verifies needs s3:ListBucketVersions and
s3:GetObjectVersion, which the application may lack.

Source: Amazon S3 User Guide, "Locking objects with Object Lock"; API reference, PutObject and ListObjectVersions.
"""

import asyncio
import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5, sha256
from typing import Any

from phiward.adapters.anchors.asking import RefusedError, UnansweredError, asked
from phiward.adapters.watched.bucket import s3_client, s3_place
from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.note import MAX_NOTE_BYTES
from phiward.audit.ports import Consistency
from phiward.audit.shards import shard_of
from phiward.domain.errors import AnchorError, AuditIntegrityError, RewoundError
from phiward.domain.ports import Clock

MODE = "COMPLIANCE"
SIZE_DIGITS = 20
READ_SECONDS = 15.0
_AT_ONCE = 8
_SLACK = timedelta(days=31)
_NO_CONDITIONS = frozenset({400, 501})
_STANDS = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version of one key, and what it says. `first`: the oldest of its key, which is the one that counts.

    `retain_until` is None where the version is not under COMPLIANCE, or the reader may not see it.
    """

    key: str
    version: str
    at: datetime
    note: bytes
    first: bool
    retain_until: datetime | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """All versions, oldest first, and the keys on which somebody put a delete marker; we never do."""

    versions: tuple[KeptVersion, ...]
    markers: tuple[str, ...]


def open_object_lock(
    place: str,
    log: str,
    clock: Clock,
    *,
    endpoint_url: str | None = None,
    region: str | None = None,
    years: int = 7,
    interval_seconds: float = 300.0,
) -> "ObjectLockAnchor":
    """The anchor at `s3://BUCKET/PREFIX` for the log of that name. Asks nobody yet. Raises ConfigurationError."""
    bucket, prefix = s3_place(place)
    client = s3_client(endpoint_url, region, read_seconds=READ_SECONDS)
    return ObjectLockAnchor(client, bucket, prefix, log, clock, years=years, interval_seconds=interval_seconds)


class ObjectLockAnchor:
    """Implements `audit.ports.Anchor`. The client may be used by several threads."""

    kind = "object_lock"

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str,
        log: str,
        clock: Clock,
        *,
        years: int = 7,
        interval_seconds: float = 300.0,
    ) -> None:
        """`log` is the log's name: the origin of its shards without theirs; other logs may share the prefix."""
        self._client, self._bucket, self._log, self._clock, self._years = client, bucket, log, clock, years
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._interval, self._checked = interval_seconds, False

    @property
    def name(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def interval_seconds(self) -> float:
        """What came since the last could be cut without this anchor seeing it."""
        return self._interval

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Put the checkpoint under lock. `consistency` is not asked: a bucket proves nothing to itself.

        Raises AnchorError; RewoundError when another checkpoint of the same size stands there; AuditIntegrityError
        for a checkpoint of another log.
        """
        shard_of(self._log, checkpoint.origin)
        try:
            await asyncio.to_thread(self._keep, checkpoint, note)
        except (RefusedError, UnansweredError) as error:
            self._checked = False
            raise AnchorError(f"The bucket of the anchor does not take a checkpoint ({error}).") from None

    async def read(self) -> Sequence[bytes]:
        """The notes of all versions, oldest first: a later one on the same key is for the verifier to judge."""
        return [one.note for one in (await self.remembered()).versions]

    async def remembered(self) -> Remembered:
        """All versions with when they came and how long they are locked, and the delete markers. Raises AnchorError."""
        try:
            return await asyncio.to_thread(self._remembered)
        except (RefusedError, UnansweredError) as error:
            raise AnchorError(f"The bucket of the anchor cannot be read ({error}).") from None

    def key(self, checkpoint: Checkpoint) -> str:
        """Where it stands."""
        return f"{self._prefix}{checkpoint.origin}/{checkpoint.size:0{SIZE_DIGITS}d}"

    def _keep(self, checkpoint: Checkpoint, note: bytes) -> None:
        if not self._checked:
            refuse_unlocked(self._client, self._bucket)
            self._checked = True
        key, until = self.key(checkpoint), years_after(self._clock(), self._years)
        try:
            self._put(key, note, until, IfNoneMatch="*")
        except RefusedError as refused:
            if refused.status not in _STANDS | _NO_CONDITIONS:
                raise
            if refused.status in _STANDS and self._stands(key, checkpoint, note, until):
                return
            # The store knows no conditions, or what stands there may not be read or is not ours: a new version is
            # locked as well, and the oldest still counts.
            self._put(key, note, until)

    def _put(self, key: str, note: bytes, until: datetime, **condition: str) -> None:
        digests = {
            "ContentMD5": base64.b64encode(md5(note, usedforsecurity=False).digest()).decode(),  # all that older know
            "ChecksumSHA256": base64.b64encode(sha256(note).digest()).decode(),
        }
        lock = {"ObjectLockMode": MODE, "ObjectLockRetainUntilDate": until}
        words = {"Bucket": self._bucket, "Key": key, "Body": note, "ContentType": "text/plain; charset=utf-8"}
        answer = asked(self._client.put_object, **words, **digests, **lock, **condition)
        if answer.get("VersionId") in (None, "", "null"):
            self._checked = False
            raise AnchorError("The bucket of the anchor made no version: its versioning is off.")

    def _stands(self, key: str, checkpoint: Checkpoint, note: bytes, until: datetime) -> bool:
        """Whether this very note is locked there for about as long. Raises RewoundError for another story."""
        try:
            found, mode, kept_until = _read(self._client, Bucket=self._bucket, Key=key)
        except RefusedError:
            return False
        other = _claimed(found)
        same_place = other is not None and (other.origin, other.size) == (checkpoint.origin, checkpoint.size)
        if same_place and other != checkpoint:
            raise RewoundError("The bucket of the anchor holds another checkpoint of the same size.")
        return found == note and mode == MODE and kept_until is not None and kept_until >= until - _SLACK

    def _remembered(self) -> Remembered:
        listed, markers = self._listed()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            versions = list(pool.map(self._fetched, listed))
        return Remembered(tuple(sorted(versions, key=lambda one: one.at)), markers)

    def _listed(self) -> tuple[list[tuple[str, str, datetime, bool]], tuple[str, ...]]:
        """Key, version, time and whether it is the oldest, by key and then oldest first; and the keys with markers."""
        by_key: dict[str, list[dict[str, Any]]] = {}
        markers: set[str] = set()
        place: dict[str, str] = {}
        while True:
            words = {"Bucket": self._bucket, "Prefix": f"{self._prefix}{self._log}/", **place}
            page = asked(self._client.list_object_versions, **words)
            for version in page.get("Versions", ()):
                by_key.setdefault(version["Key"], []).append(version)
            markers.update(marker["Key"] for marker in page.get("DeleteMarkers", ()))
            if not page.get("IsTruncated"):
                break
            place = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
        found = []
        for key, versions in sorted(by_key.items()):
            at: datetime | None = None
            for version in reversed(versions):  # S3 lists the newest first; its times are whole seconds
                first, at = at is None, max(at or version["LastModified"], version["LastModified"])
                found.append((key, version["VersionId"], at, first))
        return found, tuple(sorted(markers))

    def _fetched(self, listed: tuple[str, str, datetime, bool]) -> KeptVersion:
        key, version, at, first = listed
        note, mode, until = _read(self._client, Bucket=self._bucket, Key=key, VersionId=version)
        return KeptVersion(key, version, at, note, first, until if mode == MODE else None)


def refuse_unlocked(client: Any, bucket: str) -> None:
    """Raises AnchorError for a bucket without Object Lock or versioning, and for one of which it cannot be told."""
    try:
        lock = asked(client.get_object_lock_configuration, Bucket=bucket)
        versioning = asked(client.get_bucket_versioning, Bucket=bucket)
    except RefusedError as refused:
        if refused.status == 404:
            raise AnchorError("The bucket of the anchor is not there, or has no Object Lock.") from None
        raise AnchorError(f"It may not be read whether the bucket of the anchor has Object Lock ({refused}).") from None
    if lock.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
        raise AnchorError("The bucket of the anchor has no Object Lock.")
    if versioning.get("Status") != "Enabled":
        raise AnchorError("The bucket of the anchor has no versioning.")


def years_after(at: datetime, years: int) -> datetime:
    """The same day `years` later, in whole seconds; the 1st of March for a 29th of February that is not there."""
    whole = at.replace(microsecond=0)
    try:
        return whole.replace(year=at.year + years)
    except ValueError:
        return whole.replace(year=at.year + years, month=3, day=1)


def _read(client: Any, **words: str) -> tuple[bytes, str | None, datetime | None]:
    """The first bytes, which suffice to see that it is too large for a note; lock mode, and until when."""
    answer = asked(client.get_object, **words)
    with answer["Body"] as body:
        note = asked(lambda: {"note": body.read(MAX_NOTE_BYTES + 1)})["note"]
    return note, answer.get("ObjectLockMode"), answer.get("ObjectLockRetainUntilDate")


def _claimed(note: bytes) -> Checkpoint | None:
    """What an object says, whoever signed it; None where it is no checkpoint."""
    try:
        return parse_checkpoint(note.decode().rpartition("\n\n")[0] + "\n")
    except (UnicodeDecodeError, AuditIntegrityError):
        return None
