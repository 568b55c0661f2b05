"""What a code says in words: CodeableConcept and Coding.

Source: https://hl7.org/fhir/R4/datatypes.html#CodeableConcept, https://hl7.org/fhir/R4/datatypes.html#Coding.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from phiward.domain.facts import Code
from phiward.records.fhir.fields import Node


@dataclass(frozen=True, slots=True)
class Concept:
    """`words` on one line; `codes` are all codings, in order, those without a code left out."""

    words: str = field(repr=False)
    codes: tuple[Code, ...] = ()


def concept(node: Node | None) -> Concept | None:
    """A CodeableConcept: its text, else its first display, else its first code; None if it says nothing."""
    if node is None:
        return None
    codings = list(node.children("coding"))
    codes = tuple(
        Code(coding.text("system") or "", code) for coding in codings if (code := coding.text("code")) is not None
    )
    displays = [display for coding in codings if (display := coding.text("display")) is not None]
    words = node.text("text") or next(iter(displays), None) or next((code.code for code in codes), None)
    return Concept(one_line(words), codes) if words else None


def words_of(nodes: Iterable[Node]) -> list[str]:
    """The words of several CodeableConcepts, those that say nothing left out."""
    return [made.words for node in nodes if (made := concept(node)) is not None]


def code_of(node: Node | None) -> str:
    """The first code of a CodeableConcept, else its words, else ""."""
    made = concept(node)
    if made is None:
        return ""
    return made.codes[0].code if made.codes else made.words


def one_line(text: str) -> str:
    """The text with each run of white space as one space."""
    return " ".join(text.split())
