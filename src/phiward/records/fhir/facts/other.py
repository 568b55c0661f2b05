"""Everything else of the compartment, in words, so that nothing that was recorded about a patient is lost.

The resource is walked; an object is known by its shape, a text is taken only where the name of its element is one of
those of `elements`. Never taken: references and what they display, identifiers, URLs,
names of people, addresses, attachments. Source: https://hl7.org/fhir/R4/datatypes.html.
"""

import re
from collections.abc import Iterator
from typing import Any

from phiward.domain.access import DataClass
from phiward.domain.facts import FactKind, Saying
from phiward.records.fhir.attachments import html_text
from phiward.records.fhir.concepts import Concept, concept, one_line
from phiward.records.fhir.dosage import timing
from phiward.records.fhir.facts.elements import DATES, KINDS, NEVER, TEXTS, TITLES
from phiward.records.fhir.facts.wording import detail, status
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import period, quantity, ratio, span
from phiward.records.fhir.times import first_moment
from phiward.records.reading import Resource

_DATED = frozenset({*DATES, "end", "value"})
"""Elements of R4 that may hold a date; beside them those that are called so. `value` is a date only to the day."""
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
_DAY = len("YYYY-MM-DD")
_SHAPES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"reference"}), frozenset({"display", "type", "identifier"})),
    (frozenset({"display"}), frozenset({"reference", "type", "identifier"})),
    (frozenset({"identifier"}), frozenset({"reference", "display", "type"})),
)
"""A Reference: one of these, and nothing but these."""
_PERSONAL = frozenset({"family", "given", "line", "city", "postalCode", "contentType", "data", "url", "sigFormat"})
"""An object with one of these is a name, an address, an attachment or a signature."""
_IDENTIFIER = frozenset({"use", "type", "system", "value", "period", "assigner", "rank"})
"""An Identifier or a ContactPoint: only these, and its value is a text."""
_CHOICE = re.compile(r" (quantity|string|codeable concept|date time|period|range|ratio|boolean|integer|money|date)$")
_ASIDE = frozenset({"id", "extension"})


def other(node: Node, resource: Resource, alone: bool) -> Saying:
    """What it says. `alone`: it belongs to one patient only, so that its narrative may serve for want of else.

    Raises ImportFailedError at the first field that is not as FHIR wants it.
    """
    title = _title(node)
    kind = _spaced(resource.type).capitalize()
    refused = node.content.get("doNotPerform") is True
    words = f"{kind}: {title.words}" if title is not None else kind
    said = detail(text for name, value in node.content.items() if (text := _element(node, name, value, title)))
    genetic = frozenset({DataClass.GENETIC}) if resource.type == "MolecularSequence" else frozenset()
    return Saying(
        FactKind.OTHER,
        f"Not to be done: {words}" if refused else words,
        title.codes if title is not None else (),
        status=status(node.text("status"), node.text("lifecycleStatus")),
        detail=said or (_narrative(node) if alone and title is None else ""),
        effective_at=first_moment(node, *(name for name in DATES if isinstance(node.content.get(name), str | dict))),
        document_kind=KINDS.get(resource.type),
        classes=genetic,
    )


def _title(node: Node) -> Concept | None:
    """The first of the naming elements that says something; of several, the last, which sources write most exactly."""
    for name in TITLES:
        value = node.content.get(name)
        if isinstance(value, str):
            if name in TEXTS and value.strip():
                return Concept(one_line(value))
        elif found := [made for one in node.each(name) if (made := concept(one)) is not None]:
            return found[-1]
    return None


def _element(node: Node, name: str, value: Any, title: Concept | None) -> str:
    """ "reason code: Laceration of thigh", or "": of a top-level element that is not said elsewhere."""
    if name in ("status", "lifecycleStatus", "doNotPerform", "text"):
        return ""
    said = _said(name, value, node)
    return "" if not said or (title is not None and said == title.words) else f"{_label(name)}: {said}"


def _said(name: str, value: Any, node: Node) -> str:
    """A value in words; "" if it may not be said, or says nothing."""
    if name in NEVER or name.startswith("born") or name.endswith(("Sequence", "Address", "Identifier")):
        return ""
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(said for item in value if (said := _said(name, item, node))))
    if isinstance(value, dict):
        return _object(Node(value, node.place.at(name)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _text(name, value)
    return "" if value is None else str(value)


def _text(name: str, value: str) -> str:
    """Words if the name is of words, the day if it is of a date, else ""."""
    if name in TEXTS or name.endswith(("String", "Code", "Markdown")):
        return one_line(value)
    dated = name in _DATED or name.endswith(("Date", "DateTime", "Time"))
    return value[:_DAY] if dated and _DATE.fullmatch(value) and (name != "value" or len(value) >= _DAY) else ""


def _object(node: Node) -> str:
    keys = node.content.keys() - _ASIDE
    if keys & _PERSONAL or any(must <= keys <= must | may for must, may in _SHAPES):
        return ""
    if keys and keys <= {"coding", "text"}:
        found = concept(node)
        return found.words if found is not None else ""
    if keys <= {"system", "version", "code", "display", "userSelected"} and "code" in keys:
        return one_line(node.text("display") or node.text("code") or "")
    spelled = isinstance(node.content.get("value"), str)
    if spelled and keys <= _IDENTIFIER:
        return ""
    if "value" in keys and not spelled and keys <= {"value", "comparator", "unit", "system", "code", "currency"}:
        return str(quantity(node) or "")
    if keys and keys <= {"low", "high"}:
        return str(span(node) or "")
    if keys and keys <= {"numerator", "denominator"}:
        return str(ratio(node) or "")
    if keys and keys <= {"start", "end"} and all(isinstance(node.content[key], str) for key in keys):
        return period(node)
    if keys & {"repeat"}:
        return timing(node)
    return ", ".join(_parts(node))


def _parts(node: Node) -> Iterator[str]:
    for name, value in node.content.items():
        if said := _said(name, value, node):
            yield said if name == "text" or name.startswith("value") else f"{_label(name)}: {said}"


def _label(name: str) -> str:
    """ "reasonCode" → "reason code"; of a choice, "valueQuantity" → "value"."""
    return _CHOICE.sub("", _spaced(name))


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _narrative(node: Node) -> str:
    """The text that the source wrote for readers, where there is nothing else."""
    text = node.child("text")
    return detail([html_text(text.text("div") or "")]) if text is not None else ""
