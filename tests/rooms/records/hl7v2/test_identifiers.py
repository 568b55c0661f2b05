"""Names, numbers, addresses and telephones."""

import pytest

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.hl7v2 import identifiers
from phiward.records.hl7v2.message import Part

from .feeds import msh, parsed


def part(text: str) -> Part:
    """The first repetition of a field of this text."""
    return parsed(msh(), f"ZZZ|{text}").segments[1].parts(1)[0]


def pairs(found: object) -> list[tuple[str, str]]:
    """Kinds and values."""
    return [(str(one.kind), one.value) for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("1^^^H^MR", IdentifierKind.MRN, id="medical record number"),
        pytest.param("1^^^H^PI", IdentifierKind.MRN, id="internal number"),
        pytest.param("1", IdentifierKind.MRN, id="no type, as old senders write it"),
        pytest.param("1^^^^SS", IdentifierKind.SSN, id="social security"),
        pytest.param("1^^^^DL", IdentifierKind.LICENSE, id="driving license"),
        pytest.param("1^^^^PPN", IdentifierKind.PASSPORT, id="passport"),
        pytest.param("1^^^^AN", IdentifierKind.ACCOUNT, id="account"),
        pytest.param("1^^^^XX", IdentifierKind.OTHER_ID, id="some other id is still one"),
    ],
)
def test_a_number_is_of_the_kind_that_it_says(text: str, kind: IdentifierKind) -> None:
    """Table 0203."""
    assert identifiers.number(part(text), IdentifierKind.MRN) == Identifier(kind, "1")


def test_a_number_without_a_value_is_none() -> None:
    """A type alone says nothing."""
    assert identifiers.number(part('""^^^H^MR'), IdentifierKind.MRN) is None


def test_every_form_of_a_name_is_known() -> None:
    """Without title and suffix, which are no names."""
    assert pairs(identifiers.names(part("Example^Ada^Bea^Jr^Dr"))) == [
        ("given", "Ada"),
        ("given", "Bea"),
        ("family", "Example"),
        ("full_name", "Ada Bea Example"),
        ("full_name", "Ada Example"),
    ]
    assert pairs(identifiers.names(part("^Addie^^^^^N"))) == [("nickname", "Addie")]
    assert {kind for kind, _ in pairs(identifiers.relative(part("Example^Bob")))} == {"relative"}


def test_the_family_name_is_the_first_of_its_parts() -> None:
    """FN: family name, then its prefix and the like."""
    assert ("family", "van Example") in pairs(identifiers.names(part("van Example&van&Example^Ada")))


def test_an_address_keeps_no_state() -> None:
    """The state may stay (45 CFR 164.514(b)(2)(i)(B)), the rest is known."""
    assert pairs(identifiers.address(part("1 Road&Road&1^Flat 2^Town^MA^02139^USA^H^^County"))) == [
        ("street", "1 Road"),
        ("street", "Flat 2"),
        ("city", "Town"),
        ("city", "County"),
        ("postal_code", "02139"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("(617)555-0101", [("phone", "(617)555-0101")], id="as one text"),
        pytest.param("^PRN^PH^^^617^5550101", [("phone", "617 5550101")], id="in parts"),
        pytest.param("^NET^Internet^a@example.org", [("email", "a@example.org")], id="e-mail"),
        pytest.param("a@example.org^NET", [("email", "a@example.org")], id="e-mail in the first place"),
        pytest.param("^PRN^PH^^^^^^^^^+1 617 5550101", [("phone", "+1 617 5550101")], id="unformatted"),
    ],
)
def test_a_telecom_is_a_number_or_an_address(text: str, found: list[tuple[str, str]]) -> None:
    """XTN of all versions."""
    assert pairs(identifiers.telecom(part(text))) == found


def test_a_clinician_is_called_by_name_and_degree() -> None:
    """A number alone is no name."""
    assert identifiers.display_name(part("D-1^Example^Ada^B^^Dr.^MD")) == "Dr. Ada B Example, MD"
    assert identifiers.display_name(part("D-1")) is None
