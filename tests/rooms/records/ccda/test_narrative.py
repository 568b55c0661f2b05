"""Narrative blocks and sections."""

import pytest

from phiward.records.ccda import narrative
from phiward.records.ccda.narrative import all_sections, body, render, section_title

from .files import element, nothing, sections

TABLE = """<text>before<table><caption>Results</caption><thead><tr><th>Test</th><th>Value</th></tr></thead>
<tfoot><tr><td>foot</td><td/></tr></tfoot>
<tbody><tr><td>Hb</td><td>13.2 <content styleCode="Bold">g/dL</content></td></tr>
<tr><td><list><item>a</item><item>b</item></list></td><td>x<br/>y</td></tr><tr><td/></tr></tbody></table>after</text>"""


@pytest.mark.parametrize(
    ("xml", "lines"),
    [
        pytest.param("<text> plain \n text </text>", ["plain text"], id="blanks collapse"),
        pytest.param("<text>a<br/>b<paragraph>c</paragraph>d</text>", ["a", "b", "c", "d"], id="lines and paragraphs"),
        pytest.param(
            "<text><list><caption>Meds</caption><item>a<list><item>b</item></list></item><item>c</item></list></text>",
            ["Meds", "- a", "  - b", "- c"],
            id="nested lists",
        ),
        pytest.param(
            '<text><list listType="ordered"><item>a<br/>b</item><item>c</item></list></text>',
            ["1. a", "   b", "2. c"],
            id="numbers",
        ),
        pytest.param(
            TABLE,
            ["before", "Results", "Test | Value", "Hb | 13.2 g/dL", "- a; - b | x; y", "foot |", "after"],
            id="a table, row by row",
        ),
        pytest.param("<text>10<sup>9</sup>/L, H<sub>2</sub>O</text>", ["10^9/L, H2O"], id="a power is no digit"),
        pytest.param("<text>a<footnote>see b</footnote>c</text>", ["a [see b] c"], id="a footnote"),
        pytest.param('<text>a<linkHtml href="x">b</linkHtml></text>', ["ab"], id="a link is its text"),
        pytest.param("<text>a<unknown>b</unknown>c</text>", ["abc"], id="an element that is not known keeps its text"),
    ],
)
def test_a_reader_sees_these_lines(xml: str, lines: list[str]) -> None:
    """Of each construct of the narrative block."""
    count = nothing()
    assert [line.rstrip() for line in render(element(xml), count)] == lines
    assert count == {}


def test_what_is_deleted_or_a_picture_is_counted() -> None:
    """It is not part of the text."""
    count = nothing()
    xml = '<text>a<content revised="delete">b</content><renderMultiMedia referencedObject="x"/>c</text>'
    assert render(element(xml), count) == ["ac"]
    assert count == {narrative.DELETED: 1, narrative.PICTURE: 1}


def test_sections_stand_where_they_say() -> None:
    """Nested ones after the text of theirs, titles on lines of their own, offsets exact."""
    nested = "<component><section><title>Skin</title><text>warm</text></section></component>"
    root = element(
        sections(
            f"<section><title>Exam</title><text>alert</text>{nested}</section>",
            '<section><code displayName="Plan of care"/><text>rest</text></section>',
            "<section><text>without a name</text></section>",
            "<section><title>Empty</title></section>",
        )
    )
    (structured,) = root
    count = nothing()
    found = body(structured, count)
    assert found.text == "Exam\nalert\n\nSkin\nwarm\n\nPlan of care\nrest\n\nwithout a name\n\nEmpty"
    assert [(one.title, found.text[one.start : one.end]) for one in found.sections] == [
        ("Exam", "Exam\nalert"),
        ("Skin", "Skin\nwarm"),
        ("Plan of care", "Plan of care\nrest"),
        ("Empty", "Empty"),
    ]
    assert [section_title(one) for one in all_sections(structured)] == ["Exam", "Skin", "Plan of care", None, "Empty"]


def test_a_section_with_entries_and_no_narrative_is_counted() -> None:
    """Its entries may be facts, its text is not there."""
    (structured,) = element(sections("<section><entry/></section>"))
    count = nothing()
    assert body(structured, count).text == ""
    assert {reason for reason, number in count.items() if number} == {narrative.NO_NARRATIVE}
