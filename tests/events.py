"""Facts that the catalogue takes, for entries whose facts a test is not about."""

from typing import Any
from uuid import UUID

from phiward.domain.audit import EntryKind

SOMEBODY = str(UUID(int=3))


def facts_of(kind: EntryKind) -> dict[str, Any]:
    """The least that an entry of this kind must say."""
    who = {
        "version": "0.0.0", "person": SOMEBODY, "credential": SOMEBODY, "credential_kind": "personal_key",
        "roles": ["physician"], "patients": [SOMEBODY], "documents": [], "document_kinds": {}, "data_classes": [],
        "facts": [], "corpus_documents": [], "passages": 0, "documents_not_shown": 0, "documents_held_back": 0,
        "trace": [],
    }  # fmt: skip
    text = {
        "stream": False, "context_trust": "staff", "risk": 0, "risk_review": False, "risk_rules": [],
        "tools_removed": [], "identifier_classes": {},
    }  # fmt: skip
    return {
        EntryKind.INTENT: {**who, **text},
        EntryKind.OUTCOME: {"outcome": "released"},
        EntryKind.REFUSAL: {**who, "code": "not_permitted"},
        EntryKind.RETRIEVAL: who,
        EntryKind.ADMINISTRATION: {"action": "sessions.swept", "sessions": 1, "login_attempts": 0},
        EntryKind.LOG: {"action": "log.gateway_stopped", "entries": 1},
    }[kind]
