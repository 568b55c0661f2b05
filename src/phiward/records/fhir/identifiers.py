"""Names, numbers, telecoms and addresses of FHIR to known identifiers.

Sources: HumanName, Identifier, ContactPoint, Address (https://hl7.org/fhir/R4/datatypes.html) and the
identifier types of http://terminology.hl7.org/CodeSystem/v2-0203.
"""

from collections.abc import Iterator

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.fhir.fields import Node

_BY_TYPE = {
    "MR": IdentifierKind.MRN,
    "MRT": IdentifierKind.MRN,
    "PI": IdentifierKind.MRN,
    "PT": IdentifierKind.MRN,
    "SS": IdentifierKind.SSN,
    "SB": IdentifierKind.SSN,
    "DL": IdentifierKind.LICENSE,
    "CDL": IdentifierKind.LICENSE,
    "LN": IdentifierKind.LICENSE,
    "RN": IdentifierKind.LICENSE,
    "MD": IdentifierKind.LICENSE,
    "PPN": IdentifierKind.PASSPORT,
    "AN": IdentifierKind.ACCOUNT,
    "ANC": IdentifierKind.ACCOUNT,
    "AND": IdentifierKind.ACCOUNT,
    "ANT": IdentifierKind.ACCOUNT,
    "AM": IdentifierKind.ACCOUNT,
    "BA": IdentifierKind.ACCOUNT,
}
_BY_SYSTEM = (
    ("http://hl7.org/fhir/sid/us-ssn", IdentifierKind.SSN),
    ("urn:oid:2.16.840.1.113883.4.1", IdentifierKind.SSN),
    ("http://hl7.org/fhir/sid/passport", IdentifierKind.PASSPORT),
    ("urn:oid:2.16.840.1.113883.4.330", IdentifierKind.PASSPORT),
    ("urn:oid:2.16.840.1.113883.4.3.", IdentifierKind.LICENSE),
)
_TELECOMS = {
    "phone": IdentifierKind.PHONE,
    "fax": IdentifierKind.PHONE,
    "pager": IdentifierKind.PHONE,
    "sms": IdentifierKind.PHONE,
    "email": IdentifierKind.EMAIL,
    "url": IdentifierKind.URL,
}


def names(name: Node) -> Iterator[Identifier]:
    """Every form of one HumanName, whatever its use; titles and suffixes are left out."""
    given, family, text = name.texts("given"), name.text("family"), name.text("text")
    kind = IdentifierKind.NICKNAME if name.text("use") == "nickname" else IdentifierKind.GIVEN
    yield from (Identifier(kind, part) for part in given)
    if family:
        yield Identifier(IdentifierKind.FAMILY, family)
    for full in _full_names(given, family, text):
        yield Identifier(IdentifierKind.FULL_NAME, full)


def relative(name: Node) -> Iterator[Identifier]:
    """The same forms of a relative's or contact's name; full and in parts, as it may stand in a note."""
    given, family, text = name.texts("given"), name.text("family"), name.text("text")
    for value in (*_full_names(given, family, text), *given, *([family] if family else [])):
        yield Identifier(IdentifierKind.RELATIVE, value)


def number(identifier: Node) -> Iterator[Identifier]:
    """One Identifier; its type decides, else its system, else it is some other id."""
    value = identifier.text("value")
    if value:
        yield Identifier(_kind_of(identifier), value)


def telecom(point: Node) -> Iterator[Identifier]:
    """One ContactPoint; without a usable system an address with "@" is e-mail, all else a telephone."""
    value = point.text("value")
    if value:
        guess = IdentifierKind.EMAIL if "@" in value else IdentifierKind.PHONE
        yield Identifier(_TELECOMS.get(point.text("system") or "", guess), value)


def address(place: Node) -> Iterator[Identifier]:
    """Street, city, county and postal code; the state may stay (45 CFR 164.514(b)(2)(i)(B))."""
    lines = place.texts("line")
    text = place.text("text")
    for street in (*lines, *([text] if text else [])):
        yield Identifier(IdentifierKind.STREET, street)
    for name, kind in (
        ("city", IdentifierKind.CITY),
        ("district", IdentifierKind.CITY),
        ("postalCode", IdentifierKind.POSTAL_CODE),
    ):
        value = place.text(name)
        if value:
            yield Identifier(kind, value)


def _full_names(given: list[str], family: str | None, text: str | None) -> list[str]:
    """As recorded, with all given names, and with the first alone."""
    found = [text] if text else []
    if family and given:
        found += [" ".join([*given, family]), f"{given[0]} {family}"]
    return list(dict.fromkeys(found))


def _kind_of(identifier: Node) -> IdentifierKind:
    concept = identifier.child("type")
    for coding in concept.children("coding") if concept is not None else ():
        if (kind := _BY_TYPE.get(coding.text("code") or "")) is not None:
            return kind
    system = identifier.text("system") or ""
    for known, kind in _BY_SYSTEM:
        if system == known or (known.endswith((".", "passport")) and system.startswith(known)):
            return kind
    return IdentifierKind.OTHER_ID
