"""Interactions: what left, for whom, by which rule, and what became of it."""

from typing import Final

from phiward.audit.event import Event, part
from phiward.audit.forms import (
    CODE,
    COUNT,
    DIGEST,
    FLAG,
    ID,
    MILLISECONDS,
    MODEL,
    POLICY_NAME,
    TOOL,
    VERSION,
    Form,
    Many,
    Maybe,
    Row,
    counted,
    one_of,
)  # fmt: skip
from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.audit import EntryKind, Outcome
from phiward.domain.people import CredentialKind, PurposeOfUse, Role
from phiward.domain.placeholders import Category
from phiward.domain.trace import Did, Stage
from phiward.domain.trust import Trust
from phiward.domain.vendors import DestinationClass

TRACE: Final = Many(Row((one_of(Stage), one_of(Did), Maybe(CODE), MILLISECONDS)), 40)
"""Stage, what it did, the rule that decided, milliseconds from the start of the request."""
TOOLS_WITH_RULES: Final = Many(Row((TOOL, CODE)), 256)

WHO: Final[dict[str, Form]] = {
    "version": VERSION,
    "policy": Maybe(DIGEST),
    "person": ID,
    "credential": ID,
    "credential_kind": one_of(CredentialKind),
    "session": Maybe(ID),
    "service": Maybe(ID),
    "emergency": Maybe(ID),
    "roles": Many(one_of(Role), 32),
    "patients": Many(ID),
    "documents": Many(ID),
    "document_kinds": counted(one_of(DocumentKind)),
    "data_classes": Many(one_of(DataClass)),
    "facts": Many(ID),
    "corpus_documents": Many(ID),
    "passages": COUNT,
    "documents_not_shown": COUNT,
    "documents_held_back": COUNT,
    "purpose": Maybe(one_of(PurposeOfUse)),
    "rule": Maybe(CODE),
    "trace": TRACE,
}
"""Who asked, on whose behalf, about whom, why, by which rule, and what was retrieved for it."""
ROUTE: Final[dict[str, Form]] = {
    "destination": Maybe(ID),
    "destination_class": Maybe(one_of(DestinationClass)),
    "baa": Maybe(ID),
    "risk_acceptance": Maybe(ID),
    "admitted_by": Maybe(CODE),
    "model": Maybe(MODEL),
}
"""Where a text goes, on which agreement."""
TEXT: Final[dict[str, Form]] = {
    "stream": FLAG,
    "transformation": Maybe(POLICY_NAME),
    "tagger": Maybe(DIGEST),
    "context_trust": one_of(Trust),
    "risk": COUNT,
    "risk_review": FLAG,
    "risk_rules": Many(CODE),
    "tools_removed": TOOLS_WITH_RULES,
    "identifier_classes": counted(one_of(Category)),
}
"""What was done to a text before it left."""
OPTIONAL_TEXT: Final = {name: Maybe(form) for name, form in {**ROUTE, **TEXT}.items()}

EVENTS: Final = (
    Event(
        EntryKind.INTENT, "A text is about to leave for a model; durable before its first byte does.",
        {**WHO, **ROUTE, **TEXT}, (EntryKind.INTENT,),
    ),
    Event(
        EntryKind.OUTCOME, "What became of it: exactly one for each intent.",
        {
            "outcome": one_of(Outcome), "code": Maybe(CODE), "refused_by": Maybe(CODE), "withheld": Maybe(COUNT),
            "masked": Maybe(COUNT), "resolved": Maybe(COUNT), "withheld_by": Maybe(counted(CODE)),
            "made_inert": Maybe(COUNT), "calls_refused": Maybe(TOOLS_WITH_RULES), "call_notes": Maybe(Many(CODE)),
            "evidence": Maybe(part(claims=COUNT, supported=COUNT, left_out=COUNT)), "label": Maybe(CODE),
            "prompt_tokens": Maybe(COUNT), "completion_tokens": Maybe(COUNT), "trace": Maybe(TRACE),
            "milliseconds": Maybe(MILLISECONDS),
        }, (EntryKind.OUTCOME,),
    ),
    Event(
        EntryKind.REFUSAL, "A request of a known person was refused before anything left.",
        {**WHO, **OPTIONAL_TEXT, "code": CODE, "refused_by": Maybe(CODE)}, (EntryKind.REFUSAL,),
    ),
    Event(
        EntryKind.RETRIEVAL, "Passages were given to an application of the person who asked.",
        WHO, (EntryKind.RETRIEVAL,),
    ),
)  # fmt: skip
