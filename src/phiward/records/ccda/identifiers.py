"""Names, ids, addresses and telecoms of CDA to known identifiers.

Sources: HL7 v3 data types PN, II, AD, TEL; US Realm header of C-CDA R2.1.
"""

import re
from collections.abc import Iterator

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.ccda.elements import Element, attribute, children, is_null, words

SSN = "2.16.840.1.113883.4.1"
_PASSPORT = "2.16.840.1.113883.4.330"
_DRIVING_LICENSES = "2.16.840.1.113883.4.3."
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SCHEMES = {
    "tel": IdentifierKind.PHONE,
    "fax": IdentifierKind.PHONE,
    "sms": IdentifierKind.PHONE,
    "mailto": IdentifierKind.EMAIL,
    "http": IdentifierKind.URL,
    "https": IdentifierKind.URL,
}
_ADDRESS = (
    ("streetAddressLine", IdentifierKind.STREET),
    ("streetName", IdentifierKind.STREET),
    ("additionalLocator", IdentifierKind.STREET),
    ("city", IdentifierKind.CITY),
    ("county", IdentifierKind.CITY),
    ("precinct", IdentifierKind.CITY),
    ("postalCode", IdentifierKind.POSTAL_CODE),
)
_CALLED_BY = "CL"


def number(element: Element) -> Identifier | None:
    """One <id>; its root decides. None without an extension, unless the root alone is unique (a UUID)."""
    root, extension = attribute(element, "root"), attribute(element, "extension")
    if is_null(element) or root is None:
        return None
    if extension is None:
        return Identifier(IdentifierKind.MRN, root) if _UUID.fullmatch(root) else None
    if root == SSN:
        return Identifier(IdentifierKind.SSN, extension)
    if root.startswith(_PASSPORT):
        return Identifier(IdentifierKind.PASSPORT, extension)
    kind = IdentifierKind.LICENSE if root.startswith(_DRIVING_LICENSES) else IdentifierKind.MRN
    return Identifier(kind, extension)


def names(name: Element) -> Iterator[Identifier]:
    """Every form of one name, whatever its use; prefixes and suffixes are left out."""
    for part in children(name, "given"):
        if (value := words(part)) is not None:
            called = (part.get("qualifier") or "").split()
            yield Identifier(IdentifierKind.NICKNAME if _CALLED_BY in called else IdentifierKind.GIVEN, value)
    yield from (Identifier(IdentifierKind.FAMILY, value) for value in _texts(name, "family"))
    yield from (Identifier(IdentifierKind.FULL_NAME, full) for full in _full(name))


def relative(name: Element) -> Iterator[Identifier]:
    """The same forms of a relative's name, full and in parts."""
    for value in (*_full(name), *_texts(name, "given"), *_texts(name, "family")):
        yield Identifier(IdentifierKind.RELATIVE, value)


def address(place: Element) -> Iterator[Identifier]:
    """Street, city, county, postal code; the state may stay (45 CFR 164.514(b)(2)(i)(B))."""
    for name, kind in _ADDRESS:
        yield from (Identifier(kind, value) for value in _texts(place, name))
    if (written := " ".join((place.text or "").split())) != "":
        yield Identifier(IdentifierKind.STREET, written)


def telecom(point: Element) -> Iterator[Identifier]:
    """One telecom; without a scheme an address with "@" is e-mail, all else a telephone."""
    written = None if is_null(point) else attribute(point, "value")
    if written is None:
        return
    scheme, colon, rest = written.partition(":")
    kind = _SCHEMES.get(scheme.lower()) if colon else None
    if kind is None:
        yield Identifier(IdentifierKind.EMAIL if "@" in written else IdentifierKind.PHONE, written)
    elif (value := written if kind is IdentifierKind.URL else rest.strip()) != "":
        yield Identifier(kind, value)


def display_name(name: Element | None) -> str | None:
    """As a person is called: "Patricia Primary, M.D."; None when there is no name."""
    if name is None or is_null(name):
        return None
    given = [
        value for part in children(name, "given") if part.get("qualifier") != _CALLED_BY and (value := words(part))
    ]
    known = [*_texts(name, "prefix"), *given, *_texts(name, "family")]
    return ", ".join([" ".join(known), *_texts(name, "suffix")]) if known else words(name)


def _full(name: Element) -> list[str]:
    """With all given names and with the first alone, for each family name; or as it is written without parts."""
    given, families = _texts(name, "given"), _texts(name, "family")
    found = [full for family in families if given for full in (" ".join([*given, family]), f"{given[0]} {family}")]
    plain = " ".join((name.text or "").split())
    return list(dict.fromkeys([*([plain] if plain else []), *found]))


def _texts(element: Element, name: str) -> list[str]:
    return [value for part in children(element, name) if not is_null(part) and (value := words(part)) is not None]
