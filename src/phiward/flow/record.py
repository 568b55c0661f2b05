"""What the log says of one interaction: opaque ids, classes, destination and agreement, never PHI.

The leaf must answer "which patients, whose, where to, by which rule" after a key is destroyed. Beside it stand addenda:
under the patient's key the text that left, the text that came back and the grounds of both; under the organisation's
key the circumstances of the request, so that they outlive the patient's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from phiward import __version__
from phiward.deid.manifest import POLICY
from phiward.deid.tagger.model_file import shipped_model
from phiward.domain.access import Relation
from phiward.domain.audit import Addendum, Circumstances, Entry, EntryKind, Outcome
from phiward.domain.chat import ChatRequest
from phiward.domain.errors import PhiwardError
from phiward.domain.passages import NOTHING_RETRIEVED, Origin, Retrieved
from phiward.domain.patients import KnownPatient, PatientRef
from phiward.domain.people import Caller, CredentialKind, PurposeOfUse
from phiward.domain.ports import AuditLog, Clock, NewId, Sealer
from phiward.domain.tools import RemovedTool
from phiward.domain.trace import Trace
from phiward.domain.vendors import Route
from phiward.domain.verdict import Verdict
from phiward.flow.grounds import grounds_of
from phiward.flow.inbound import Inbound
from phiward.flow.labelling import Labels
from phiward.flow.outbound import Outbound

NO_LABELS = Labels()
UNREGISTERED = "(a tool that was not registered)"
"""Stands for the name of a tool that only the caller knows: it is her text. The name itself is sealed."""
SENT, RECEIVED, GROUNDS, CIRCUMSTANCES = "sent", "received", "grounds", "circumstances"
"""The names of addenda."""
SUGGESTION = "ai_suggestion"
"""The code of the label under which an answer about a chart is shown (clinical.answer.LABEL)."""
MOST_CHARACTERS = 512
"""Of an address, and of a device's name: a header may be any length."""
MOST_TOKENS = 10**12
"""What a model's server says of itself must not make an outcome unrecordable."""

Sealed = tuple[str, PatientRef | None, bytes]
"""An addendum's name, under whose key it goes (None: the organisation's), and its text."""


@dataclass(slots=True)
class Interaction:
    """Who asks about whom, by what right, and what was retrieved; the flow fills it from top to bottom."""

    id: UUID
    caller: Caller
    patient: KnownPatient | None = None
    purpose: PurposeOfUse | None = None
    decision: Verdict | None = None
    retrieved: Retrieved = NOTHING_RETRIEVED
    emergency: Relation | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)
    trace: Trace = field(default_factory=Trace, repr=False)
    question: str = field(default="", repr=False)

    @property
    def subject(self) -> PatientRef | None:
        """Whom it is about."""
        return self.patient.patient if self.patient else None

    @property
    def grants(self) -> frozenset[UUID]:
        """The access grants that this request stands on."""
        return frozenset([self.emergency.grant]) if self.emergency and self.emergency.grant else frozenset()

    def facts(self) -> dict[str, Any]:
        """The part of the leaf that every entry of a request shares."""
        found = self.retrieved
        return {
            "version": __version__,
            "person": str(self.caller.person),
            "credential": str(self.caller.credential_id),
            "credential_kind": self.caller.kind,
            "session": None if self.caller.kind is CredentialKind.PERSONAL_KEY else str(self.caller.credential_id),
            "service": str(self.caller.service) if self.caller.service else None,
            "emergency": str(self.emergency.grant) if self.emergency else None,
            "roles": sorted(self.caller.roles),
            "patients": [str(self.subject)] if self.subject else [],
            "documents": self._sources(Origin.CHART),
            "document_kinds": _counted(str(kind) for one in found.passages for kind in one.kinds),
            "data_classes": sorted({str(name) for one in found.passages for name in one.classes}),
            "facts": [str(fact) for passage in found.passages for fact in passage.facts],
            "corpus_documents": self._sources(Origin.CORPUS),
            "passages": len(found.passages),
            "documents_not_shown": found.not_shown,
            "documents_held_back": found.held_back,
            "purpose": self.purpose,
            "rule": self.decision.rule if self.decision else None,
        }

    def grounds(self) -> bytes:
        """What was found, and for which question."""
        return grounds_of(self.retrieved.passages, {}, question=self.question)

    def _sources(self, origin: Origin) -> list[str]:
        return list(dict.fromkeys(str(one.source) for one in self.retrieved.passages if one.origin is origin))


def route_facts(route: Route | None, admitted_by: str | None) -> dict[str, Any]:
    """Where a text goes, on which agreement, and which rule let it."""
    return {
        "destination": str(route.destination.id) if route else None,
        "destination_class": route.destination_class if route else None,
        "baa": str(route.baa.id) if route and route.baa else None,
        "risk_acceptance": str(route.acceptance.id) if route and route.acceptance else None,
        "admitted_by": admitted_by,
        "model": route.upstream_model if route else None,
    }


