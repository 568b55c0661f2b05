"""The way of one request, from top to bottom.

authenticate → bind the purpose → choose the destination → authorise → gate (BAA) → retrieve within
the grant → apply the Safe Harbor transformation → tripwire → **intent on record** → call → check
and restore → **outcome on record** → complete.

Rooms return verdicts; only this flow writes the audit log, and only here does a verdict become an
error. Promises 1 to 6 of the design are lines of this file.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from phiward.deid.deidentifier import Deidentifier
from phiward.domain.access import DocumentField, Standing
from phiward.domain.audit import Outcome
from phiward.domain.chat import ChatRequest, UpstreamEvent
from phiward.domain.errors import (
    InvalidRequestError,
    NoBaaError,
    NotAuthenticatedError,
    NotPermittedError,
    PatientNotFoundError,
    PhiwardError,
    UnsafeContentError,
    UpstreamError,
)
from phiward.domain.patients import Note, PatientRef
from phiward.domain.people import Caller
from phiward.domain.ports import (
    Admission,
    Clock,
    CoveredModelClient,
    Lease,
    ModelClient,
    Notes,
    Opened,
    People,
    Vendors,
    Watch,
)
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Deny
from phiward.flow.grant import emergency, until
from phiward.flow.inbound import Inbound
from phiward.flow.outbound import Outbound, holds_free_text, transform
from phiward.flow.record import Interaction, Recorder
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.identity.binding import bind_purpose
from phiward.identity.keys import REFUSED
from phiward.policy.decide import Policy
from phiward.policy.documents import DocumentFacts
from phiward.retrieval.selection import select
from phiward.vendors.gate import admit, choose, models_for

NOTES_READ = 50
"""How many of a patient's newest notes are looked at when a request asks for context."""

INLINE_CHARACTERS = 8_192
"""Requests with more text than this are transformed in a thread, so that others are not held up."""


class KnownIdentifiers(Protocol):
    """The keyed identifiers of all patients of an organisation."""

    async def index(self, caller: Caller, version: int) -> KnownIndex:
        """The index at `version` or newer. Raises StorageError."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An admitted request. Iterating `events` records the intent, calls and releases."""

    interaction: Interaction
    inbound: Inbound
    events: AsyncIterator[UpstreamEvent]


