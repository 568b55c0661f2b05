"""Canaries in a bucket: objects under a lock of a minute or two, which must survive what is tried on them."""

import base64
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import md5
from typing import Any
from uuid import uuid4

from phiward.adapters.anchors.asking import RefusedError, UnansweredError, asked
from phiward.adapters.anchors.object_lock import MODE
from phiward.domain.ports import Clock

FOLDER = "_probe"
"""Below the prefix; no log's name begins with an underscore, so that no canary is read as a checkpoint."""
_BYTES = 64
_FAILURES = frozenset({"InternalError", "ServiceUnavailable", "SlowDown"})
_KINDS = ("Versions", "DeleteMarkers")


@dataclass(slots=True)
class Canary:
    """A version with random bytes, locked until `until`, by the store's clock; `ends` is that by our monotonic one."""

    key: str
    version: str
    body: bytes
    until: datetime
    ends: float

    @property
    def seconds_left(self) -> float:
        """How long its lock still stands."""
        return self.ends - time.monotonic()


class Ground:
    """One bucket, with an administrator's credentials. Every method raises RefusedError and UnansweredError."""

    def __init__(self, client: Any, bucket: str, prefix: str, clock: Clock, seconds: int) -> None:
        """`seconds`: how long what is made here is locked."""
        self.client, self.bucket, self.seconds = client, bucket, seconds
        self._folder = f"{prefix.strip('/')}/{FOLDER}".lstrip("/")
        self._clock = clock
        self._ahead: timedelta | None = None

    def until(self) -> datetime:
        """When a lock that begins now ends, by the store's clock, in whole seconds."""
        if self._ahead is None:
            answer = asked(self.client.get_bucket_versioning, Bucket=self.bucket)
            told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
            self._ahead = (parsedate_to_datetime(told) if told else self._clock()) - self._clock()
        return (self._clock() + self._ahead).replace(microsecond=0) + timedelta(seconds=self.seconds)

    def new_key(self) -> str:
        """A key that nobody used."""
        return f"{self._folder}/{uuid4()}"

    def put(self, key: str, mode: str = MODE) -> Canary:
        """A new version with random bytes, under a lock of its own: a default retention of years does not apply."""
        body, until, ends = secrets.token_bytes(_BYTES), self.until(), time.monotonic() + self.seconds
        lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
        digest = base64.b64encode(md5(body, usedforsecurity=False).digest()).decode()
        made = asked(self.client.put_object, Bucket=self.bucket, Key=key, Body=body, ContentMD5=digest, **lock)
        return Canary(key, str(made.get("VersionId", "")), body, until, ends)

    def of(self, canary: Canary) -> dict[str, Any]:
        """The words that name its version."""
        return {"Bucket": self.bucket, "Key": canary.key, "VersionId": canary.version}

    def delete(self, canary: Canary, **more: Any) -> None:
        """Its very version."""
        asked(self.client.delete_object, **self.of(canary), **more)

    def delete_among_several(self, canary: Canary) -> None:
        """By the request for many, which answers 200 and names what it refused."""
        wanted = {"Objects": [{"Key": canary.key, "VersionId": canary.version}]}
        for error in asked(self.client.delete_objects, Bucket=self.bucket, Delete=wanted).get("Errors", ()):
            if error.get("Code") in _FAILURES:
                raise UnansweredError("a failure of the store's own")
            raise RefusedError(403, "AccessDenied" if error.get("Code") == "AccessDenied" else "")

    def hide(self, canary: Canary) -> None:
        """Delete its key without naming a version: a marker is put on top."""
        asked(self.client.delete_object, Bucket=self.bucket, Key=canary.key)

    def delete_bucket(self) -> None:
        """The bucket itself, which no S3 does while anything is in it."""
        asked(self.client.delete_bucket, Bucket=self.bucket)

    def retain(self, canary: Canary, mode: str, until: datetime, **more: Any) -> None:
        """Set its retention."""
        lock = {"Mode": mode, "RetainUntilDate": until}
        asked(self.client.put_object_retention, **self.of(canary), Retention=lock, **more)

    def hold(self, canary: Canary, status: str) -> None:
        """Set its legal hold ON or OFF."""
        asked(self.client.put_object_legal_hold, **self.of(canary), LegalHold={"Status": status})

    def set_versioning(self, status: str) -> None:
        """`Enabled` or `Suspended`."""
        asked(self.client.put_bucket_versioning, Bucket=self.bucket, VersioningConfiguration={"Status": status})

    def versioning(self) -> str:
        """`Enabled`, `Suspended`, or "" where it never was."""
        return str(asked(self.client.get_bucket_versioning, Bucket=self.bucket).get("Status", ""))

    def harm(self, canary: Canary) -> str:
        """What happened to it, in words; "" while bytes, mode and end of its lock are what they were."""
        try:
            answer = asked(self.client.get_object, **self.of(canary))
            with answer["Body"] as body:
                found = asked(lambda: {"bytes": body.read(_BYTES + 1)})["bytes"]
        except RefusedError as refused:
            if refused.status == 404:
                return "the version is gone"
            raise
        if found != canary.body:
            return "its bytes were changed"
        mode, until = answer.get("ObjectLockMode"), answer.get("ObjectLockRetainUntilDate")
        if mode is None:  # these credentials may read the object and not its lock: asked for by itself, it is refused
            lock = asked(self.client.get_object_retention, **self.of(canary)).get("Retention", {})
            mode, until = lock.get("Mode"), lock.get("RetainUntilDate")
        if mode != MODE:
            return "it is no longer under COMPLIANCE"
        if not isinstance(until, datetime) or until < canary.until:
            return "its retention was shortened"
        return ""

    def versions(self, key: str) -> tuple[list[str], list[str]]:
        """Versions and delete markers of a key, each oldest first."""
        page = asked(self.client.list_object_versions, Bucket=self.bucket, Prefix=key)
        found = ([one["VersionId"] for one in page.get(kind, ()) if one["Key"] == key] for kind in _KINDS)
        versions, markers = (names[::-1] for names in found)
        return versions, markers

    def remove_markers(self, key: str) -> None:
        """So that what the probe covered is seen again; a marker is under no lock."""
        for marker in self.versions(key)[1]:
            asked(self.client.delete_object, Bucket=self.bucket, Key=key, VersionId=marker)
