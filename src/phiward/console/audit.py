"""The log at a page: a search that stands in no address and is itself on record; one entry, its trace and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.opaque import named
from phiward.console.trail_words import happened, result, sent_to, steps, told_facts, who
from phiward.console.visits import ENGINEERS, OFFICERS, Page, Visit, get, post
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.trail import Names, Opened, Place, Search, Trail, TrailEntry, Verdict

PATH: Final = "/audit"
EITHER: Final = OFFICERS | ENGINEERS
MOST: Final = 200
"""Characters of a login or a patient's number."""
VERDICTS: Final = {
    Verdict.ALLOWED: "Something was sent or given", Verdict.REFUSED: "Refused", Verdict.WITHHELD: "Withheld in part",
    Verdict.BROKEN_OFF: "Broken off", Verdict.ADMINISTRATION: "Acts of administration",
}  # fmt: skip
PURPOSES: Final[Mapping[str, str]] = {
    PurposeOfUse.TREAT: "Treatment", PurposeOfUse.ETREAT: "Emergency treatment", PurposeOfUse.HPAYMT: "Payment",
    PurposeOfUse.HOPERAT: "Operations", PurposeOfUse.HRESCH: "Research", PurposeOfUse.PATRQT: "Patient's request",
}  # fmt: skip


class Log(Protocol):
    """The log; wiring.trail implements it. Every method raises NotPermittedError and StorageError."""

    def by_number(self, caller: Caller) -> bool:
        """Whether she may name a patient by a number."""

    async def find(self, caller: Caller, asked: Search, login: str, patient: str) -> tuple[Trail, Names]:
        """On record before it is shown; whoever is unknown is found nowhere."""

    async def opened(self, caller: Caller, entry: UUID) -> Opened:
        """Raises UnknownIdError."""

    async def proof(self, caller: Caller, entry: UUID) -> bytes:
        """A tlog-proof. Raises UnknownIdError, InvalidRequestError, AuditIntegrityError."""


@dataclass(frozen=True, slots=True)
class AuditPages:
    """`/audit`."""

    log: Log

    def declared(self) -> list[Page]:
        """The search, an entry, its proof as a file."""
        return [
            get(PATH, self.show, EITHER, nav="Audit"),
            post(PATH, self.find, EITHER, once=False),
            get(PATH + "/{entry}", self.entry, EITHER),
            get(PATH + "/{entry}/proof", self.proof, EITHER),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /audit`: the form."""
        return self._page(visit)

    async def find(self, visit: Visit) -> Response:
        """`POST /audit`: what was found, the newest first."""
        login, patient = visit.form.text("person", most=MOST), visit.form.text("patient", most=MOST)
        found, names = await self.log.find(visit.caller, _asked(visit), login, patient)
        return self._page(visit, found=found, rows=[_row(one, names) for one in found.entries])

    async def entry(self, visit: Visit) -> Response:
        """`GET /audit/{entry}`: what it says, and its proof; on record."""
        opened = await self.log.opened(visit.caller, named(visit, "entry"))
        one = opened.entry
        return visit.page(
            "audit_entry", one=one, opened=opened, proof=opened.proof, row=_row(one, opened.names),
            purpose=PURPOSES.get(str(one.facts.get("purpose")), ""), steps=steps(one),
            facts=told_facts(one.facts), ended=told_facts(one.ended or {}),
            beside=[_row(each, opened.names) for each in opened.beside],
            covering=sum(each.covers for each in opened.proof.kept),
        )  # fmt: skip

    async def proof(self, visit: Visit) -> Response:
        """`GET /audit/{entry}/proof`: a C2SP tlog-proof; on record."""
        entry = named(visit, "entry")
        body = await self.log.proof(visit.caller, entry)
        headers = {
            "content-disposition": f'attachment; filename="{entry}.tlog-proof"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(body, 200, headers, media_type="application/octet-stream")

    def _page(self, visit: Visit, *, found: Trail | None = None, rows: list[dict[str, Any]] | None = None) -> Response:
        return visit.page(
            "audit", found=found, rows=rows or [], verdicts=VERDICTS, purposes=PURPOSES,
            by_number=self.log.by_number(visit.caller),
        )  # fmt: skip


def _row(one: TrailEntry, names: Names) -> dict[str, Any]:
    state, word = result(one)
    return {
        "id": one.id, "index": one.index, "shard": one.shard, "at": one.at, "who": who(one, names),
        "happened": happened(one), "sent": sent_to(one, names), "state": state, "word": word,
        "patients": one.patients,
    }  # fmt: skip


def _asked(visit: Visit) -> Search:
    """The form. Raises InvalidRequestError naming the field."""
    form = visit.form
    first, last = form.day("from"), form.day("to")
    if first is not None and last is not None and first > last:
        raise InvalidRequestError("The first day comes before the last.", param="from")
    return Search(
        purpose=_one(PurposeOfUse, form.get("purpose", ""), "purpose"),
        verdict=_one(Verdict, form.get("verdict", ""), "verdict"),
        since=datetime.combine(first, time(), UTC) if first else None,
        until=datetime.combine(last, time(), UTC) + timedelta(days=1) if last else None,
        before=_place(form.get("before", "")),
    )


def _one(values: Any, text: str, param: str) -> Any:
    try:
        return values(text) if text else None
    except ValueError:
        raise InvalidRequestError("This is none of the choices.", param=param) from None


def _place(text: str) -> Place | None:
    """Where the page before ended, as its button has it: a time and an id."""
    if not text:
        return None
    at, _, entry = text.partition(" ")
    try:
        place = Place(datetime.fromisoformat(at), UUID(entry))
    except ValueError:
        raise InvalidRequestError("This is no page of results.", param="before") from None
    if place.at.tzinfo is None:
        raise InvalidRequestError("This is no page of results.", param="before")
    return place
