"""What was done: procedures, immunizations, visits, and reports without a text of their own.

Sources: https://hl7.org/fhir/R4/procedure.html, immunization.html, encounter.html, diagnosticreport.html.
"""

from phiward.domain.facts import Code, FactKind, Saying
from phiward.records.fhir.concepts import concept, words_of
from phiward.records.fhir.facts.wording import NAMELESS, detail, lasting, named, notes, status, told
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes
from phiward.records.fhir.quantities import measured, quantity
from phiward.records.fhir.references import Directory
from phiward.records.fhir.times import first_moment
from phiward.records.reading import Resource

_CLASSES = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "FLD": "field",
    "HH": "home health",
    "IMP": "inpatient",
    "ACUTE": "inpatient acute",
    "NONAC": "inpatient non-acute",
    "OBSENC": "observation",
    "PRENC": "pre-admission",
    "SS": "short stay",
    "VR": "virtual",
}
"""HL7 v3 ActEncounterCode, which sources write without words."""


def procedure(node: Node, resource: Resource, directory: Directory) -> Saying:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    what = concept(node.child("code")) or NAMELESS
    devices = (named(one, "manipulated", "Device", resource, directory) for one in node.children("focalDevice"))
    return Saying(
        FactKind.PROCEDURE,
        what.words,
        what.codes,
        status=status(node.text("status")),
        detail=detail(
            [
                *told("reason for the status", node.child("statusReason")),
                *told("reason", *node.children("reasonCode")),
                *told("body site", *node.children("bodySite")),
                *told("outcome", node.child("outcome")),
                *told("complication", *node.children("complication")),
                *told("follow-up", *node.children("followUp")),
                *told("used", *node.children("usedCode")),
                *(f"device: {device.words}" for device in devices if device is not None),
                lasting(node.child("performedPeriod")),
                node.text("performedString") or "",
                *notes(node),
            ]
        ),
        effective_at=first_moment(node, "performedDateTime", "performedPeriod"),
    )


def immunization(node: Node) -> Saying:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    what = concept(node.child("vaccineCode")) or NAMELESS
    amount, lot = quantity(node.child("doseQuantity")), node.text("lotNumber")
    return Saying(
        FactKind.IMMUNIZATION,
        what.words,
        what.codes,
        status=status(node.text("status"), "subpotent" if node.flag("isSubpotent") else None),
        detail=detail(
            [
                *told("reason for the status", node.child("statusReason")),
                *(f"dose {number}" for one in node.children("protocolApplied") if (number := _dose_number(one))),
                str(amount or ""),
                *told("route", node.child("route")),
                *told("site", node.child("site")),
                *told("reason", *node.children("reasonCode")),
                f"lot {lot}" if lot else "",
                node.text("occurrenceString") or "",
                *notes(node),
            ]
        ),
        effective_at=first_moment(node, "occurrenceDateTime", "recorded"),
    )


def visit(node: Node) -> Saying:
    """An Encounter. Raises ImportFailedError at the first field that is not as FHIR wants it."""
    types = [made for one in node.children("type") if (made := concept(one)) is not None]
    sort = node.child("class")
    code = (sort.text("code") or "") if sort is not None else ""
    sort_words = _CLASSES.get(code) or (sort.text("display") if sort is not None else None) or code
    stay = node.child("hospitalization")
    return Saying(
        FactKind.OTHER,
        f"Encounter: {types[0].words if types else sort_words or NAMELESS.words}",
        tuple(one for made in types for one in made.codes)
        or ((Code(sort.text("system") or "", code),) if sort is not None and code else ()),
        status=status(node.text("status")),
        detail=detail(
            [
                sort_words,
                *(made.words for made in types[1:]),
                *told("service", node.child("serviceType")),
                *told("priority", node.child("priority")),
                *told("reason", *node.children("reasonCode")),
                *(told("admitted from", stay.child("admitSource")) if stay is not None else ()),
                *(told("discharged to", stay.child("dischargeDisposition")) if stay is not None else ()),
                lasting(node.child("period")),
            ]
        ),
        effective_at=first_moment(node, "period"),
    )


def report(node: Node, unread: str | None = None) -> Saying:
    """A DiagnosticReport's conclusion; `unread` is why its text, if it has one, is not kept.

    Raises ImportFailedError at the first field that is not as FHIR wants it.
    """
    what = concept(node.child("code")) or NAMELESS
    return Saying(
        FactKind.RESULT,
        what.words,
        what.codes,
        status=status(node.text("status")),
        detail=detail(
            [
                node.text("conclusion") or "",
                *words_of(node.children("conclusionCode")),
                f"its text is not kept: {unread}" if unread else "",
            ]
        ),
        effective_at=first_moment(node, "effectiveDateTime", "effectivePeriod", "issued"),
        classes=data_classes(node),
    )


def concludes(node: Node) -> bool:
    """Whether a DiagnosticReport has a conclusion beside its text."""
    return bool(node.text("conclusion") or words_of(node.children("conclusionCode")))


def _dose_number(node: Node) -> str:
    """ "2 of 3"."""
    number = node.number("doseNumberPositiveInt") or str(measured(node, "doseNumber") or "")
    of = node.number("seriesDosesPositiveInt") or str(measured(node, "seriesDoses") or "")
    return f"{number} of {of}" if number and of else number
