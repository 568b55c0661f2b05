"""Who a reference means: relative, absolute, `urn:uuid`, conditional, by identifier alone, or contained.

A `Directory` is filled from all files of an import before the first is stored, so that the order of
files and of entries does not matter. It holds who people and organisations are, what medications and devices
are called, where each Binary stands, and which of these something refers to; no other content.
Ids are taken to be unique within one organisation: of an absolute URL the server's part is dropped.
Source: https://hl7.org/fhir/R4/references.html, https://hl7.org/fhir/R4/bundle.html#references.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from phiward.records.fhir.binaries import Binaries
from phiward.records.fhir.concepts import Concept
from phiward.records.fhir.fields import ID, Node
from phiward.records.fhir.names import called
from phiward.records.fhir.types import RESOURCE_TYPES
from phiward.records.reading import Resource

_INDEXED = frozenset(
    {"Patient", "Practitioner", "PractitionerRole", "Organization", "CareTeam", "RelatedPerson"}
    | {"Group", "Device", "Location", "HealthcareService", "Medication", "Binary"}
)
_PATH = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]+)?")
_URN = re.compile(r"urn:uuid:([0-9a-fA-F-]{36})")


@dataclass(slots=True)
class Directory:
    """Source ids ("Practitioner/1") by full URL and by identifier, practitioners by role, and names by source id.

    `wanted` are the source ids of what belongs to whom its referrer belongs to, and has one.
    """

    by_url: dict[str, str] = field(default_factory=dict, repr=False)
    by_identifier: dict[tuple[str, str, str], set[str]] = field(default_factory=dict, repr=False)
    by_role: dict[str, str] = field(default_factory=dict, repr=False)
    names: dict[str, Concept] = field(default_factory=dict, repr=False)
    binaries: Binaries = field(default_factory=Binaries)
    wanted: set[str] = field(default_factory=set, repr=False)

    def add(self, resource: Resource) -> None:
        """Learn who this is. Raises ImportFailedError if it has no usable id."""
        if resource.type not in _INDEXED:
            return
        key = source_id(resource)
        if resource.full_url is not None:
            self.by_url[resource.full_url] = key
        node = Node(resource.content, resource.place)
        for system, value in _identifiers(node):
            self.by_identifier.setdefault((resource.type, system, value), set()).add(key)
        if (name := called(node, resource.type)) is not None:
            self.names[key] = name
        if resource.type == "Binary":
            self.binaries.places[key] = resource.place
        practitioner = node.child("practitioner") if resource.type == "PractitionerRole" else None
        if practitioner is not None and (reference := practitioner.text("reference")):
            self.by_role[key] = reference

    def resolve(self, reference: Node) -> str | None:
        """The source id, or None. A role becomes its practitioner where the role is known."""
        found = self._find(reference)
        if found is not None and found in self.by_role:
            return self.by_text(self.by_role[found]) or found
        return found

    def _find(self, node: Node) -> str | None:
        text = node.text("reference")
        if text is not None:
            return self.by_text(text)
        identifier, kind = node.child("identifier"), node.text("type")
        if identifier is None or kind is None:
            return None
        return self._only(kind, identifier.text("system") or "", identifier.text("value") or "")

    def by_text(self, text: str) -> str | None:
        """The source id that a URL or a literal reference means, or None."""
        if text in self.by_url:
            return self.by_url[text]
        if "?" in text:
            kind, _, query = text.partition("?")
            system, bar, value = parse_qs(query).get("identifier", [""])[0].rpartition("|")
            return self._only(kind.rpartition("/")[2], system if bar else "", value)
        path = _PATH.fullmatch(text)
        return f"{path[1]}/{path[2]}" if path and path[1] in RESOURCE_TYPES else None

    def of_identifiers(self, kind: str, node: Node) -> str | None:
        """The one resource of a type that has an identifier of `node`; None if there is none, or more than one."""
        found = {key for system, value in _identifiers(node) if (key := self._only(kind, system, value)) is not None}
        return next(iter(found)) if len(found) == 1 else None

    def _only(self, kind: str, system: str, value: str) -> str | None:
        """The one with this identifier; none if two could be meant. Without a system, any system."""
        keys: set[str] = set()
        if system:
            keys = self.by_identifier.get((kind, system, value), set())
        elif value:
            for (of, _, number), found in self.by_identifier.items():
                if (of, number) == (kind, value):
                    keys = keys | found
        return next(iter(keys)) if len(keys) == 1 else None


def contained(resource: Resource, reference: Node) -> Node | None:
    """The contained resource that "#id" means; None if it is another kind of reference, or nothing."""
    text = reference.text("reference")
    if text is None or not text.startswith("#"):
        return None
    for node in Node(resource.content, resource.place).children("contained"):
        if node.text("id") == text[1:]:
            return node
    return None


def resolve_within(resource: Resource, reference: Node, directory: Directory) -> str | None:
    """The source id, or None. A contained Patient is the one in the files who has the same identifier."""
    inner = contained(resource, reference)
    if inner is None:
        return directory.resolve(reference)
    return directory.of_identifiers(inner.text("resourceType") or "", inner)


def source_id(resource: Resource) -> str:
    """ "Patient/abc" from the id, or from a urn:uuid full URL. Raises ImportFailedError."""
    node = Node(resource.content, resource.place)
    written = node.text("id")
    if written is None:
        urn = _URN.fullmatch(resource.full_url or "")
        if urn is None:
            node.refuse("id", "this is missing")
        written = urn[1].lower()
    if not ID.fullmatch(written):
        node.refuse("id", "this is not an id of FHIR")
    return f"{resource.type}/{written}"


def _identifiers(node: Node) -> list[tuple[str, str]]:
    found = []
    for identifier in node.children("identifier"):
        value = identifier.text("value")
        if value:
            found.append((identifier.text("system") or "", value))
    return found
