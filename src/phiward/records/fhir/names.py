"""What a resource that others refer to is called: medications, devices, clinicians and organisations.

Sources: https://hl7.org/fhir/R4/medication.html, device.html, practitioner.html, organization.html.
"""

from phiward.records.fhir.concepts import Concept, concept, one_line
from phiward.records.fhir.fields import Node


def called(node: Node, kind: str) -> Concept | None:
    """The name, with codes where it has some; None for a resource of another type, and for one without a name."""
    if kind == "Medication":
        return concept(node.child("code")) or _of_ingredients(node)
    if kind == "Device":
        return _plain([name for one in node.children("deviceName") if (name := one.text("name"))]) or concept(
            node.child("type")
        )
    if kind == "Practitioner":
        return _plain([name for one in node.children("name") if (name := _person(one))])
    return _plain([node.text("name") or ""]) if kind == "Organization" else None


def _of_ingredients(node: Node) -> Concept | None:
    """A compounded medication has no code of its own."""
    found = [made for one in node.children("ingredient") if (made := concept(one.child("itemCodeableConcept")))]
    return (
        Concept(" / ".join(one.words for one in found), tuple(c for one in found for c in one.codes)) if found else None
    )


def _person(name: Node) -> str:
    parts = [*name.texts("prefix"), *name.texts("given"), name.text("family") or "", *name.texts("suffix")]
    return name.text("text") or " ".join(part for part in parts if part)


def _plain(names: list[str]) -> Concept | None:
    return Concept(one_line(names[0])) if names and names[0] else None
