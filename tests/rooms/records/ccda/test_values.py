"""Values, ranges and times in words."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.ccda.values import day_words, interval, period, reference_ranges, value_of

from .files import CANARY, element, reader


@pytest.mark.parametrize(
    ("xml", "value", "unit"),
    [
        pytest.param(
            '<value xsi:type="PQ" value="1.20" unit="mg/dL"/>', "1.20", "mg/dL", id="a figure keeps its zeros"
        ),
        pytest.param('<value xsi:type="PQ" value="7" unit="1"/>', "7", None, id="a bare number"),
        pytest.param('<value xsi:type="PQ" nullFlavor="NA"/>', None, None, id="null"),
        pytest.param('<value xsi:type="CD" displayName="Positive"/>', "Positive", None, id="a code"),
        pytest.param('<value xsi:type="CO" code="3"/>', "3", None, id="an ordinal without words"),
        pytest.param('<value xsi:type="ST">no  growth</value>', "no growth", None, id="a text"),
        pytest.param('<value xsi:type="INT" value="12"/>', "12", None, id="a count"),
        pytest.param('<value xsi:type="BL" value="true"/>', "true", None, id="yes"),
        pytest.param(
            '<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="128"/></value>',
            "1:128",
            None,
            id="a titre",
        ),
        pytest.param(
            '<value xsi:type="IVL_PQ"><high value="5" unit="U/L" inclusive="false"/></value>',
            "< 5 U/L",
            None,
            id="below",
        ),
        pytest.param('<value xsi:type="SLIST_PQ"/>', None, None, id="a type that is not read"),
    ],
)
def test_a_value_is_as_it_is_written(xml: str, value: str | None, unit: str | None) -> None:
    """By its type."""
    assert value_of(element(xml), reader()) == (value, unit)


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        pytest.param('<low value="1.0" unit="g"/><high value="2.0" unit="g"/>', "1.0 g - 2.0 g", id="both"),
        pytest.param('<low value="1" unit="g"/>', ">= 1 g", id="from"),
        pytest.param('<low value="1" inclusive="false"/><high nullFlavor="PINF"/>', "> 1", id="above"),
        pytest.param('<high value="2" unit="g"/>', "<= 2 g", id="up to"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_an_interval_says_its_bounds(inner: str, said: str | None) -> None:
    """Whether they belong to it or not."""
    assert interval(element(f"<value>{inner}</value>")) == said


def test_ranges_are_text_and_figures() -> None:
    """Whatever the source has."""
    xml = (
        "<observation><referenceRange><observationRange><text>M 13-18</text><value>"
        '<low value="12"/><high value="15"/></value></observationRange></referenceRange>'
        '<referenceRange><observationRange><value xsi:type="ST">negative</value></observationRange></referenceRange>'
        "</observation>"
    )
    assert reference_ranges(element(xml), reader()) == ["M 13-18", "12 - 15", "negative"]


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        pytest.param('<period value="6" unit="h"/>', "every 6 h", id="an interval"),
        pytest.param(
            '<period><low value="4" unit="h"/><high value="6" unit="h"/></period>', "every 4 h - 6 h", id="a span"
        ),
        pytest.param('<event code="AC"/>', "at AC", id="an event"),
        pytest.param('<low value="20240101"/>', None, id="no frequency"),
    ],
)
def test_a_frequency_is_said(inner: str, said: str | None) -> None:
    """PIVL and EIVL."""
    assert period(element(f"<effectiveTime>{inner}</effectiveTime>")) == said


def test_a_day_is_said_as_precisely_as_it_is_written() -> None:
    """And a broken one is refused."""
    assert day_words(element('<low value="201307"/>'), reader()) == "2013-07"
    assert day_words(element('<low nullFlavor="UNK"/>'), reader()) is None
    with pytest.raises(ImportFailedError) as caught:
        day_words(element(f'<low value="{CANARY}"/>'), reader())
    assert CANARY not in str(caught.value)
