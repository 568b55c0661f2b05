"""Values, ranges and times of CDA entries in words, the figures exactly as they are written.

Source: HL7 v3 data types PQ, IVL, RTO, CD, ST, PIVL_TS, EIVL_TS.
"""

from phiward.records.ccda.codes import code_words
from phiward.records.ccda.elements import Element, Reader, attribute, child, children, data_type, is_null, words
from phiward.records.hl7v2.times import in_words

_CODED = frozenset({"CD", "CE", "CO", "CV", "CS"})
_TEXTS = frozenset({"ST", "ED"})
_PLAIN = frozenset({"INT", "REAL", "BL", "TS", "PQ", "MO"})


def value_of(element: Element | None, reader: Reader) -> tuple[str | None, str | None]:
    """Value and unit of one <value>; (None, None) when it is absent, null, or of a type that is not read."""
    if element is None:
        return None, None
    kind = data_type(element)
    if kind in _CODED:
        return code_words(element, reader), None
    if is_null(element):
        return reader.said(child(element, "originalText")), None
    if kind in _TEXTS:
        return reader.said(element), None
    if kind in _PLAIN:
        return attribute(element, "value") or words(child(element, "originalText")), unit(element)
    if kind.startswith("RTO"):
        parts = [quantity(child(element, name)) for name in ("numerator", "denominator")]
        return ":".join(part for part in parts if part) or None, None
    return (interval(element), None) if kind.startswith("IVL_") else (None, None)


def unit(element: Element) -> str | None:
    """The unit; a bare number ("1" in UCUM) has none."""
    written = attribute(element, "unit")
    return None if written == "1" else written


def quantity(element: Element | None) -> str | None:
    """ "12.0 g/dL"; None when it is absent or null."""
    if element is None or is_null(element):
        return None
    parts = (attribute(element, "value"), unit(element))
    return " ".join(part for part in parts if part) or None


def interval(element: Element | None) -> str | None:
    """ "12.0 g/dL - 15.5 g/dL", ">= 40 mg/dL", "< 5 U/L"; a single quantity as it is; None when nothing is there."""
    if element is None:
        return None
    low, high = child(element, "low"), child(element, "high")
    first, last = quantity(low), quantity(high)
    if first is not None and last is not None:
        return f"{first} - {last}"
    if first is not None:
        return f"{_sign('>', low)} {first}"
    if last is not None:
        return f"{_sign('<', high)} {last}"
    return quantity(element)


def reference_ranges(observation: Element, reader: Reader) -> list[str]:
    """Each range as text and as figures, as far as it has them."""
    found = []
    for holder in children(observation, "referenceRange"):
        inner = child(holder, "observationRange")
        value = child(inner, "value")
        figures = interval(value) or value_of(value, reader)[0]
        found += [said for said in (reader.said(child(inner, "text")), figures) if said is not None]
    return found


def period(element: Element) -> str | None:
    """How often a medication is taken: "every 6 h", "every 4 h - 6 h", "at AC"; None when it does not say."""
    how_often = child(element, "period")
    if (every := interval(how_often)) is not None:
        return f"every {every}"
    event = attribute(child(element, "event"), "code")
    return None if event is None else f"at {event}"


def day_words(element: Element | None, reader: Reader) -> str | None:
    """A time as precise as it is written; None when absent or null. Raises ImportFailedError where it is no time."""
    if element is None or reader.instant(element) is None:
        return None
    return in_words(attribute(element, "value") or "")


def _sign(sign: str, bound: Element | None) -> str:
    inclusive = bound is None or bound.get("inclusive") != "false"
    return f"{sign}=" if inclusive else sign
