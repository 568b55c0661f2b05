"""Who wrote what a resource says: the organisation's own staff, the patient or somebody close, or somebody outside.

A clinician or an organisation whom the files name, or whom the server itself holds (a relative reference), is staff.
Whoever is only displayed, or stands elsewhere by an absolute address, is outside; so is a document that names nobody.
A structured fact of the server is staff's unless it says that the patient or a related person told it.
"""

from phiward.domain.trust import Trust
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory, contained
from phiward.records.reading import Resource

_CLOSE = frozenset({"Patient", "RelatedPerson"})
_STAFF = frozenset({"Practitioner", "PractitionerRole", "Organization", "CareTeam", "Device"})
_TOLD_BY = ("author", "source", "sender", "informationSource", "asserter", "performer", "recorder", "reporter")


def document_trust(resource: Resource, directory: Directory, *names: str) -> Trust:
    """Of a document, by the first of these elements that names anybody. Raises ImportFailedError."""
    node = Node(resource.content, resource.place)
    for name in names:
        found = [_trust(resource, one, directory) for one in node.each(name)]
        if found:
            return Trust.PATIENT if Trust.PATIENT in found else _least(found)
    return Trust.OUTSIDE


def fact_trust(resource: Resource, directory: Directory) -> Trust:
    """Of a structured fact. Raises ImportFailedError."""
    node = Node(resource.content, resource.place)
    told = [_trust(resource, one, directory) for name in _TOLD_BY for one in _references(node, name)]
    return Trust.PATIENT if Trust.PATIENT in told else Trust.STAFF


def _references(node: Node, name: str) -> list[Node]:
    """References of an element that may also be an object around one (`performer.actor`, `source` as a text)."""
    value = node.content.get(name)
    if not isinstance(value, dict | list):
        return []
    return [actor if (actor := one.child("actor")) is not None else one for one in node.each(name)]


def _trust(resource: Resource, reference: Node, directory: Directory) -> Trust:
    inner = contained(resource, reference)
    if inner is not None:
        kind = inner.text("resourceType") or ""
    else:
        kind = (directory.resolve(reference) or "").partition("/")[0] or (reference.text("type") or "")
    if kind in _CLOSE:
        return Trust.PATIENT
    written = reference.text("reference") or ""
    known = directory.resolve(reference) in directory.names or inner is not None
    own = bool(written) and "://" not in written
    return Trust.STAFF if kind in _STAFF and (known or own) else Trust.OUTSIDE


def _least(found: list[Trust]) -> Trust:
    return Trust.STAFF if all(one is Trust.STAFF for one in found) else Trust.OUTSIDE
