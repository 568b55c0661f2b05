"""Medications: ordered, stated, administered, dispensed.

Sources: https://hl7.org/fhir/R4/medicationrequest.html, medicationstatement.html, medicationadministration.html,
medicationdispense.html.
"""

from collections.abc import Iterator

from phiward.domain.facts import FactKind, Saying
from phiward.records.fhir.dosage import dosage
from phiward.records.fhir.facts.wording import choice, detail, lasting, notes, status, told
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import quantity
from phiward.records.fhir.references import Directory
from phiward.records.fhir.times import first_moment
from phiward.records.reading import Resource

_DONE = {
    "MedicationRequest": "prescribed",
    "MedicationStatement": "as stated",
    "MedicationAdministration": "administered",
    "MedicationDispense": "dispensed",
}
_WHEN = {
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
}
_ORDERS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})


def medication(node: Node, resource: Resource, directory: Directory) -> Saying:
    """One of the four types. Raises ImportFailedError at the first field that is not as FHIR wants it."""
    what = choice(node, "medication", "Medication", resource, directory)
    refused = node.flag("doNotPerform") or False
    intent = node.text("intent")
    return Saying(
        FactKind.MEDICATION,
        f"Do not give: {what.words}" if refused else what.words,
        what.codes,
        status=status(node.text("status"), None if intent is None or intent in _ORDERS else intent),
        detail=detail([_DONE[resource.type], *_doses(node), *_why(node), *_supply(node), *notes(node)]),
        effective_at=first_moment(node, *_WHEN[resource.type]),
    )


def _doses(node: Node) -> Iterator[str]:
    """`dosageInstruction` of an order, `dosage` of a statement (a list) and of an administration (one)."""
    for name in ("dosageInstruction", "dosage"):
        yield from (said for one in node.each(name) if (said := dosage(one)))


def _why(node: Node) -> Iterator[str]:
    yield from told("reason", *node.children("reasonCode"))
    reasons = node.child("statusReasonCodeableConcept")
    yield from told("reason for the status", *([reasons] if reasons is not None else node.each("statusReason")))


def _supply(node: Node) -> Iterator[str]:
    supply = node.child("dispenseRequest") or node
    if (amount := quantity(supply.child("quantity"))) is not None:
        yield f"quantity: {amount}"
    days = quantity(supply.child("daysSupply") or supply.child("expectedSupplyDuration"))
    if days is not None:
        yield f"supply: {days}"
    if (repeats := supply.number("numberOfRepeatsAllowed")) is not None:
        yield f"refills: {repeats}"
    if valid := lasting(supply.child("validityPeriod") or node.child("effectivePeriod")):
        yield valid
