"""Measured values in words, each number as it is written in the file.

Source: https://hl7.org/fhir/R4/datatypes.html#Quantity (whose decimals keep their precision), #Range, #Ratio, #Period.
"""

from dataclasses import dataclass, field

from phiward.records.fhir.concepts import concept, one_line
from phiward.records.fhir.fields import Node

_DAY = len("YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as written, with its unit where it has one."""

    value: str = field(repr=False)
    unit: str | None = None

    def __str__(self) -> str:
        """ "1.20 mg/dL"."""
        return f"{self.value} {self.unit}" if self.unit else self.value


def quantity(node: Node | None) -> Measured | None:
    """A Quantity, with its comparator ("<0.01"), or a Money; None without a value."""
    number = node.number("value") if node is not None else None
    if node is None or number is None:
        return None
    return Measured(
        f"{node.text('comparator') or ''}{number}", node.text("unit") or node.text("code") or node.text("currency")
    )


def span(node: Node | None) -> Measured | None:
    """A Range: "3.5-5.1"; open ends are ">=3.5" and "<=5.1"."""
    if node is None:
        return None
    low, high = quantity(node.child("low")), quantity(node.child("high"))
    if low is None or high is None:
        only, sign = (low, ">=") if low is not None else (high, "<=")
        return None if only is None else Measured(f"{sign}{only.value}", only.unit)
    if low.unit != high.unit and low.unit and high.unit:
        return Measured(f"{low}-{high}")
    return Measured(f"{low.value}-{high.value}", low.unit or high.unit)


def ratio(node: Node | None) -> Measured | None:
    """A Ratio: "1:128" without units (a titre), else "5 mg/10 mL"."""
    if node is None:
        return None
    above, below = quantity(node.child("numerator")), quantity(node.child("denominator"))
    if above is None or below is None:
        return above
    return Measured(f"{above}/{below}" if above.unit or below.unit else f"{above.value}:{below.value}")


def period(node: Node | None) -> str:
    """ "2020-05-01 to 2020-05-03", whole days; "from …" or "until …" where it is open; "" if it is empty."""
    if node is None:
        return ""
    start, end = (node.text("start") or "")[:_DAY], (node.text("end") or "")[:_DAY]
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"from {start}" if start else f"until {end}" if end else ""


def measured(node: Node, name: str = "value") -> Measured | None:
    """The value of a choice `name`[x], whatever its type; None if there is none that can be said in words."""
    found = (
        quantity(node.child(f"{name}Quantity"))
        or quantity(node.child(f"{name}Age"))
        or span(node.child(f"{name}Range"))
        or ratio(node.child(f"{name}Ratio"))
        or _plain(node, name)
    )
    if found is not None:
        return found
    coded = concept(node.child(f"{name}CodeableConcept"))
    said = coded.words if coded is not None else period(node.child(f"{name}Period"))
    return Measured(said) if said else None


def _plain(node: Node, name: str) -> Measured | None:
    for kind in ("String", "Time", "DateTime"):
        if (text := node.text(f"{name}{kind}")) is not None:
            return Measured(one_line(text))
    number, flag = node.number(f"{name}Integer"), node.flag(f"{name}Boolean")
    if number is not None:
        return Measured(number)
    return None if flag is None else Measured("yes" if flag else "no")
