"""Coded values of CDA: their words, and their codes under the URI of the code system. Source: HL7 v3 data type CD."""

from dataclasses import dataclass, field

from phiward.domain.facts import Code
from phiward.records.ccda.elements import Element, Reader, attribute, child, children, is_null, words

_SYSTEMS = {
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.4": "http://www.cms.gov/Medicare/Coding/ICD10",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
}
"""OID of the code system → its URI in FHIR."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What a coded value says. `label` is in words; `original` is what was first written, where that differs."""

    label: str = field(repr=False)
    codes: tuple[Code, ...]
    original: str | None = field(default=None, repr=False)


def concept(element: Element | None, reader: Reader) -> Concept | None:
    """The words of a code: its display name, else what was written, else a translation's name; None without words.

    A null code (OTH, UNK) may still have words and translations: it names what no code of the system names.
    """
    if element is None:
        return None
    original = reader.said(child(element, "originalText"))
    translations = children(element, "translation")
    names = [attribute(one, "displayName") for one in (element, *translations)]
    label = names[0] or original or next((name for name in names if name is not None), None)
    if label is None:
        return None
    found = [_code(one) for one in (element, *translations)]
    differs = original is not None and original.casefold() != label.casefold()
    return Concept(label, tuple(dict.fromkeys(one for one in found if one is not None)), original if differs else None)


def code_words(element: Element | None, reader: Reader) -> str | None:
    """The words of a code, else the code itself; None when it is absent or null without words."""
    found = concept(element, reader)
    if found is not None:
        return found.label
    return None if element is None or is_null(element) else attribute(element, "code") or words(element)


def _code(element: Element) -> Code | None:
    code, system = attribute(element, "code"), attribute(element, "codeSystem")
    if is_null(element) or code is None:
        return None
    return Code(_SYSTEMS.get(system or "", f"urn:oid:{system}" if system else ""), code)
