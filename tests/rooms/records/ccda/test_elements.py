"""Access to CDA elements."""

from datetime import UTC, date, datetime

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.ccda.elements import attribute, by_id, child, children, data_type, is_null, tag, templates, words

from .files import CANARY, element, reader


def test_a_time_that_is_none_is_refused_at_its_line() -> None:
    """With the element's name and nothing of its value."""
    broken = element(f'<time\n value="{CANARY}"/>')
    for read in (reader().instant, reader().day):
        with pytest.raises(ImportFailedError, match=r"File 1 of 1, line [12], time: this is not a time") as caught:
            read(broken)
        assert CANARY not in str(caught.value)


def test_the_name_of_a_foreign_element_is_not_repeated() -> None:
    """It may say anything."""
    from lxml import etree

    assert CANARY not in str(reader().at(etree.fromstring(f"<{CANARY}/>")))


def test_null_and_absent_are_no_value() -> None:
    """By a null flavor, or by not being there."""
    null = element('<time nullFlavor="UNK" value="2024"/>')
    assert is_null(null)
    assert is_null(None)
    assert reader().instant(null) is None
    assert reader().day(None) is None
    assert attribute(element('<id root=" "/>'), "root") is None
    assert words(element("<title> </title>")) is None


def test_elements_are_found_by_path_and_name() -> None:
    """In the namespace of HL7 only."""
    role = element('<a><b><c/></b><b/><b xmlns="urn:other"/></a>')
    assert len(children(role, "b")) == 2
    found = child(role, "b", "c")
    assert found is not None
    assert tag(found) == "c"
    assert child(role, "x", "c") is None


def test_a_type_and_the_templates_are_told() -> None:
    """Whatever the prefix and the version."""
    assert data_type(element('<value xsi:type="PQ"/>')) == "PQ"
    assert data_type(element('<value xmlns:h="urn:hl7-org:v3" xsi:type="h:CD"/>')) == "CD"
    assert templates(element('<act><templateId root="1.2" extension="2014"/><templateId root="1.3"/></act>')) == {
        "1.2",
        "1.3",
    }


def test_an_interval_starts_with_the_best_that_it_has() -> None:
    """Its value, its low, its high."""
    day = datetime(2024, 1, 2, tzinfo=UTC)
    for xml in ('<t value="20240102"/>', '<t><low value="20240102"/></t>', '<t><high value="20240102"/></t>'):
        assert reader().start(element(xml)) == day
    assert reader().day(element('<t value="20240102"/>')) == ("2024-01-02", date(2024, 1, 2))


def test_a_reference_leads_to_the_narrative() -> None:
    """The cells of a row are kept apart; what stands twice under one id leads nowhere."""
    root = element(
        '<s><tr ID="r"><td>a</td><td>b</td></tr><td ID="c">x<sup>2</sup></td><td ID="d"/><td ID="d"/>'
        '<text><reference value="#r"/></text><text><reference value="c"/></text><text><reference value="#d"/></text>'
        "<text>own</text></s>"
    )
    assert set(by_id(root)) == {"r", "c"}
    assert [reader(root).said(one) for one in children(root, "text")] == ["a | b", "x2", None, "own"]
