"""Names, numbers, addresses and telephones of HL7 version 2 to known identifiers.

Sources: HL7 v2.8 chapter 2.A, data types XPN, CX, XAD, XTN; identifier types of table 0203.
"""

from collections.abc import Iterator

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.hl7v2.message import Part

NUMBERS = {
    "MR": IdentifierKind.MRN,
    "MRT": IdentifierKind.MRN,
    "PI": IdentifierKind.MRN,
    "PT": IdentifierKind.MRN,
    "SS": IdentifierKind.SSN,
    "SB": IdentifierKind.SSN,
    "DL": IdentifierKind.LICENSE,
    "CDL": IdentifierKind.LICENSE,
    "PPN": IdentifierKind.PASSPORT,
    "AN": IdentifierKind.ACCOUNT,
    "ANC": IdentifierKind.ACCOUNT,
    "AND": IdentifierKind.ACCOUNT,
    "ANT": IdentifierKind.ACCOUNT,
    "AM": IdentifierKind.ACCOUNT,
    "BA": IdentifierKind.ACCOUNT,
}
"""Identifier type code → kind."""

_MAILS = frozenset({"INTERNET", "X.400", "NET"})
_NICKNAME = "N"


def number(part: Part, untyped: IdentifierKind) -> Identifier | None:
    """One CX; its type decides, and without a type `untyped`. None when it holds no number."""
    value = part.text(1)
    if value is None:
        return None
    kind = part.text(5)
    return Identifier(untyped if kind is None else NUMBERS.get(kind.upper(), IdentifierKind.OTHER_ID), value)


def names(part: Part) -> Iterator[Identifier]:
    """Every form of one XPN; titles, suffixes and degrees are left out."""
    family, given = _parts(part)
    kind = IdentifierKind.NICKNAME if part.text(7) == _NICKNAME else IdentifierKind.GIVEN
    yield from (Identifier(kind, value) for value in given)
    if family:
        yield Identifier(IdentifierKind.FAMILY, family)
    yield from (Identifier(IdentifierKind.FULL_NAME, full) for full in _full(family, given))


def relative(part: Part) -> Iterator[Identifier]:
    """The same forms of a relative's name, full and in parts."""
    family, given = _parts(part)
    for value in (*_full(family, given), *given, *([family] if family else [])):
        yield Identifier(IdentifierKind.RELATIVE, value)


def address(part: Part) -> Iterator[Identifier]:
    """One XAD: street, second line, city, county, postal code; the state may stay (45 CFR 164.514(b)(2)(i)(B))."""
    for component, kind in (
        (1, IdentifierKind.STREET),
        (2, IdentifierKind.STREET),
        (3, IdentifierKind.CITY),
        (9, IdentifierKind.CITY),
        (5, IdentifierKind.POSTAL_CODE),
    ):
        value = part.text(component)
        if value is not None:
            yield Identifier(kind, value)


def telecom(part: Part) -> Iterator[Identifier]:
    """One XTN: the number as one text, or its area and local part; an address with "@" is e-mail."""
    mail = part.text(4)
    written = part.text(1)
    if mail is not None and ("@" in mail or (part.text(3) or "").upper() in _MAILS):
        yield Identifier(IdentifierKind.EMAIL, mail)
    if written is not None:
        yield Identifier(IdentifierKind.EMAIL if "@" in written else IdentifierKind.PHONE, written)
    pieces = [value for value in (part.text(6), part.text(7)) if value is not None]
    if pieces:
        yield Identifier(IdentifierKind.PHONE, " ".join(pieces))
    if (unformatted := part.text(12)) is not None:
        yield Identifier(IdentifierKind.PHONE, unformatted)


def display_name(part: Part) -> str | None:
    """A clinician (XCN) as she is called: "Ada Example, MD"; None when only her number is there."""
    words = [value for value in (part.text(6), part.text(3), part.text(4), part.text(2)) if value is not None]
    degree = part.text(7)
    return ", ".join([" ".join(words), *([degree] if degree else [])]) if words else None


def _parts(part: Part) -> tuple[str | None, list[str]]:
    """Family name, and given names: the first, and the further ones as they stand together."""
    return part.text(1), [value for component in (2, 3) if (value := part.text(component)) is not None]


def _full(family: str | None, given: list[str]) -> list[str]:
    if not family or not given:
        return []
    return list(dict.fromkeys([" ".join([*given, family]), f"{given[0]} {family}"]))
