"""Destructions: why, under which rule, what goes and what stays, and the certificate that says so.

Source: 45 CFR 164.310(d)(2)(i) (disposal); NIST SP 800-88 Rev. 2 on cryptographic erase, with which this is aligned: it
is about media, and claims nothing for the copies that others hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from phiward.domain.errors import NotPermittedError
from phiward.retention.due import KeptKind, Standing
from phiward.retention.holds import HOLD_RULE
from phiward.retention.schedule import FLOOR_RULE

NOT_DUE_RULE = "retention_not_over"


class DestructionReason(StrEnum):
    """Why a patient's keys are destroyed. All but the first may come before the period is over."""

    RETENTION_OVER = "retention_over"
    COURT_ORDER = "court_order"
    PATIENT_REQUEST = "patient_request"
    AGREEMENT_ENDED = "agreement_ended"
    MADE_IN_ERROR = "made_in_error"


RULES: Mapping[DestructionReason, str] = {
    DestructionReason.RETENTION_OVER: FLOOR_RULE,
    DestructionReason.COURT_ORDER: "order of a court",
    DestructionReason.PATIENT_REQUEST: "law of the state",
    DestructionReason.AGREEMENT_ENDED: "45 CFR 164.504(e)(2)(ii)(J)",  # return or destroy at the end of an agreement
    DestructionReason.MADE_IN_ERROR: "policy of the organisation",
}

PATIENT_GOES = (
    "the keys of this patient, of every class, for good: documents, facts, vectors, identifiers, the texts beside the "
    "log and the words of reviewers open nowhere any more, in no copy of the database",
    "the rows of documents, facts, segments, held-back documents, citations, relations and keyed digests",
    "what is open towards this patient: access grants, personal keys and sessions bound to him",
)
PATIENT_STAYS = (
    "the log: which patient by an opaque id, who asked, where to, which classes; its proofs stay valid",
    "grants, consents and emergency reviews by opaque ids and codes; their sealed words do not open any more",
    "legal holds that were lifted, and the certificate of this destruction",
)
SHARD_GOES = ("every entry of this shard, with the sealed texts beside them, of every organisation",)
SHARD_STAYS = (
    "the hashes of its leaves and its checkpoints, so that what stands before and after it verifies",
    "the entry in a later shard that says it was destroyed, and the certificate",
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed, when, by whom, under which rule, and where the log says so. No PHI.

    `subject`: an opaque id, or the name of a shard. `destroyed_at` None: begun, and to be finished by running it again.
    """

    id: UUID
    kind: KeptKind
    subject: str
    reason: DestructionReason
    rule: str
    ordered_by: str
    ordered_at: datetime
    entry: UUID
    entry_shard: str | None
    entry_index: int | None
    gone: Mapping[str, int]
    destroyed_at: datetime | None


def refuse_held(holds: tuple[UUID, ...]) -> None:
    """Raise NotPermittedError where a hold stands."""
    if holds:
        raise NotPermittedError(
            "A legal hold stands on it; nothing is destroyed until it is lifted.", param="hold", rule=HOLD_RULE
        )


def refuse_early(found: Standing) -> None:
    """Raise NotPermittedError while a hold stands, or the period is not over."""
    refuse_held(found.holds)
    if not found.due:
        when = "it is still in force" if found.due_at is None else f"it is kept until {found.due_at.date()}"
        raise NotPermittedError(f"Its period is not over: {when}.", rule=NOT_DUE_RULE)
