"""Results and vital signs: one Saying an Observation, its components within.

A blood pressure has one value, "120/80", so that its course can be read line by line; other components stand in the
detail, each with its own value, and their codes beside the panel's. Source: https://hl7.org/fhir/R4/observation.html,
https://hl7.org/fhir/R4/bp.html.
"""

from collections.abc import Iterator, Sequence

from phiward.domain.facts import FactKind, Saying
from phiward.records.fhir.concepts import Concept, concept, words_of
from phiward.records.fhir.facts.wording import NAMELESS, detail, notes, status, told
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import Measured, measured, quantity, span
from phiward.records.fhir.times import first_moment

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
"""LOINC codes of the components of a blood pressure."""


def observation(node: Node) -> Saying:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    what = concept(node.child("code")) or NAMELESS
    components = list(node.children("component"))
    value = measured(node)
    pressure = _blood_pressure(components) if value is None else None
    value = value or pressure
    inner = [made.codes for one in components if (made := concept(one.child("code"))) is not None]
    absent = concept(node.child("dataAbsentReason")) if value is None else None
    return Saying(
        FactKind.VITAL if _is_vital(node) else FactKind.RESULT,
        what.words,
        tuple(dict.fromkeys([*what.codes, *(code for codes in inner for code in codes)])),
        value=value.value if value is not None else None,
        unit=value.unit if value is not None else None,
        status=status(node.text("status"), absent.words if absent is not None else None),
        detail=detail(
            [
                *([] if pressure else (said for one in components if (said := _component(one)))),
                *_context(node),
                *(said for one in (components if pressure else ()) for said in _context(one)),
            ]
        ),
        effective_at=first_moment(node, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    )


def _is_vital(node: Node) -> bool:
    """By its category."""
    codings = (coding for category in node.children("category") for coding in category.children("coding"))
    return any(coding.text("code") == "vital-signs" for coding in codings)


def _blood_pressure(components: Sequence[Node]) -> Measured | None:
    """ "120/80" when it is a systolic and a diastolic value in one unit, and nothing else is in it."""
    found = {code: quantity(one.child("valueQuantity")) for one in components for code in _codes(one)}
    high, low = found.get(SYSTOLIC), found.get(DIASTOLIC)
    if len(components) != 2 or high is None or low is None or high.unit != low.unit:
        return None
    return Measured(f"{high.value}/{low.value}", high.unit)


def _codes(component: Node) -> Iterator[str]:
    made = concept(component.child("code"))
    yield from (code.code for code in made.codes if made is not None) if made is not None else ()


def _component(node: Node) -> str:
    """ "Oxygen flow: 2.0 L/min (normal)"; why it is missing where it has no value."""
    what: Concept = concept(node.child("code")) or NAMELESS
    value = measured(node) or concept(node.child("dataAbsentReason"))
    said = value.words if isinstance(value, Concept) else str(value or "no value")
    aside = "; ".join(_context(node))
    return f"{what.words}: {said} ({aside})" if aside else f"{what.words}: {said}"


def _context(node: Node) -> Iterator[str]:
    """What a value has to be read with."""
    yield from words_of(node.children("interpretation"))
    for reference in node.children("referenceRange"):
        if said := reference.text("text") or str(span(reference) or ""):
            group = ", ".join([*words_of(reference.children("appliesTo")), *_kind_of_range(reference)])
            yield f"reference range: {said} ({group})" if group else f"reference range: {said}"
    yield from told("body site", node.child("bodySite"))
    yield from told("method", node.child("method"))
    yield from notes(node)
    if node.child("valueSampledData") is not None:
        yield "a recorded curve, not shown here"


def _kind_of_range(reference: Node) -> list[str]:
    """The normal range goes without saying."""
    kind = reference.child("type")
    codes = {coding.text("code") for coding in kind.children("coding")} if kind is not None else set()
    return words_of([kind]) if kind is not None and "normal" not in codes else []
