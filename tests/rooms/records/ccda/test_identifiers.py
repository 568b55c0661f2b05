"""Names, ids, addresses and telecoms."""

import pytest

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.ccda import identifiers

from .files import element


def pairs(found: object) -> list[tuple[str, str]]:
    """Kinds and values."""
    return [(str(one.kind), one.value) for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param('<id nullFlavor="UNK" root="1.2" extension="x"/>', id="null"),
        pytest.param('<id root="1.2.3"/>', id="an OID alone is an organisation's"),
        pytest.param('<id extension="7"/>', id="no root"),
    ],
)
def test_an_id_that_is_nobodys_alone_is_none(xml: str) -> None:
    """Two patients would share it."""
    assert identifiers.number(element(xml)) is None


@pytest.mark.parametrize(
    ("xml", "kind", "value"),
    [
        pytest.param('<id root="1.2" extension="M-1"/>', IdentifierKind.MRN, "M-1", id="a record number"),
        pytest.param('<id root="2.16.840.1.113883.4.1" extension="999"/>', IdentifierKind.SSN, "999", id="SSN"),
        pytest.param('<id root="2.16.840.1.113883.4.3.25" extension="L"/>', IdentifierKind.LICENSE, "L", id="license"),
        pytest.param('<id root="2.16.840.1.113883.4.330.1" extension="P"/>', IdentifierKind.PASSPORT, "P", id="pass"),
        pytest.param(
            '<id root="be84a8e4-a22e-4210-a4a6-b3c48273e84c"/>',
            IdentifierKind.MRN,
            "be84a8e4-a22e-4210-a4a6-b3c48273e84c",
            id="a UUID is unique by itself",
        ),
    ],
)
def test_the_root_says_what_an_id_is(xml: str, kind: IdentifierKind, value: str) -> None:
    """By its object identifier."""
    assert identifiers.number(element(xml)) == Identifier(kind, value)


def test_every_form_of_a_name_is_known() -> None:
    """Each family name, the calling name apart, prefix and suffix left out."""
    name = element(
        '<name><prefix>Dr.</prefix><given>Ada</given><given qualifier="CL">Addie</given>'
        '<family qualifier="SP">Example</family><family qualifier="BR">Maiden</family><suffix>Jr.</suffix></name>'
    )
    assert pairs(identifiers.names(name)) == [
        ("given", "Ada"),
        ("nickname", "Addie"),
        ("family", "Example"),
        ("family", "Maiden"),
        ("full_name", "Ada Addie Example"),
        ("full_name", "Ada Example"),
        ("full_name", "Ada Addie Maiden"),
        ("full_name", "Ada Maiden"),
    ]
    assert {kind for kind, _ in pairs(identifiers.relative(name))} == {"relative"}


def test_a_name_without_parts_is_known_as_it_is_written() -> None:
    """As some systems send it."""
    assert pairs(identifiers.names(element("<name> Ada  Example </name>"))) == [("full_name", "Ada Example")]


def test_an_address_keeps_no_state() -> None:
    """The state may stay (45 CFR 164.514(b)(2)(i)(B)), the rest is known."""
    place = element(
        "<addr><streetAddressLine>1 Road</streetAddressLine><city>Town</city><county>County</county><state>MA</state>"
        '<postalCode>02139</postalCode><city nullFlavor="UNK">x</city></addr>'
    )
    assert pairs(identifiers.address(place)) == [
        ("street", "1 Road"),
        ("city", "Town"),
        ("city", "County"),
        ("postal_code", "02139"),
    ]
    assert pairs(identifiers.address(element("<addr>1 Road, Town</addr>"))) == [("street", "1 Road, Town")]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("tel:+1(617)555-0101", [("phone", "+1(617)555-0101")], id="telephone"),
        pytest.param("tel: 555-0101", [("phone", "555-0101")], id="loosely written"),
        pytest.param("MAILTO:a@example.org", [("email", "a@example.org")], id="e-mail"),
        pytest.param("https://example.org/a", [("url", "https://example.org/a")], id="a page"),
        pytest.param("555-0101", [("phone", "555-0101")], id="no scheme"),
        pytest.param("a@example.org", [("email", "a@example.org")], id="no scheme, an address"),
        pytest.param("tel:", [], id="nothing"),
    ],
)
def test_the_scheme_says_what_a_telecom_is(value: str, found: list[tuple[str, str]]) -> None:
    """And is left out of it."""
    assert pairs(identifiers.telecom(element(f'<telecom value="{value}"/>'))) == found
    assert pairs(identifiers.telecom(element('<telecom nullFlavor="UNK"/>'))) == []


def test_a_person_is_called_by_name_and_suffix() -> None:
    """Without the calling name."""
    name = element(
        '<name><given>Ada</given><given qualifier="CL">Addie</given><family>Example</family><suffix>MD</suffix></name>'
    )
    assert identifiers.display_name(name) == "Ada Example, MD"
    assert identifiers.display_name(element("<name>Ada Example</name>")) == "Ada Example"
    assert identifiers.display_name(element('<name nullFlavor="UNK"/>')) is None
