"""What the log says of one interaction: opaque ids, classes, destination and agreement, never PHI.

The leaf must answer "which patients, whose, where to" after a key is destroyed. The text that left
and the text that came back stand beside it as addenda, sealed under the patient's key.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from phiward import __version__
from phiward.deid.manifest import POLICY
from phiward.deid.tagger.model_file import shipped_model
from phiward.domain.access import Relation
from phiward.domain.audit import Addendum, Entry, EntryKind, Outcome
from phiward.domain.chat import ChatRequest
from phiward.domain.errors import PhiwardError
from phiward.domain.passages import NOTHING_RETRIEVED, Origin, Retrieved
from phiward.domain.patients import KnownPatient, PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.ports import AuditLog, Clock, NewId, Sealer
from phiward.domain.vendors import Route
from phiward.domain.verdict import Verdict
from phiward.flow.inbound import Inbound
from phiward.flow.labelling import Labels
from phiward.flow.outbound import Outbound

NO_LABELS = Labels()


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
            "service": str(self.caller.service) if self.caller.service else None,
            "emergency": str(self.emergency.grant) if self.emergency else None,
            "roles": sorted(self.caller.roles),
            "patients": [str(self.subject)] if self.subject else [],
            "documents": self._sources(Origin.CHART),
            "facts": [str(fact) for passage in found.passages for fact in passage.facts],
            "corpus_documents": self._sources(Origin.CORPUS),
            "passages": len(found.passages),
            "documents_not_shown": found.not_shown,
            "documents_held_back": found.held_back,
            "purpose": self.purpose,
            "rule": self.decision.rule if self.decision else None,
        }

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
            "tools_removed": [[one.name, one.rule] for one in self.labels.removed],
            "identifier_classes": {str(name): count for name, count in sorted(sent.counts.items())} if sent else {},
        }


class Recorder:
    """Writes the entries of interactions. Every method returns only when the entry is durable."""

    def __init__(self, log: AuditLog, sealer: Sealer, clock: Clock, new_id: NewId) -> None:
        """The durable log, and what seals the addenda."""
        self._log, self._sealer, self._clock, self._new_id = log, sealer, clock, new_id

    async def intent(self, one: ChatInteraction) -> None:
        """Promise 1: on record before a byte leaves. Raises AuditUnavailableError."""
        assert one.outbound is not None  # noqa: S101 - narrows the type; the flow sets it first
        await self._append(one, EntryKind.INTENT, one.facts(), "sent", one.outbound.body.value)

    async def refusal(self, one: Interaction, error: PhiwardError) -> None:
        """An authenticated request that was refused before anything left."""
        facts = {**one.facts(), "code": error.code, "refused_by": error.rule}
        await self._append(one, EntryKind.REFUSAL, facts, "", "")

    async def retrieval(self, one: Interaction) -> None:
        """What was found leaves for the application of the person who asked: on record before it does."""
        await self._append(one, EntryKind.RETRIEVAL, one.facts(), "", "")

    async def outcome(self, one: Interaction, outcome: Outcome, inbound: Inbound, error: PhiwardError | None) -> None:
        """How it ended. Raises AuditUnavailableError, also when an outcome is already on record."""
        counts = inbound.counts
        facts = {
            "outcome": outcome,
            "code": error.code if error else None,
            "withheld": counts.withheld,
            "masked": counts.masked,
            "resolved": counts.resolved,
            "withheld_by": dict(inbound.withheld_by),
            "made_inert": inbound.inert,
            "calls_refused": [[one.name, one.rule] for one in inbound.removed_calls],
            "call_notes": sorted(set(inbound.call_notes)),
            "evidence": inbound.evidence_counts,
        }
        await self._append(one, EntryKind.OUTCOME, facts, "received", "".join(inbound.received))

    async def _append(self, one: Interaction, kind: EntryKind, facts: dict[str, Any], name: str, text: str) -> None:
        entry_id, tenant = self._new_id(), one.caller.tenant
        addenda: tuple[Addendum, ...] = ()
        if text:
            sealed = self._sealer.seal(tenant, one.subject, entry_id, name, text.encode("utf-8", "surrogatepass"))
            addenda = (Addendum(name, sealed),)
        await self._log.append(Entry(entry_id, tenant, one.id, kind, self._clock(), facts, addenda))