@dataclass(slots=True, kw_only=True)
class ChatInteraction(Interaction):
    """A request to a model: what was asked, and what leaves."""

    asked: ChatRequest
    route: Route | None = None
    admission: str | None = None
    until: datetime | None = None
    labels: Labels = NO_LABELS
    outbound: Outbound | None = field(default=None, repr=False)

    def facts(self) -> dict[str, Any]:
        """With where it goes, on which agreement, and what was replaced."""
        sent = self.outbound
        return {
            **Interaction.facts(self),
            **route_facts(self.route, self.admission),
            "stream": self.asked.stream,
            "transformation": POLICY if sent else None,
            "tagger": shipped_model().card["sha256"] if sent else None,
            "context_trust": self.labels.trust,
            "risk": self.labels.risk.score,
            "risk_review": self.labels.risk.review,
            "risk_rules": sorted({finding.rule for finding in self.labels.risk.findings}),
            "tools_removed": self.named(self.labels.removed),
            "identifier_classes": {str(name): count for name, count in sorted(sent.counts.items())} if sent else {},
        }

    def grounds(self) -> bytes:
        """With what was replaced by what, and the tools that were taken away, by their own names."""
        replaced = self.outbound.placeholders if self.outbound else {}
        return grounds_of(self.retrieved.passages, replaced, self.labels.removed)

    def named(self, tools: Sequence[RemovedTool]) -> list[list[str]]:
        """Tools with the rule that took them away; only those that an operator registered by name."""
        known = self.labels.registered
        return [[one.name if one.name in known else UNREGISTERED, one.rule] for one in tools]


class Recorder:
    """Writes the entries of interactions. Every method returns only when the entry is durable."""

    def __init__(self, log: AuditLog, sealer: Sealer, clock: Clock, new_id: NewId, policy: str) -> None:
        """The durable log, and what seals the addenda; `policy` is the digest of the policies in force."""
        self._log, self._sealer, self._clock, self._new_id = log, sealer, clock, new_id
        self._policy = policy

    async def intent(self, one: ChatInteraction) -> None:
        """Promise 1: on record before a byte leaves. Raises AuditUnavailableError."""
        assert one.outbound is not None  # noqa: S101 - narrows the type; the flow sets it first
        sent = one.outbound.body.value.encode("utf-8", "surrogatepass")
        sealed = [(SENT, one.subject, sent), (GROUNDS, one.subject, one.grounds())]
        await self._begin(one, EntryKind.INTENT, one.facts(), sealed)

    async def refusal(self, one: Interaction, error: PhiwardError) -> None:
        """An authenticated request that was refused before anything left."""
        await self._begin(one, EntryKind.REFUSAL, {**one.facts(), "code": error.code, "refused_by": error.rule}, [])

    async def retrieval(self, one: Interaction) -> None:
        """What was found leaves for the application of the person who asked: on record before it does."""
        await self._begin(one, EntryKind.RETRIEVAL, one.facts(), [(GROUNDS, one.subject, one.grounds())])

    async def outcome(
        self, one: ChatInteraction, outcome: Outcome, inbound: Inbound, error: PhiwardError | None
    ) -> None:
        """How it ended. Raises AuditUnavailableError, also when an outcome is already on record."""
        counts, usage = inbound.counts, inbound.usage
        facts = {
            "outcome": outcome,
            "code": error.code if error else None,
            "refused_by": error.rule if error else None,
            "withheld": counts.withheld,
            "masked": counts.masked,
            "resolved": counts.resolved,
            "withheld_by": dict(inbound.withheld_by),
            "made_inert": inbound.inert,
            "calls_refused": one.named(inbound.removed_calls),
            "call_notes": sorted(set(inbound.call_notes)),
            "evidence": inbound.evidence_counts,
            "label": None if inbound.evidence_counts is None else SUGGESTION,
            "prompt_tokens": min(usage.prompt_tokens, MOST_TOKENS) if usage else None,
            "completion_tokens": min(usage.completion_tokens, MOST_TOKENS) if usage else None,
            "trace": one.trace.take(),
            "milliseconds": one.trace.milliseconds(),
        }
        received = "".join(inbound.received).encode("utf-8", "surrogatepass")
        await self._append(one, EntryKind.OUTCOME, facts, [(RECEIVED, one.subject, received)] if received else [])

    async def _begin(self, one: Interaction, kind: EntryKind, facts: dict[str, Any], sealed: list[Sealed]) -> None:
        """The first entry of an interaction: with its trace so far, and its circumstances."""
        facts = {**facts, "policy": self._policy, "trace": one.trace.take()}
        if circumstances := _circumstances(one.circumstances):
            sealed = [*sealed, (CIRCUMSTANCES, None, circumstances)]
        await self._append(one, kind, facts, sealed)

    async def _append(self, one: Interaction, kind: EntryKind, facts: dict[str, Any], sealed: list[Sealed]) -> None:
        entry_id, tenant = self._new_id(), one.caller.tenant
        addenda = tuple(
            Addendum(name, self._sealer.seal(tenant, patient, entry_id, name, text), patient)
            for name, patient, text in sealed
        )
        await self._log.append(Entry(entry_id, tenant, one.id, kind, self._clock(), facts, addenda))


def _circumstances(said: Circumstances) -> bytes:
    """Canonical JSON; nothing where nothing is known."""
    known = {"address": said.address, "device": said.device}
    short = {name: value[:MOST_CHARACTERS] for name, value in known.items() if value}
    return orjson.dumps(short, option=orjson.OPT_SORT_KEYS) if short else b""


def _counted(names: Any) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
