"""The way of one request, from top to bottom.

authenticate → bind the purpose → choose the destination → authorise → gate (BAA) → retrieve within
the grant → apply the Safe Harbor transformation → tripwire → **intent on record** → call → check
and restore → **outcome on record** → complete.

Rooms return verdicts; only this flow writes the audit log, and only here does a verdict become an
error. Promises 1 to 6 of the design are lines of this file.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from phiward.clinical.answer import ClinicalAnswer, summarize
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.audit import Circumstances, Outcome
from phiward.domain.chat import ChatRequest, UpstreamEvent
from phiward.domain.errors import (
    InvalidRequestError,
    NoBaaError,
    NotPermittedError,
    PhiwardError,
    UnsafeContentError,
    UpstreamError,
)
from phiward.domain.people import Caller
from phiward.domain.ports import (
    Admission,
    Chart,
    Clock,
    CoveredModelClient,
    Lease,
    ModelClient,
    Opened,
    People,
    Vendors,
    Watch,
)
from phiward.domain.text import Secret
from phiward.domain.tools import ToolBook
from phiward.domain.trace import Did, Stage, Trace
from phiward.domain.vendors import DestinationClass, Route
from phiward.domain.verdict import Deny
from phiward.flow.checks import Checks
from phiward.flow.citing import EvidenceRules, citations
from phiward.flow.door import authenticate, authorise, refuse_unknown_patient
from phiward.flow.grant import until
from phiward.flow.inbound import Inbound
from phiward.flow.labelling import ToolDesk, label
from phiward.flow.outbound import Outbound, holds_free_text, transform
from phiward.flow.record import ChatInteraction, Recorder
from phiward.flow.retrieving import Retriever, Right
from phiward.guard.foreign import foreign
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.guard.unseen import Context
from phiward.identity.binding import bind_purpose
from phiward.policy.decide import Policy
from phiward.vendors.gate import admit, choose, models_for

_Made = TypeVar("_Made")
UNKNOWN = Circumstances()
INLINE_CHARACTERS = 8_192
"""Requests with more text than this are transformed in a thread, so that others are not held up."""


class KnownIdentifiers(Protocol):
    """The keyed identifiers of all patients of an organisation."""

    async def index(self, caller: Caller, version: int) -> KnownIndex:
        """The index at `version` or newer. Raises StorageError."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An admitted request. Iterating `events` records the intent, calls and releases."""

    interaction: ChatInteraction
    inbound: Inbound
    events: AsyncIterator[UpstreamEvent]
    rules: EvidenceRules = field(default_factory=EvidenceRules)

    def clinical(self) -> Mapping[int, ClinicalAnswer]:
        """By choice, what the answer rests on so far; empty where nothing was retrieved."""
        calibration = self.rules.calibration
        return {choice: summarize(found, (), calibration) for choice, found in self.inbound.sentences.items()}


