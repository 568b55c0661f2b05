"""Vendors and agreements: who may receive what today, until when, and what stops on the day on which it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from starlette.responses import Response

from phiward.console.visits import ENGINEERS, OFFICERS, Page, Visit, get
from phiward.console.wording import clock, day, plural
from phiward.domain.operations import Accepted, Register, Standing, Traffic
from phiward.domain.people import Caller
from phiward.domain.vendors import DestinationClass

PATH: Final = "/vendors"
SOON: Final = timedelta(days=30)
"""How long before its end an agreement is amber, and what stops then is told."""


class Vendors(Protocol):
    """What may go where; wiring.operations implements it."""

    async def register(self, caller: Caller) -> Register:
        """As the gate decides now. Raises NotPermittedError, StorageError."""


@dataclass(frozen=True, slots=True)
class VendorPages:
    """`/vendors`. `zone`: the organisation's, in which an end is told besides UTC."""

    vendors: Vendors
    zone: str = "UTC"

    def declared(self) -> list[Page]:
        """One page, to read; it is changed by commands."""
        return [get(PATH, self.show, OFFICERS | ENGINEERS, nav="Vendors")]

    async def show(self, visit: Visit) -> Response:
        """`GET /vendors`."""
        found = await self.vendors.register(visit.caller)
        return visit.page(
            "vendors", found=found, lead=lead(found.standings, found.accepted, found.at),
            rows=[_row(one, found) for one in found.standings],
            ending=[_ending(one, found.at, self.zone) for one in found.standings if is_soon(one.ends_at, found.at)],
            accepted=[(one, *_accepted_state(one, found.at)) for one in found.accepted],
        )  # fmt: skip


def lead(standings: tuple[Standing, ...], accepted: tuple[Accepted, ...], now: datetime) -> str:
    """The answering sentence: what ends soon, what has ended, what is open by an accepted risk."""
    soon = [one for one in standings if is_soon(one.ends_at, now) and one.kind is DestinationClass.BAA]
    closed = [one for one in standings if has_ended(one, now)]
    risks = sum(one.starts_at <= now < one.ends_at for one in accepted)
    said = []
    if soon:
        first = min(one.ends_at for one in soon if one.ends_at)
        verb = "ends" if len(soon) == 1 else "end"
        said.append(f"{plural(len(soon), 'agreement')} {verb} soon, the first {in_days(first, now)}.")
    if closed:
        said.append(
            "1 has ended and its destination is closed."
            if len(closed) == 1
            else f"{len(closed)} have ended and their destinations are closed."
        )
    if risks:
        ending = [one.ends_at for one in accepted if one.starts_at <= now and is_soon(one.ends_at, now)]
        when = f", and the first ends {in_days(min(ending), now)}" if ending else ""
        said.append(f"{plural(risks, 'residual risk')} {'is' if risks == 1 else 'are'} accepted{when}.")
    return " ".join(said) or "Nothing ends within 30 days."


def is_soon(ends: datetime | None, now: datetime) -> bool:
    """Within SOON, and not over."""
    return ends is not None and now < ends <= now + SOON


def has_ended(one: Standing, now: datetime) -> bool:
    """There was an agreement; it ended, and nothing else permits text there."""
    return one.covered_until is not None and one.covered_until <= now and not one.free_text


def in_days(ends: datetime, now: datetime) -> str:
    """`in 21 days`, `tomorrow`, `today`, `23 days ago`; by calendar days in UTC."""
    days = (ends.date() - now.date()).days
    if days in (0, 1):
        return ("today", "tomorrow")[days]
    return f"in {days} days" if days > 0 else plural(-days, "day") + " ago"


def _row(one: Standing, found: Register) -> dict[str, Any]:
    state, word = _agreement(one, found.at)
    return {
        "one": one, "state": state, "word": word, "until": _until(one, found.at), "receives": _receives(one),
        "traffic": found.traffic.get(one.id, Traffic()),
    }  # fmt: skip


def _agreement(one: Standing, now: datetime) -> tuple[str, str]:
    if one.kind is DestinationClass.SELF_HOSTED:
        return "", "Not needed"
    if one.kind is DestinationClass.BAA and one.covered_until is not None:
        return (
            ("due", f"Ends {in_days(one.covered_until, now)}")
            if is_soon(one.covered_until, now)
            else ("ok", "In force")
        )
    if one.covered_until is not None and one.covered_until <= now:
        return "bad", "Ended"
    return ("", "None, by choice") if one.free_text else ("bad", "None")


def _until(one: Standing, now: datetime) -> tuple[str, str]:
    if one.kind is DestinationClass.SELF_HOSTED:
        return "no outside party", ""
    if one.covered_until is None:
        return "no agreement", ""
    return day(one.covered_until), in_days(one.covered_until, now)


def _receives(one: Standing) -> tuple[str, str]:
    """What it may receive today, and why."""
    if one.kind is DestinationClass.SELF_HOSTED:
        return "Text with identifiers replaced", "it stays in the house"
    if one.kind is DestinationClass.BAA:
        return "Text with identifiers replaced", "under the agreement"
    if one.free_text:
        return "Text with identifiers replaced", f"a risk is accepted until {day(one.accepted_until)}"
    return "Nothing", "the gateway refuses, whatever an application asks"


def _ending(one: Standing, now: datetime, zone: str) -> dict[str, Any]:
    ends = one.ends_at or now
    local = ends.astimezone(ZoneInfo(zone))
    what = "agreement" if one.kind is DestinationClass.BAA else "accepted risk"
    return {
        "name": one.name, "what": what, "utc": f"{day(ends)}, {clock(ends)}",
        "local": "" if zone == "UTC" else f"{day(local)}, {local:%H:%M} in {zone}",
        "stops": [each.model for each in one.at_the_end if each.goes_to is None],
        "goes_on": [each for each in one.at_the_end if each.goes_to is not None],
    }  # fmt: skip


def _accepted_state(one: Accepted, now: datetime) -> tuple[str, str]:
    if one.ends_at <= now:
        return "", f"Ended {in_days(one.ends_at, now)}"
    if one.starts_at > now:
        return "", f"Begins {in_days(one.starts_at, now)}"
    return "due" if is_soon(one.ends_at, now) else "sign", f"In force, ends {in_days(one.ends_at, now)}"
