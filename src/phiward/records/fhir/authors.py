"""Who wrote a document, by name. Only clinicians and organisations: a patient who writes is not named here."""

from phiward.records.fhir.concepts import one_line
from phiward.records.fhir.fields import Node
from phiward.records.fhir.names import called
from phiward.records.fhir.references import Directory, contained
from phiward.records.reading import Resource

_NAMED = ("Practitioner", "PractitionerRole", "Organization")


def authors(resource: Resource, directory: Directory, *names: str) -> str | None:
    """The names behind the first of these elements that has any, joined by commas.

    The name in the files, else what the reference displays. Raises ImportFailedError.
    """
    node = Node(resource.content, resource.place)
    for name in names:
        found = [who for one in node.each(name) if (who := _name(resource, one, directory))]
        if found:
            return ", ".join(dict.fromkeys(found))
    return None


def _name(resource: Resource, reference: Node, directory: Directory) -> str | None:
    inner = contained(resource, reference)
    if inner is not None:
        inner_kind = inner.text("resourceType") or ""
        own = called(inner, inner_kind) if inner_kind in _NAMED else None
        return own.words if own is not None else None
    found = directory.resolve(reference)
    kind = found.partition("/")[0] if found is not None else reference.text("type")
    if kind not in _NAMED:
        return None
    known = directory.names.get(found or "")
    display = reference.text("display")
    return known.words if known is not None else one_line(display) if display else None
