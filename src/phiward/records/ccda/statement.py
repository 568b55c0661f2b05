"""A clinical statement with what surrounds it, and how what it says becomes a saying.

What is negated never reads as present: it carries no codes, and its status is "negated"; its label, which its kind
makes, says so. Source: CDA R2, clinical statements; C-CDA R2.1, Comment Activity.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from phiward.domain.access import DataClass
from phiward.domain.facts import Code, FactKind, Saying
from phiward.records.ccda.codes import Concept, concept
from phiward.records.ccda.elements import Element, Reader, attribute, child, children, templates
from phiward.records.ccda.values import value_of

NEGATED = "negated"
TEMPLATE = "2.16.840.1.113883.10.20.22.4."
"""Where the entry templates of C-CDA begin."""
_COMMENT = f"{TEMPLATE}64"


@dataclass(frozen=True, slots=True)
class Holder:
    """The concern or battery around statements, read once for all of them."""

    what: Concept | None = None
    status: str = ""
    begins: datetime | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry with what surrounds it: the reader, and the concern or battery that holds it, if any."""

    element: Element = field(repr=False)
    reader: Reader
    holder: Holder = Holder()
    classes: frozenset[DataClass] = frozenset()

    @property
    def negated(self) -> bool:
        """Whether it, or the concern that holds it, is said not to be."""
        return self.element.get("negationInd") == "true" or self.holder.negated

    def related(self, template: str) -> Iterator[Element]:
        """The statements of this template that stand in relation to it."""
        for relation in children(self.element, "entryRelationship"):
            yield from (one for one in relation if template in templates(one))

    def values_of(self, template: str) -> list[str]:
        """The values of related observations, in words."""
        found = (value_of(child(one, "value"), self.reader)[0] for one in self.related(template))
        return [value for value in found if value is not None]

    def saying(
        self,
        kind: FactKind,
        label: str,
        codes: tuple[Code, ...],
        details: list[str | None],
        status: str,
        *,
        value: tuple[str | None, str | None] = (None, None),
        at: datetime | None = None,
    ) -> Saying:
        """The saying; comments and what was originally written come last."""
        said = [*details, *(self.reader.said(child(one, "text")) for one in self.related(_COMMENT))]
        detail = "; ".join(one for one in said if one)
        if self.negated:
            codes, status = (), NEGATED
        begins = at or self.reader.start(child(self.element, "effectiveTime"))
        return Saying(kind, label, codes, *value, status, detail, begins, classes=self.classes)


def holder_of(element: Element, reader: Reader) -> Holder:
    """What an act or organizer says of all that it holds. Raises ImportFailedError where its time is none."""
    return Holder(
        concept(child(element, "code"), reader),
        attribute(child(element, "statusCode"), "code") or "",
        reader.start(child(element, "effectiveTime")),
        element.get("negationInd") == "true",
    )
