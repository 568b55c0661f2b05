"""One clinical statement of each kind to what it says, in words, or to the reason why it says nothing.

What is negated never reads as present: its label says so, it carries no codes, and its status is "negated".
Source: C-CDA R2.1 entry templates, named beside each function.
"""

from collections.abc import Callable, Iterator

from phiward.domain.facts import FactKind, Saying
from phiward.records.ccda.codes import Concept, code_words, concept
from phiward.records.ccda.elements import Element, Reader, attribute, child, children, is_null
from phiward.records.ccda.statement import TEMPLATE, Statement
from phiward.records.ccda.values import day_words, interval, period, reference_ranges, value_of

NO_LABEL = "an entry does not say in words what it is about"
_STATUS_OBSERVATIONS = frozenset({f"{TEMPLATE}6", f"{TEMPLATE}28"})
_SEVERITY, _CRITICALITY, _REACTION = f"{TEMPLATE}8", f"{TEMPLATE}145", f"{TEMPLATE}9"
_REFUSAL, _INDICATION = f"{TEMPLATE}53", f"{TEMPLATE}19"
_FREE_TEXT_SIG = f"{TEMPLATE}147"

_ANY_SUBSTANCE = frozenset({"105590001", "410942007", "762766007"})
"""SNOMED CT: Substance, Drug or medicament, Edible substance. Negated, they mean all of them."""
_KINDS_OF_ALLERGY = {
    "416098002": "drug allergies",
    "419511003": "drug allergies",
    "59037007": "drug allergies",
    "414285001": "food allergies",
    "418471000": "food allergies",
    "235719002": "food allergies",
    "426232007": "environmental allergies",
}
_ANY_PROBLEM = frozenset({"55607006", "64572001", "404684003", "160245001"})
"""SNOMED CT: Problem, Disease, Clinical finding, No current problems or disability."""


Make = Callable[[Statement], Saying | str]


def problem(statement: Statement) -> Saying | str:
    """Problem Observation (…22.4.4)."""
    value = child(statement.element, "value")
    found = _named(statement, value, "text")
    if found is None:
        return NO_LABEL
    label = found.label
    if statement.negated:
        label = "No known problems" if attribute(value, "code") in _ANY_PROBLEM else f"No known {label}"
    details = [_until(statement), _listed("severity", statement.values_of(_SEVERITY)), _original(found)]
    return statement.saying(FactKind.PROBLEM, label, found.codes, details, _concern_status(statement))


def allergy(statement: Statement) -> Saying | str:
    """Allergy - Intolerance Observation (…22.4.7) and that of substances and devices (…24.3.90)."""
    value = child(statement.element, "value")
    agent = child(statement.element, "participant", "participantRole", "playingEntity")
    code = child(agent, "code")
    kind = concept(value, statement.reader)
    found = concept(code, statement.reader) or _plain(statement.reader.said(child(agent, "name"))) or kind
    if found is None:
        return NO_LABEL
    label = found.label
    if statement.negated:
        specific = found is not kind and attribute(code, "code") not in _ANY_SUBSTANCE
        of_kind = _KINDS_OF_ALLERGY.get(attribute(value, "code") or "", "allergies")
        label = f"No known allergy to {label}" if specific else f"No known {of_kind}"
    details = [
        kind.label if kind is not None and kind is not found and not statement.negated else None,
        _listed("reaction", _reactions(statement)),
        _listed("severity", statement.values_of(_SEVERITY)),
        _listed("criticality", statement.values_of(_CRITICALITY)),
        _until(statement),
        _original(found),
    ]
    return statement.saying(FactKind.ALLERGY, label, found.codes, details, _concern_status(statement))


def medication(statement: Statement) -> Saying | str:
    """Medication Activity (…22.4.16)."""
    found = _product(statement)
    if found is None and not statement.negated:
        return NO_LABEL
    label = found.label if found is not None else "medications"
    if statement.negated:
        unspecific = found is None or any(code.code in _ANY_SUBSTANCE for code in found.codes)
        label = "No known medications" if unspecific else f"Not taken: {label}"
    intended = attribute(statement.element, "moodCode") == "INT"
    details = [*_administration(statement), "as intended" if intended else None, _original(found)]
    codes = found.codes if found is not None else ()
    return statement.saying(FactKind.MEDICATION, label, codes, details, _own_status(statement))


def immunization(statement: Statement) -> Saying | str:
    """Immunization Activity (…22.4.52)."""
    found = _product(statement)
    if found is None:
        return NO_LABEL
    element, reader = statement.element, statement.reader
    refusals = [words for one in statement.related(_REFUSAL) if (words := code_words(child(one, "code"), reader))]
    number = attribute(child(element, "repeatNumber"), "value")
    details = [
        *_administration(statement),
        _listed("not given because of", refusals),
        None if number is None else f"number {number} of its series",
        _original(found),
    ]
    label = f"Not given: {found.label}" if statement.negated else found.label
    return statement.saying(FactKind.IMMUNIZATION, label, found.codes, details, _own_status(statement))


