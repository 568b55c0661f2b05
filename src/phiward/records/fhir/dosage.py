"""A Dosage in words: as the source words it, else from its structure.

Source: https://hl7.org/fhir/R4/dosage.html, https://hl7.org/fhir/R4/datatypes.html#Timing.
"""

from collections.abc import Iterator

from phiward.records.fhir.concepts import concept, words_of
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import Measured, period, quantity, ratio, span

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def dosage(node: Node) -> str:
    """One Dosage, or one MedicationAdministration.dosage; "" if it says nothing."""
    text = node.text("text")
    parts = [text] if text else list(_structured(node))
    instruction = node.text("patientInstruction")
    return ", ".join(
        [*parts, *words_of(node.children("additionalInstruction")), *([instruction] if instruction else [])]
    )


def timing(node: Node | None) -> str:
    """ "twice daily" where the source says so, else "2 times per 1 day"; "" if it says nothing."""
    if node is None:
        return ""
    if (code := concept(node.child("code"))) is not None:
        return code.words
    repeat = node.child("repeat")
    return ", ".join(_repeat(repeat)) if repeat is not None else ""


def _structured(node: Node) -> Iterator[str]:
    for one in node.children("doseAndRate"):
        yield from _amounts(one)
    yield from _amounts(node)
    if said := timing(node.child("timing")):
        yield said
    yield from words_of(found for name in ("route", "site", "method") if (found := node.child(name)) is not None)
    if node.flag("asNeededBoolean"):
        yield "as needed"
    if (reason := concept(node.child("asNeededCodeableConcept"))) is not None:
        yield f"as needed for {reason.words}"
    most = ratio(node.child("maxDosePerPeriod")) or quantity(node.child("maxDosePerAdministration"))
    if most is not None:
        yield f"at most {most}"


def _amounts(node: Node) -> Iterator[str]:
    """Dose and rate, as a Dosage names them and as an administration does."""
    found: tuple[tuple[str, Measured | None], ...] = (
        (
            "dose ",
            quantity(node.child("doseQuantity")) or span(node.child("doseRange")) or quantity(node.child("dose")),
        ),
        (
            "at ",
            ratio(node.child("rateRatio")) or span(node.child("rateRange")) or quantity(node.child("rateQuantity")),
        ),
    )
    for word, amount in found:
        if amount is not None:
            yield f"{word}{amount}"


def _repeat(node: Node) -> Iterator[str]:
    often, most = node.number("frequency"), node.number("frequencyMax")
    every, unit = node.number("period"), node.text("periodUnit") or ""
    times = f"{often}-{most}" if often and most else often or most
    if times and every:
        yield f"{times} {'time' if times == '1' else 'times'} per {every} {_UNITS.get(unit, unit)}"
    elif every:
        yield f"every {every} {_UNITS.get(unit, unit)}"
    yield from (f"on {day}" for day in node.texts("dayOfWeek"))
    yield from (f"at {hour}" for hour in node.texts("timeOfDay"))
    yield from node.texts("when")
    bound = period(node.child("boundsPeriod")) or str(quantity(node.child("boundsDuration")) or "")
    if bound:
        yield f"for {bound}" if bound[0].isdigit() and " to " not in bound else bound
