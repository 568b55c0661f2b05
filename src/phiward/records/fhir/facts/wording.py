"""How the parts of a fact are put together.

What a Reference displays is not among them, but of medications and devices: it may name another patient.
"""

from collections.abc import Iterable, Iterator

from phiward.records.fhir.concepts import Concept, concept, one_line, words_of
from phiward.records.fhir.fields import Node
from phiward.records.fhir.names import called
from phiward.records.fhir.quantities import period
from phiward.records.fhir.references import Directory, contained
from phiward.records.reading import Resource

MAX_DETAIL = 4000
"""Code points of a detail; what is cut off is marked by an ellipsis."""
NAMELESS = Concept("not named")
"""Where the source has a fact without saying of what."""


def detail(parts: Iterable[str]) -> str:
    """The parts that say something, each once, as one line."""
    text = "; ".join(dict.fromkeys(said for part in parts if (said := one_line(part))))
    return text if len(text) <= MAX_DETAIL else f"{text[: MAX_DETAIL - 2]} …"


def told(word: str, *nodes: Node | None) -> Iterator[str]:
    """ "word: " and the words of these concepts; nothing if they say nothing."""
    if found := words_of(node for node in nodes if node is not None):
        yield f"{word}: {', '.join(found)}"


def notes(node: Node, name: str = "note") -> Iterator[str]:
    """The texts of Annotations, without who wrote them."""
    yield from (text for note in node.children(name) if (text := note.text("text")) is not None)


def status(*words: str | None) -> str:
    """The source's own words, those that are there, each once."""
    return ", ".join(dict.fromkeys(word for word in words if word))


def lasting(node: Node | None) -> str:
    """A Period of more than a day; of a shorter one `effective_at` says all."""
    said = period(node)
    return said if " " in said else ""


def named(node: Node, name: str, kind: str, resource: Resource, directory: Directory) -> Concept | None:
    """What the resource of type `kind` is called to which the element `name` refers.

    Only for medications and devices: their names are nobody's. Where the resource is not in the files, or another type,
    the reference's own display serves.
    """
    reference = node.child(name)
    if reference is None:
        return None
    inner = contained(resource, reference)
    if inner is not None:
        return called(inner, kind) if inner.text("resourceType") == kind else None
    found = directory.resolve(reference)
    if found is not None and not found.startswith(f"{kind}/"):
        return None
    display = reference.text("display")
    return directory.names.get(found or "") or (Concept(one_line(display)) if display else None)


def choice(node: Node, name: str, kind: str, resource: Resource, directory: Directory) -> Concept:
    """The element `name`CodeableConcept or `name`Reference, else NAMELESS."""
    return (
        concept(node.child(f"{name}CodeableConcept"))
        or named(node, f"{name}Reference", kind, resource, directory)
        or NAMELESS
    )
