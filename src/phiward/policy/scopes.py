"""Whether the scopes of a credential allow reading: of a patient at all, and of one kind of document.

A scope opens nothing; it narrows what the person may see anyway. What cannot be enforced, such as a scope narrowed by
a search parameter, allows nothing. Source: SMART App Launch 2.2.0, Scopes for requesting FHIR Resources.
"""

import re
from collections.abc import Iterator
from typing import Final

from phiward.domain.access import DocumentKind
from phiward.domain.people import Caller, CredentialKind

_SCOPE = re.compile(r"(patient|user)/(\*|[A-Z][A-Za-z]{1,63})\.(read|\*|(?=[cruds])c?r?u?d?s?)", re.ASCII)

WITHOUT_SCOPES: Final = frozenset({CredentialKind.PERSONAL_KEY, CredentialKind.BROWSER, CredentialKind.APPLICATION})
"""Credentials that we issue ourselves: without scopes nothing narrows them. A provider's token without any reads
nothing."""

ANY: Final = "*"
_DOCUMENT: Final = frozenset({ANY, "DocumentReference"})
TYPES: Final = {
    DocumentKind.CLINICAL_NOTE: _DOCUMENT,
    DocumentKind.DISCHARGE_SUMMARY: _DOCUMENT,
    DocumentKind.RESULT: _DOCUMENT | {"DiagnosticReport"},
    DocumentKind.MEDICATION: _DOCUMENT | {"MedicationRequest", "MedicationStatement"},
    DocumentKind.BILLING: _DOCUMENT | {"Claim", "ExplanationOfBenefit"},
    DocumentKind.ADMINISTRATIVE: _DOCUMENT,
}
"""The FHIR types whose scope opens a kind of document; a document is always a DocumentReference as well."""


def may_read(caller: Caller, kind: DocumentKind | None = None) -> bool:
    """Whether the scopes allow reading anything of a patient, or documents of `kind`."""
    if not caller.scopes:
        return caller.kind in WITHOUT_SCOPES
    readable = set(_readable(caller))
    return bool(readable if kind is None else readable & TYPES[kind])


def _readable(caller: Caller) -> Iterator[str]:
    """A scope for a patient counts only in a session that is bound to one."""
    for scope in caller.scopes:
        found = _SCOPE.fullmatch(scope)
        if found is None:
            continue
        level, resource, interactions = found.groups()
        reads = interactions in ("read", ANY) or "r" in interactions
        if reads and (level == "user" or caller.bound_patient is not None):
            yield resource