def procedure(statement: Statement) -> Saying | str:
    """Procedure Activity Procedure, Observation and Act (…22.4.14, .13, .12)."""
    found = _named(statement, child(statement.element, "code"), "text")
    if found is None:
        return NO_LABEL
    element, reader = statement.element, statement.reader
    details = [
        _listed("site", _code_list(element, "targetSiteCode", reader)),
        _listed("method", _code_list(element, "methodCode", reader)),
        _until(statement),
        _original(found),
    ]
    label = f"Not done: {found.label}" if statement.negated else found.label
    value = value_of(child(element, "value"), reader)
    return statement.saying(FactKind.PROCEDURE, label, found.codes, details, _own_status(statement), value=value)


def measured(kind: FactKind) -> Make:
    """Result, Vital Sign and social observations: what was measured, and what was found."""

    def observation(statement: Statement) -> Saying | str:
        element, reader = statement.element, statement.reader
        found = _named(statement, child(element, "code"), "text")
        if found is None:
            return NO_LABEL
        battery = None if kind is FactKind.VITAL else statement.holder.what
        values = [value_of(one, reader) for one in children(element, "value")]
        written = [value for value, _ in values if value is not None]
        details = [
            f"of {battery.label}" if battery is not None and battery.label != found.label else None,
            _listed("reference range", reference_ranges(element, reader)),
            _listed("interpretation", _code_list(element, "interpretationCode", reader)),
            _listed("method", _code_list(element, "methodCode", reader)),
            None if written else "no value",
            _original(found),
        ]
        label = f"Not found: {found.label}" if statement.negated else found.label
        at = reader.start(child(element, "effectiveTime")) or statement.holder.begins
        value = ("; ".join(written) or None, values[0][1] if len(values) == 1 else None)
        return statement.saying(kind, label, found.codes, details, _own_status(statement), value=value, at=at)

    return observation


def _named(statement: Statement, element: Element | None, text: str) -> Concept | None:
    """The words of a code, else the narrative to which the statement refers."""
    return concept(element, statement.reader) or _plain(statement.reader.said(child(statement.element, text)))


def _plain(words: str | None) -> Concept | None:
    return None if words is None else Concept(words, ())


def _product(statement: Statement) -> Concept | None:
    """What is given: the code of the material, else its name."""
    product = child(statement.element, "consumable", "manufacturedProduct")
    material = child(product, "manufacturedMaterial")
    name = statement.reader.said(child(material, "name"))
    return concept(child(material, "code"), statement.reader) or _plain(name)


def _administration(statement: Statement) -> Iterator[str | None]:
    """Dose, route, rate, how often, since and until when, on which condition, why, and the instruction as written."""
    element, reader = statement.element, statement.reader
    dose, dose_unit = (
        interval(child(element, "doseQuantity")),
        code_words(child(element, "administrationUnitCode"), reader),
    )
    yield None if dose is None else f"dose {dose} {dose_unit or ''}".rstrip()
    yield code_words(child(element, "routeCode"), reader)
    rate = interval(child(element, "rateQuantity"))
    yield None if rate is None else f"rate {rate}"
    for time in children(element, "effectiveTime"):
        yield period(time)
        since, until = day_words(child(time, "low"), reader), day_words(child(time, "high"), reader)
        yield None if since is None else f"from {since}"
        yield None if until is None else f"until {until}"
    for condition in children(element, "precondition"):
        criterion = child(condition, "criterion")
        text = value_of(child(criterion, "value"), reader)[0] or reader.said(child(criterion, "text"))
        yield None if text is None else f"if {text}"
    yield _listed("for", statement.values_of(_INDICATION))
    for sig in statement.related(_FREE_TEXT_SIG):
        yield reader.said(child(sig, "text"))


def _reactions(statement: Statement) -> list[str]:
    """Each reaction with its severity: "Nausea (Mild)"."""
    found = []
    for one in statement.related(_REACTION):
        inner = Statement(one, statement.reader)
        value = value_of(child(one, "value"), statement.reader)[0] or statement.reader.said(child(one, "text"))
        severity = ", ".join(inner.values_of(_SEVERITY))
        if value is not None and not inner.negated:
            found.append(f"{value} ({severity})" if severity else value)
    return found


def _concern_status(statement: Statement) -> str:
    """Of a problem or allergy: its own status observation, else whether it ended, else whether it is still a concern.

    The statusCode of the observation itself only says that observing is over.
    """
    for template in _STATUS_OBSERVATIONS:
        if stated := statement.values_of(template):
            return stated[0]
    if child(statement.element, "effectiveTime", "high") is not None:
        return "resolved"
    return statement.holder.status


def _own_status(statement: Statement) -> str:
    return attribute(child(statement.element, "statusCode"), "code") or ""


def _until(statement: Statement) -> str | None:
    high = child(statement.element, "effectiveTime", "high")
    ended = day_words(high, statement.reader)
    return None if ended is None else f"until {ended}"


def _original(found: Concept | None) -> str | None:
    return None if found is None or found.original is None else f"recorded as: {found.original}"


def _code_list(element: Element, name: str, reader: Reader) -> list[str]:
    return [said for one in children(element, name) if not is_null(one) and (said := code_words(one, reader))]


def _listed(name: str, values: list[str]) -> str | None:
    return f"{name} {', '.join(values)}" if values else None
