"""The value of an OBX as it is written, in words of its type. Source: HL7 v2.8 chapters 2.A and 7.4.2."""

from phiward.domain.facts import Code
from phiward.records.hl7v2.message import Part, Segment

TEXT_TYPES = frozenset({"TX", "FT"})
ENCAPSULATED = "ED"
_PLAIN = frozenset({"NM", "ST", "DT", "TM", "TS", "DTM", "ID", "IS", "SI"})
_CODED = frozenset({"CE", "CWE", "CNE", "CF"})
_SYSTEMS = {
    "LN": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "SNM": "http://snomed.info/sct",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
    "UCUM": "http://unitsofmeasure.org",
}
"""Name of the coding system (table 0396) → its URI."""


def free_text(segment: Segment, field: int) -> str:
    """TX, FT and ST: delimiters within are text, but a repetition begins a line. Raises ImportFailedError."""
    written = segment.raw(field)
    if segment.marks.repetition in written:
        written = written.replace(segment.marks.repetition, f"{segment.marks.escape}.br{segment.marks.escape}")
    return segment.marks.unescape(written, segment.at(field)).strip()


def value(segment: Segment) -> str | None:
    """OBX-5 by its type in OBX-2; None when there is none, or when values of the type are not read."""
    kind = segment.text(2) or ""
    if kind in TEXT_TYPES or kind in _PLAIN:
        return free_text(segment, 5) or None
    if kind in _CODED:
        return "; ".join(text for part in segment.parts(5) if (text := words(part))) or None
    if kind == "SN":
        return "; ".join(text for part in segment.parts(5) if (text := _structured(part))) or None
    if kind == "NR":
        return "; ".join(text for part in segment.parts(5) if (text := _joined(part, " - "))) or None
    return None


def words(part: Part) -> str | None:
    """A coded element in words: what was originally written, else its name, else its code."""
    return part.text(9) or part.text(2) or part.text(5) or part.text(1)


def codes(part: Part) -> tuple[Code, ...]:
    """The code and its alternative, where the coding system is a public one; a local code says nothing elsewhere."""
    found = []
    for code, system in ((part.text(1), part.text(3)), (part.text(4), part.text(6))):
        if code is not None and (uri := _SYSTEMS.get((system or "").upper())) is not None:
            found.append(Code(uri, code))
    return tuple(found)


def _structured(part: Part) -> str | None:
    """SN: ">^100" is ">100", "^1^:^128" is "1:128", "^2^+" is "2+"."""
    return _joined(part, "")


def _joined(part: Part, between: str) -> str | None:
    pieces = [part.text(component) for component in range(1, len(part.components) + 1)]
    return between.join(piece for piece in pieces if piece is not None) or None