class Flow:
    """One per process; holds no state of a request."""

    def __init__(
        self,
        *,
        people: People,
        admission: Admission,
        watch: Watch,
        notes: Notes,
        vendors: Vendors,
        known: KnownIdentifiers,
        policy: Policy,
        deidentifier: Deidentifier,
        tripwire: Tripwire,
        recorder: Recorder,
        covered: CoveredModelClient,
        uncovered: ModelClient,
        clock: Clock,
        context_characters: int,
    ) -> None:
        """Everything from outside, as Protocols; `context_characters` bounds the retrieved notes."""
        self._people, self._admission, self._watch = people, admission, watch
        self._notes, self._vendors, self._known = notes, vendors, known
        self._policy, self._deidentifier, self._tripwire = policy, deidentifier, tripwire
        self._recorder, self._clock, self._context_characters = recorder, clock, context_characters
        self._covered, self._uncovered = covered, uncovered

    async def chat(self, interaction: UUID, credential: Secret, asked: ChatRequest) -> Answer:
        """Admit a request, or raise one of the house's errors with the refusal on record."""
        opened = await self._authenticate(credential, asked.patient)
        one = Interaction(interaction, opened.caller, asked, opened.patient)
        try:
            index = await self._admit(one, opened)
        except PhiwardError as refusal:
            await self._recorder.refusal(one, refusal)
            raise
        outbound = one.outbound
        if outbound is None:
            raise UnsafeContentError("Nothing was prepared to be sent.")
        granted = frozenset([one.patient.patient] if one.patient else [])
        inbound = Inbound(outbound.placeholders, index, granted)
        return Answer(one, inbound, self._release(one, outbound, inbound))

    async def models(self, credential: Secret) -> tuple[str, ...]:
        """The models that the caller's organisation has a destination for, sorted."""
        opened = await self._authenticate(credential, None)
        book = await self._vendors.book(opened.caller, opened.vendor_version)
        return models_for(book)

    async def _authenticate(self, credential: Secret, patient: str | None) -> Opened:
        await self._admission.admit(credential)
        opened = await self._people.caller(credential, patient)
        if opened is None:
            raise NotAuthenticatedError(REFUSED)
        return opened

    async def _admit(self, one: Interaction, opened: Opened) -> KnownIndex:
        """Every check before the wire, in order; fills `one` as it goes."""
        caller, asked, now = one.caller, one.asked, self._clock()
        if one.patient is None and (asked.patient is not None or caller.bound_patient is not None):
            raise PatientNotFoundError
        one.purpose = bind_purpose(caller, asked.purpose)
        one.until = until(caller, opened.standing, now)
        book = await self._vendors.book(caller, opened.vendor_version)
        one.route = choose(book, asked.model, now)
        one.decision = self._policy.decide(
            caller, _ref(one), opened.standing, one.purpose, one.route.destination_class, now
        )
        if isinstance(one.decision, Deny):
            raise NotPermittedError(one.decision.reason, rule=one.decision.rule)
        one.emergency = emergency(opened.standing, one.purpose, now)
        admitted = admit(one.route, free_text=holds_free_text(asked))
        one.admission = admitted.rule
        if isinstance(admitted, Deny):
            raise NoBaaError(admitted.reason, rule=admitted.rule)
        await self._retrieve(one, opened.standing)
        index = await self._known.index(caller, opened.index_version)
        one.outbound = await self._transform(one)
        tripped = self._tripwire.check(one.outbound.body.value.encode(), index, one.outbound.placeholders)
        if isinstance(tripped, Deny):
            one.outbound = None
            raise UnsafeContentError(tripped.reason, rule=tripped.rule)
        return index

    async def _retrieve(self, one: Interaction, standing: Standing) -> None:
        if not one.asked.retrieve:
            return
        if one.patient is None:
            raise InvalidRequestError("Retrieval needs a patient in context.", param="metadata.retrieve")
        newest = await self._notes.newest(one.caller.session, one.patient.patient, NOTES_READ)
        question = next((m.content for m in reversed(one.asked.messages) if m.role == "user" and m.content), "")
        shown = self._readable(one, newest, standing)
        one.not_shown = len(newest) - len(shown)
        one.notes = select(shown, question, self._context_characters)

    def _readable(self, one: Interaction, notes: Sequence[Note], standing: Standing) -> list[Note]:
        """Each document is decided again before it may enter a prompt, and what of it (45 CFR 164.502(b))."""
        if one.purpose is None or one.route is None or one.patient is None:
            raise UnsafeContentError("No decision was made.")
        facts = [DocumentFacts(note.document, note.kind, note.classes) for note in notes]
        decided = self._policy.readable(
            one.caller, one.patient.patient, standing, facts, one.purpose, one.route.destination_class, self._clock()
        )
        open_fields = {each.id: each.fields for each in decided}
        return [
            note if DocumentField.TEXT in fields else replace(note, text="")
            for note in notes
            if DocumentField.TITLE in (fields := open_fields.get(note.document, frozenset()))
        ]

    async def _transform(self, one: Interaction) -> Outbound:
        if one.route is None:
            raise UnsafeContentError("No destination was chosen.")
        work = (self._deidentifier, one.patient, one.asked, one.notes, one.route, self._clock().date())
        characters = sum(len(m.content or "") for m in one.asked.messages) + sum(len(n.text) for n in one.notes)
        if characters > INLINE_CHARACTERS:
            return await asyncio.to_thread(transform, *work)
        return transform(*work)

    def _call(self, one: Interaction, outbound: Outbound) -> AsyncIterator[UpstreamEvent]:
        if one.route is None:
            raise UnsafeContentError("No destination was chosen.")
        covered = one.route.destination_class is not DestinationClass.NO_BAA
        client = self._covered if covered else self._uncovered
        return client.send(one.route, outbound.body, one.asked.stream)

    async def _release(self, one: Interaction, outbound: Outbound, inbound: Inbound) -> AsyncIterator[UpstreamEvent]:
        """Intent, call, checked pieces, outcome, and only then what says that the answer is complete."""
        ended = Outcome.CLIENT_GONE
        error: PhiwardError | None = None
        try:
            await _to_the_end(self._recorder.intent(one))
        except asyncio.CancelledError:
            await _to_the_end(self._recorder.outcome(one, ended, inbound, None))
            raise
        try:
            with self._watch.hold(one.caller, _ref(one), one.grants) as lease:
                async with aclosing(self._call(one, outbound)) as events:  # type: ignore[type-var]
                    async for event in events:
                        self._refuse_if_over(one, lease)
                        for released in inbound.pass_on(event):
                            yield released
            ended = Outcome.WITHHELD if inbound.counts.withheld else Outcome.RELEASED
        except UpstreamError as failure:
            ended, error = Outcome.UPSTREAM_FAILED, failure
            raise
        except PhiwardError as refusal:
            ended, error = Outcome.REFUSED, refusal
            raise
        except Exception as fault:
            ended = Outcome.REFUSED
            error = UnsafeContentError("A check of the answer failed, so it was refused.", rule="output_check")
            raise error from fault
        finally:
            await _to_the_end(self._recorder.outcome(one, ended, inbound, error))
        for last in inbound.closing():
            yield last

    def _refuse_if_over(self, one: Interaction, lease: Lease) -> None:
        """Deactivation, revocation and expiry act inside a stream."""
        if one.until is not None and self._clock() >= one.until:
            raise NotPermittedError("The session or the access ended while the answer was made.", rule="expiry")
        if lease.ended is not None:
            raise NotPermittedError("Access was taken back while the answer was made.", rule=lease.ended)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Finish `work` although the surrounding task is cancelled: what happened must reach the log.

    Raises what `work` raises; CancelledError only after `work` succeeded.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        task.result()
        raise


def _ref(one: Interaction) -> PatientRef | None:
    return one.patient.patient if one.patient else None
