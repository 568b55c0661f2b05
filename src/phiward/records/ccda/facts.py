"""The coded entries of all sections to facts.

A fact is known by its document's source id and its own first <id>, and is part of the document: when a newer version
comes in, what it no longer states is taken back. Not facts of the patient: what is planned, what is about a relative,
and what was nullified. An entry of a kind that is not kept is counted; its narrative is in the document.
Source: C-CDA R2.1, entry templates.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from phiward.domain.access import DataClass
from phiward.domain.facts import FactKind
from phiward.records.ccda import statements
from phiward.records.ccda.elements import Element, Reader, attribute, child, children, is_null, tag, templates
from phiward.records.ccda.narrative import all_sections
from phiward.records.ccda.statement import TEMPLATE, Holder, Statement, holder_of
from phiward.records.ccda.statements import Make
from phiward.records.results import FactRecord

NOT_KEPT = "an entry is of a kind that is not kept as a fact"
PLANNED = "an entry says what is planned"
NULLIFIED = "an entry was nullified"
OF_ANOTHER = "an entry is about someone else than the patient"

_MADE_BY: dict[str, Make] = {
    f"{TEMPLATE}4": statements.problem,
    f"{TEMPLATE}7": statements.allergy,
    "2.16.840.1.113883.10.20.24.3.90": statements.allergy,
    f"{TEMPLATE}16": statements.medication,
    f"{TEMPLATE}52": statements.immunization,
    f"{TEMPLATE}14": statements.procedure,
    f"{TEMPLATE}13": statements.procedure,
    f"{TEMPLATE}12": statements.procedure,
    f"{TEMPLATE}2": statements.measured(FactKind.RESULT),
    f"{TEMPLATE}27": statements.measured(FactKind.VITAL),
    f"{TEMPLATE}38": statements.measured(FactKind.OTHER),
    f"{TEMPLATE}78": statements.measured(FactKind.OTHER),
    f"{TEMPLATE}85": statements.measured(FactKind.OTHER),
    "2.16.840.1.113883.10.20.15.3.8": statements.measured(FactKind.OTHER),
}
"""Template id → what reads it. The four last: social history, smoking, tobacco, pregnancy."""
_HOLDERS = frozenset({"act", "organizer"})
_MAY_BE_INTENDED = frozenset({f"{TEMPLATE}16"})


def facts(
    structured: Element,
    reader: Reader,
    document: str,
    patient: str,
    classes: frozenset[DataClass],
    unresolved: Counter[str],
) -> list[FactRecord]:
    """All facts of a structuredBody; `document` and `patient` are source ids. Raises ImportFailedError."""
    found: list[FactRecord] = []
    names: Counter[str] = Counter()
    around = _Around(reader)
    for section in all_sections(structured):
        for entry in children(section, "entry"):
            before, noted = len(found), unresolved.total()
            for element, make in _statements(entry):
                made = around.excluded(element) or make(Statement(element, reader, around.holder(element), classes))
                if isinstance(made, str):
                    unresolved[made] += 1
                    continue
                name = _name(element)
                names[name] += 1
                key = f"urn:cda:fact:{document}:{name}" + (f"#{names[name]}" if names[name] > 1 else "")
                found.append(FactRecord(key, patient, made, reader.at(element), document))
            if len(found) == before and unresolved.total() == noted:
                unresolved[NOT_KEPT] += 1
    return found


@dataclass(slots=True)
class _Around:
    """What stands around statements, each element looked at once: a battery may hold thousands of them."""

    reader: Reader
    holders: dict[Element, Holder] = field(default_factory=dict, repr=False)
    reasons: dict[Element, str | None] = field(default_factory=dict, repr=False)

    def excluded(self, element: Element) -> str | None:
        """Why it is no fact of the patient; None when it is one."""
        if (reason := self._voided(element)) is not None:
            return reason
        moods = {"EVN", "INT"} if templates(element) & _MAY_BE_INTENDED else {"EVN"}
        return None if (attribute(element, "moodCode") or "EVN") in moods else PLANNED

    def holder(self, element: Element) -> Holder:
        """The concern or battery directly around it."""
        relation = element.getparent()
        holder = relation.getparent() if relation is not None else None
        if holder is None or tag(holder) not in _HOLDERS:
            return Holder()
        if holder not in self.holders:
            self.holders[holder] = holder_of(holder, self.reader)
        return self.holders[holder]

    def _voided(self, element: Element) -> str | None:
        """Why not: it, or something that it stands in, is about someone else or was nullified."""
        if element in self.reasons:
            return self.reasons[element]
        parent = element.getparent()
        reason = None
        if child(element, "subject") is not None:
            reason = OF_ANOTHER
        elif attribute(child(element, "statusCode"), "code") == "nullified":
            reason = NULLIFIED
        elif parent is not None:
            reason = self._voided(parent)
        self.reasons[element] = reason
        return reason


def _statements(entry: Element) -> Iterator[tuple[Element, Make]]:
    """The statements of known templates, at any depth."""
    for element in entry.iter():
        makes = [_MADE_BY[template] for template in templates(element) if template in _MADE_BY]
        if makes:
            yield element, makes[0]


def _name(element: Element) -> str:
    """Its first usable id; one without any is known by its kind and its order among such."""
    for one in children(element, "id"):
        if not is_null(one) and (root := attribute(one, "root")) is not None:
            return f"{root}:{attribute(one, 'extension') or ''}"
    return tag(element)
