"""The places outside the database that the settings name, and what they remember."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
import structlog

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.anchors.folder import FolderPlace
from phiward.adapters.anchors.object_lock import ObjectLockAnchor, open_object_lock
from phiward.adapters.anchors.timestamp import TimestampAnchor, read_certificates
from phiward.adapters.anchors.witness import WitnessAnchor
from phiward.audit.ports import Anchor
from phiward.domain.errors import AnchorError
from phiward.settings import Settings
from phiward.wiring.base import utc_now

log = structlog.get_logger("phiward.audit")


@dataclass(slots=True)
class Memory:
    """What the anchors remember.

    `silent` could not be asked; `bounds`: by note, the instant at which a time stamp says that it existed; `hidden`:
    how many locked objects somebody tried to hide by a delete marker or by a later version.
    """

    notes: list[bytes] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    bounds: dict[bytes, datetime] = field(default_factory=dict)
    hidden: int = 0


@asynccontextmanager
async def open_anchors(settings: Settings) -> AsyncIterator[list[Anchor]]:
    """Every place outside the database that the settings name; the folder always. Raises ConfigurationError."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield [*_without_session(settings), *_witnesses(settings, http)]


def _witnesses(settings: Settings, http: aiohttp.ClientSession) -> list[Anchor]:
    return [
        WitnessAnchor(http, url, key, settings.anchor_dir, settings.anchor_witness_seconds)
        for url, key in settings.anchor_witnesses.items()
    ]


def _without_session(settings: Settings) -> list[Anchor]:
    anchors: list[Anchor] = [FolderPlace(FolderAnchor(settings.anchor_dir))]
    if settings.anchor_s3 is not None:
        anchors.append(
            open_object_lock(
                settings.anchor_s3,
                settings.audit_name,
                utc_now,
                endpoint_url=settings.anchor_s3_endpoint,
                region=settings.anchor_s3_region,
                years=settings.anchor_s3_years,
                interval_seconds=settings.anchor_s3_seconds,
            )
        )
    if settings.anchor_tsa_url is not None and settings.anchor_tsa_certificates is not None:
        certificates = read_certificates(settings.anchor_tsa_certificates)
        folder, seconds = settings.anchor_dir / "timestamps", settings.anchor_tsa_seconds
        anchors.append(TimestampAnchor(settings.anchor_tsa_url, certificates, folder, interval_seconds=seconds))
    return anchors


async def remembered(anchors: Sequence[Anchor]) -> Memory:
    """Ask each; one that is away is named and hides no other."""
    memory = Memory()
    for anchor in anchors:
        try:
            await _ask(anchor, memory)
        except AnchorError as error:
            log.warning("an anchor could not be read", anchor=anchor.name, code=error.code)
            memory.silent.append(anchor.name)
    return memory


async def _ask(anchor: Anchor, memory: Memory) -> None:
    if isinstance(anchor, ObjectLockAnchor):
        found = await anchor.remembered()
        memory.notes += [version.note for version in found.versions]
        memory.hidden += len(found.markers) + sum(not version.first for version in found.versions)
    elif isinstance(anchor, TimestampAnchor):
        stamps = await anchor.stamps()
        memory.notes += [stamp.note for stamp in stamps.valid]
        memory.bounds |= {stamp.note: stamp.not_after for stamp in stamps.valid}
    else:
        memory.notes += await anchor.read()
