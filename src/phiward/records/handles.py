"""By which references a caller may name a patient, in one spelling."""

from collections.abc import Iterator

from phiward.domain.patients import Identifier, IdentifierKind

HANDLE_LABEL = "handle"
"""Label of the keyed digest of a handle; the digest is not bound to a tenant, its row is."""


def handle_text(reference: str) -> str:
    """The canonical reference: "Patient/ABC", "abc" and " abc " are one."""
    return reference.strip().casefold().removeprefix("patient/")


def handles(patient: str, source_id: str, identifiers: tuple[Identifier, ...]) -> Iterator[str]:
    """phiward's own id, the record's own id, and each medical record number, canonical."""
    yield handle_text(patient)
    yield handle_text(source_id)
    for identifier in identifiers:
        if identifier.kind is IdentifierKind.MRN and handle_text(identifier.value):
            yield handle_text(identifier.value)