class Flow:
    """One per process; holds no state of a request."""

    def __init__(
        self,
        *,
        people: People,
        admission: Admission,
        watch: Watch,
        retriever: Retriever,
        chart: Chart,
        vendors: Vendors,
        known: KnownIdentifiers,
        policy: Policy,
        deidentifier: Deidentifier,
        tripwire: Tripwire,
        recorder: Recorder,
        covered: CoveredModelClient,
        uncovered: ModelClient,
        clock: Clock,
        evidence: EvidenceRules,
        tools: ToolBook,
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        """Everything from outside, as Protocols; `evidence` says what becomes of unsupported sentences.

        `tools` are registered tools, `hosts` those that links of an answer may lead to.
        """
        self._people, self._admission, self._watch = people, admission, watch
        self._retriever, self._chart, self._vendors, self._known = retriever, chart, vendors, known
        self._policy, self._deidentifier, self._tripwire = policy, deidentifier, tripwire
        self._recorder, self._clock, self._evidence = recorder, clock, evidence
        self._covered, self._uncovered = covered, uncovered
        self._tools, self._hosts = tools, hosts

    async def chat(
        self, interaction: UUID, credential: Secret, asked: ChatRequest, circumstances: Circumstances = UNKNOWN
    ) -> Answer:
        """Admit a request, or raise one of the house's errors with the refusal on record."""
        trace = Trace()
        trace.begin(Stage.AUTHENTICATE)
        opened = await authenticate(self._admission, self._people, credential, asked.patient)
        one = ChatInteraction(
            interaction, opened.caller, opened.patient, circumstances=circumstances, trace=trace, asked=asked
        )
        try:
            outbound, checks = await self._admit(one, opened)
        except PhiwardError as refusal:
            trace.end(Did.REFUSED, refusal.rule)
            await self._recorder.refusal(one, refusal)
            raise
        inbound = Inbound(checks)
        return Answer(one, inbound, self._release(one, outbound, inbound), self._evidence)

    async def models(self, credential: Secret) -> tuple[str, ...]:
        """The models that the caller's organisation has a destination for, sorted."""
        opened = await authenticate(self._admission, self._people, credential, None)
        book = await self._vendors.book(opened.caller, opened.vendor_version)
        return models_for(book)

    async def _admit(self, one: ChatInteraction, opened: Opened) -> tuple[Outbound, Checks]:
        """Every check before the wire, in order, and what the answer will go by; fills `one` as it goes."""
        caller, asked, now, trace = one.caller, one.asked, self._clock(), one.trace
        refuse_unknown_patient(one.patient, caller, asked.patient)
        trace.begin(Stage.PURPOSE)
        one.purpose = bind_purpose(caller, asked.purpose)
        one.until = until(caller, opened.standing, now)
        trace.begin(Stage.DESTINATION)
        book = await self._vendors.book(caller, opened.vendor_version)
        one.route = choose(book, asked.model, now)
        right = Right(caller, one.patient, opened.standing, one.purpose, one.route.destination_class)
        trace.begin(Stage.AUTHORISE)
        trace.end(rule=authorise(self._policy, one, right, now))
        trace.begin(Stage.AGREEMENT)
        admitted = admit(one.route, free_text=holds_free_text(asked))
        one.admission = admitted.rule
        if isinstance(admitted, Deny):
            raise NoBaaError(admitted.reason, rule=admitted.rule)
        trace.end(rule=admitted.rule)
        trace.begin(Stage.RETRIEVE)
        await self._retrieve(one, right)
        trace.begin(Stage.TOOLS)
        await self._label(one)
        trace.begin(Stage.TRANSFORM)
        index = await self._known.index(caller, opened.index_version)
        outbound = await self._transform(one, one.route)
        trace.end(Did.CHANGED if outbound.counts else Did.PASSED)
        trace.begin(Stage.TRIPWIRE)
        tripped = self._tripwire.check(outbound.body.value.encode(), index, outbound.placeholders)
        if isinstance(tripped, Deny):
            raise UnsafeContentError(tripped.reason, rule=tripped.rule)
        trace.begin(Stage.CHECKS)
        checks = await _worked(one, self._checks, one, outbound, index)
        one.outbound = outbound
        trace.end()
        return outbound, checks

    async def _retrieve(self, one: ChatInteraction, right: Right) -> None:
        ask = one.asked.retrieval
        if ask is None:
            one.trace.end(Did.SKIPPED)
            return
        if one.patient is None and ask.chart:
            raise InvalidRequestError("Retrieval needs a patient in context.", param="metadata.retrieve")
        question = next((m.content for m in reversed(one.asked.messages) if m.role == "user" and m.content), "")
        one.retrieved = await self._retriever.find(right, question, ask)

    async def _label(self, one: ChatInteraction) -> None:
        """Who wrote the texts, what they risk, and which tools stay. Raises NotPermittedError."""
        work = (one.caller, one.asked, one.retrieved.passages, self._tools)
        one.asked, one.labels = await _worked(one, label, *work)
        if one.labels.removed:
            one.trace.end(Did.CHANGED, one.labels.removed[0].rule)

    async def _transform(self, one: ChatInteraction, route: Route) -> Outbound:
        today, canary = self._clock().date(), one.labels.canary
        work = (self._deidentifier, one.patient, one.asked, one.retrieved.passages, route, today, canary)
        return await _worked(one, transform, *work)

    def _checks(self, one: ChatInteraction, outbound: Outbound, index: KnownIndex) -> Checks:
        """What the answer to this request goes by."""
        passages = one.retrieved.passages
        patient = one.asked.patient or (str(one.subject) if one.subject else None)
        record = [passage.text for passage in passages]
        given = [*(message.content or "" for message in one.asked.messages), *record, *outbound.placeholders.values()]
        granted = frozenset([one.subject] if one.subject else [])
        own = frozenset(identifier.value for identifier in one.patient.identifiers) if one.patient else frozenset()
        return Checks(
            outbound.placeholders,
            index,
            granted,
            foreign=foreign(outbound.placeholders, index, granted, record, own),
            evidence=None if one.asked.retrieval is None else self._evidence.gate_over(passages),
            seen=Context(given),
            canaries=tuple(mark for mark in (one.labels.canary, one.asked.canary) if mark),
            hosts=self._hosts,
            admit=ToolDesk(one.labels, self._tools, patient, one.caller.roles, one.purpose).admit,
        )

    def _call(self, one: ChatInteraction, outbound: Outbound) -> AsyncIterator[UpstreamEvent]:
        if one.route is None:
            raise UnsafeContentError("No destination was chosen.")
        covered = one.route.destination_class is not DestinationClass.NO_BAA
        client = self._covered if covered else self._uncovered
        return client.send(one.route, outbound.body, one.asked.stream)

    async def _release(
        self, one: ChatInteraction, outbound: Outbound, inbound: Inbound
    ) -> AsyncIterator[UpstreamEvent]:
        """Intent, call, checked pieces, outcome, and only then what says that the answer is complete."""
        ended, trace = Outcome.CLIENT_GONE, one.trace
        error: PhiwardError | None = None
        try:
            await _to_the_end(self._recorder.intent(one))
        except asyncio.CancelledError:
            await _to_the_end(self._recorder.outcome(one, ended, inbound, None))
            raise
        try:
            with self._watch.hold(one.caller, one.subject, one.grants) as lease:
                trace.begin(Stage.CALL)
                async with aclosing(self._call(one, outbound)) as events:  # type: ignore[type-var]
                    async for event in events:
                        trace.next(Stage.CALL, Stage.ANSWER)
                        self._refuse_if_over(one, lease)
                        for released in inbound.pass_on(event):
                            yield released
            ended = Outcome.WITHHELD if inbound.counts.withheld else Outcome.RELEASED
            _trace_answer(trace, inbound)
        except UpstreamError as failure:
            ended, error = Outcome.UPSTREAM_FAILED, failure
            trace.end(Did.FAILED)
            raise
        except PhiwardError as refusal:
            ended, error = Outcome.REFUSED, refusal
            trace.end(Did.REFUSED, refusal.rule)
            raise
        except Exception as fault:
            ended = Outcome.REFUSED
            error = UnsafeContentError("A check of the answer failed, so it was refused.", rule="output_check")
            trace.end(Did.REFUSED, error.rule)
            raise error from fault
        finally:
            trace.end(Did.FAILED)  # only where the caller went away in the middle of a stage
            await _to_the_end(self._recorder.outcome(one, ended, inbound, error))
        await self._cite(one, inbound)
        for last in inbound.closing():
            yield last

    async def _cite(self, one: ChatInteraction, inbound: Inbound) -> None:
        """Keep what the answer rested on. Raises StorageError: an answer whose sources are not kept is not complete."""
        if one.patient is not None and one.retrieved.passages:
            cited = citations(one.retrieved.passages, inbound.sentences)
            await self._chart.cite(one.caller.session, one.patient.patient, one.id, cited)

    def _refuse_if_over(self, one: ChatInteraction, lease: Lease) -> None:
        """Deactivation, revocation and expiry act inside a stream."""
        if one.until is not None and self._clock() >= one.until:
            raise NotPermittedError("The session or the access ended while the answer was made.", rule="expiry")
        if lease.ended is not None:
            raise NotPermittedError("Access was taken back while the answer was made.", rule=lease.ended)


def _trace_answer(trace: Trace, inbound: Inbound) -> None:
    """What the checks did to an answer that came whole."""
    counts = inbound.counts
    rules = inbound.withheld_by
    changed = counts.withheld or counts.masked or inbound.inert
    trace.end(Did.CHANGED if changed else Did.PASSED, next(iter(rules), None))
    if inbound.removed_calls:
        trace.add(Stage.CALLS, Did.REFUSED, inbound.removed_calls[0].rule)
    if (found := inbound.evidence_counts) is not None:
        trace.add(Stage.EVIDENCE, Did.PASSED if found["supported"] == found["claims"] else Did.CHANGED)


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


async def _worked(one: ChatInteraction, work: Callable[..., _Made], *given: Any) -> _Made:
    """The result of `work`, in a thread where the request is large."""
    texts = [message.content or "" for message in one.asked.messages] + [
        passage.text for passage in one.retrieved.passages
    ]
    large = sum(map(len, texts)) > INLINE_CHARACTERS
    return await asyncio.to_thread(work, *given) if large else work(*given)
