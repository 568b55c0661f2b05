"""Names, numbers, telecoms and addresses."""

from typing import Any

import pytest

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.fhir import identifiers
from phiward.records.fhir.fields import Node
from tests.rooms.records.fhir_files import HERE

_Pairs = set[tuple[str, str]]


def _pairs(found: Any) -> _Pairs:
    return {(str(i.kind), i.value) for i in found}


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ({"type": {"coding": [{"code": "MR"}]}}, IdentifierKind.MRN),
        ({"type": {"coding": [{"code": "XX"}, {"code": "PI"}]}}, IdentifierKind.MRN),
        ({"type": {"coding": [{"code": "SS"}]}}, IdentifierKind.SSN),
        ({"system": "http://hl7.org/fhir/sid/us-ssn"}, IdentifierKind.SSN),
        ({"system": "urn:oid:2.16.840.1.113883.4.1"}, IdentifierKind.SSN),
        ({"system": "urn:oid:2.16.840.1.113883.4.19"}, IdentifierKind.OTHER_ID),
        ({"type": {"coding": [{"code": "DL"}]}}, IdentifierKind.LICENSE),
        ({"system": "urn:oid:2.16.840.1.113883.4.3.25"}, IdentifierKind.LICENSE),
        ({"type": {"coding": [{"code": "PPN"}]}}, IdentifierKind.PASSPORT),
        ({"system": "http://hl7.org/fhir/sid/passport-USA"}, IdentifierKind.PASSPORT),
        ({"type": {"coding": [{"code": "AN"}]}}, IdentifierKind.ACCOUNT),
        ({"type": {"text": "Locker"}}, IdentifierKind.OTHER_ID),
        ({}, IdentifierKind.OTHER_ID),
    ],
)
def test_the_type_decides_then_the_system_else_it_is_some_other_id(
    identifier: dict[str, Any], kind: IdentifierKind
) -> None:
    """No number is dropped for want of a known type."""
    assert list(identifiers.number(Node({**identifier, "value": "900-1"}, HERE))) == [Identifier(kind, "900-1")]


def test_a_number_without_a_value_is_none() -> None:
    """FHIR allows it, with an extension in its place."""
    assert list(identifiers.number(Node({"value": " "}, HERE))) == []


def test_a_name_is_known_in_every_form() -> None:
    """All given names, the first alone, the written form; title and suffix are nobody's identifiers."""
    name = {"family": "Testova", "given": ["Quilla", "Ann"], "prefix": ["Dr."], "suffix": ["Jr."]}
    assert _pairs(identifiers.names(Node({**name, "text": "Q. A. Testova"}, HERE))) == {
        ("given", "Quilla"),
        ("given", "Ann"),
        ("family", "Testova"),
        ("full_name", "Quilla Ann Testova"),
        ("full_name", "Quilla Testova"),
        ("full_name", "Q. A. Testova"),
    }


@pytest.mark.parametrize("use", ["maiden", "old", "usual", "temp", "anonymous", None])
def test_every_use_of_a_name_counts(use: str | None) -> None:
    """An old name in an old note still identifies."""
    found = identifiers.names(Node({"use": use, "family": "Testova"}, HERE))
    assert _pairs(found) == {("family", "Testova")}


def test_a_nickname_is_one() -> None:
    """It may stand without a surname."""
    found = identifiers.names(Node({"use": "nickname", "given": ["Quilly"]}, HERE))
    assert _pairs(found) == {("nickname", "Quilly")}


def test_a_relative_is_known_in_full_and_in_parts() -> None:
    """A note may say "her son Bo"."""
    found = identifiers.relative(Node({"family": "Testova", "given": ["Bo"]}, HERE))
    assert _pairs(found) == {("relative", "Bo Testova"), ("relative", "Bo"), ("relative", "Testova")}


@pytest.mark.parametrize(
    ("system", "value", "kind"),
    [
        ("phone", "555-0100", "phone"),
        ("fax", "555-0100", "phone"),
        ("sms", "555-0100", "phone"),
        ("pager", "555-0100", "phone"),
        ("email", "q@example.com", "email"),
        ("url", "https://example.com/q", "url"),
        (None, "q@example.com", "email"),
        ("other", "555-0100", "phone"),
    ],
)
def test_a_telecom_is_sorted_by_system_else_by_its_look(system: str | None, value: str, kind: str) -> None:
    """None is dropped."""
    assert _pairs(identifiers.telecom(Node({"system": system, "value": value}, HERE))) == {(kind, value)}


def test_an_address_gives_street_city_county_and_code_but_not_the_state() -> None:
    """The state may stay under Safe Harbor."""
    place = {"line": ["1 Test Way", "Apt 2"], "city": "Testville", "district": "Test County"}
    found = identifiers.address(Node({**place, "state": "WA", "postalCode": "00001", "country": "US"}, HERE))
    assert _pairs(found) == {
        ("street", "1 Test Way"),
        ("street", "Apt 2"),
        ("city", "Testville"),
        ("city", "Test County"),
        ("postal_code", "00001"),
    }
