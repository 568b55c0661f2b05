"""What runs: gateway processes, the log's numbering and anchors, the database's protection, keys by age."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from starlette.responses import Response

from phiward.console.queue_lines import is_late
from phiward.console.visits import ENGINEERS, OFFICERS, Page, Visit, get
from phiward.console.wording import plural
from phiward.domain.console import NUMBERED_WITHIN
from phiward.domain.operations import Health, KeyAge, Numbering, Process
from phiward.domain.people import Caller

PATH: Final = "/health"
CHECKED_WITHIN: Final = timedelta(days=2)
"""The whole log is checked once a day (PHIWARD_AUDIT_VERIFY_HOURS); what was found longer ago says little of today."""
NOT_WATCHED: Final = (
    ("Model servers", "no page measures them; /metrics has what requests met"),
    ("Detectors", "checked once, at the start: a gateway without them does not serve"),
    ("Backups", "phiward makes none"),
    ("Disk", "a full one is told by the log, which then takes nothing"),
)


class Running(Protocol):
    """What runs; wiring.operations implements it."""

    async def health(self, caller: Caller) -> Health:
        """Now. Raises NotPermittedError, StorageError, VaultError."""


@dataclass(frozen=True, slots=True)
class HealthPages:
    """`/health`; the probe of whoever watches the process is `/healthz`."""

    running: Running

    def declared(self) -> list[Page]:
        """One page, to read."""
        return [get(PATH, self.show, OFFICERS | ENGINEERS, nav="Health")]

    async def show(self, visit: Visit) -> Response:
        """`GET /health`."""
        found = await self.running.health(visit.caller)
        return visit.page(
            "health", found=found, lead=lead(found), numbering=_numbering(found.numbering, found.at),
            checked=_checked(found),
            processes=[(one, *_process(one)) for one in found.processes],
            anchors=[(one, is_late(one, found.at)) for one in found.anchors],
            keys=[_key(one, found.at) for one in found.keys.ages], not_watched=NOT_WATCHED,
        )  # fmt: skip


def lead(found: Health) -> str:
    """The answering sentence: what is wrong, or that what was asked just now holds."""
    wrong = []
    if found.protection.faults:
        wrong.append("the database does not protect what it holds")
    if (checked := _checked(found)[0]) != "ok":
        wrong.append("the log does not hold" if checked == "bad" else "the log was not checked of late")
    if _numbering(found.numbering, found.at)[0] == "late":
        wrong.append("the log is not numbered")
    if lost := sum(not one.alive and one.ended_at is None for one in found.processes):
        wrong.append(f"{plural(lost, 'gateway process', 'gateway processes')} fell silent")
    if late := sum(is_late(one, found.at) for one in found.anchors):
        wrong.append(f"{plural(late, 'anchor')} {'is' if late == 1 else 'are'} late")
    if not found.anchors:
        wrong.append("nothing outside the database holds the log")
    if old := sum(one.old(found.at) for one in found.keys.ages):
        wrong.append(f"keys of {plural(old, 'class', 'classes')} are older than advised")
    if not wrong:
        return "What was asked just now holds."
    return f"{', '.join(wrong)}.".capitalize()


def _checked(found: Health) -> tuple[str, str]:
    if found.check is None:
        return "late", "Never checked"
    if not found.check.holds:
        return "bad", "Does not hold"
    return ("late", "Checked long ago") if found.at - found.check.at > CHECKED_WITHIN else ("ok", "Verified")


def _numbering(one: Numbering, now: datetime) -> tuple[str, str]:
    if one.oldest_waiting is not None and now - one.oldest_waiting > NUMBERED_WITHIN:
        return "late", "Not numbered"
    if one.signed < one.size:
        return "late", "Not signed"
    return ("ok", "Writing") if one.size else ("", "Empty")


def _process(one: Process) -> tuple[str, str]:
    if one.ended_at is not None:
        return "", "Stopped"
    return ("ok", "Serves") if one.alive else ("late", "Silent")


def _key(one: KeyAge, now: datetime) -> dict[str, Any]:
    if not one.count:
        state, word = "", "None here"
    elif one.oldest is None:
        state, word = "", "Age not known"
    elif one.old(now):
        state, word = "old", "Older than advised"
    else:
        state, word = ("ok", "Within advice") if one.advised_days and not one.undated else ("", "Dated")
    days = None if one.oldest is None else max(0, (now - one.oldest).days)
    return {"one": one, "state": state, "word": word, "days": days}
