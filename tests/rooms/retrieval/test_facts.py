"""Facts that answer a question: the right kinds, labels, number and time; laid out as written."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.facts import Fact, FactId, FactKind, Saying
from phiward.domain.patients import PatientRef
from phiward.retrieval.facts import about, asks, lay_out, line, series

_NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
_ALL = frozenset(FactKind)
_MEASURED = {FactKind.RESULT, FactKind.VITAL}


def _fact(
    number: int,
    label: str,
    year: int | None = 2020,
    *,
    kind: FactKind = FactKind.RESULT,
    value: str | None = None,
    unit: str | None = None,
    status: str = "",
    detail: str = "",
) -> Fact:
    at = datetime(year, 3, 1, 23, 30, tzinfo=UTC) if year else None
    saying = Saying(kind, label, value=value, unit=unit, status=status, detail=detail, effective_at=at)
    return Fact(FactId(UUID(int=number)), PatientRef(UUID(int=99)), 1, saying)


_CHART = [
    *(_fact(n, "Creatinine", 2015 + n, value=f"1.{n}0", unit="mg/dL") for n in range(1, 6)),
    *(_fact(10 + n, "Potassium [Moles/volume] in Blood", 2015 + n) for n in range(1, 4)),
    _fact(20, "Hemoglobin A1c", 2022),
    _fact(21, "Hemoglobin A1c", 2024),
    _fact(22, "Hemoglobin", 2023),
    _fact(30, "Metformin 500 MG", 2018, kind=FactKind.MEDICATION, status="active"),
    _fact(31, "Potassium chloride 20 MEQ", 2019, kind=FactKind.MEDICATION, status="stopped"),
    _fact(40, "Penicillin", None, kind=FactKind.ALLERGY, status="active"),
    _fact(41, "Peanut", 2001, kind=FactKind.ALLERGY, status="active"),
    _fact(50, "Diabetes mellitus type 2", 2017, kind=FactKind.PROBLEM, status="active"),
    _fact(51, "Acute bronchitis", 2019, kind=FactKind.PROBLEM, status="resolved"),
    _fact(60, "Systolic blood pressure", 2025, kind=FactKind.VITAL),
    _fact(61, "Systolic blood pressure", 2026, kind=FactKind.VITAL),
    _fact(70, "Colonoscopy", 2012, kind=FactKind.PROCEDURE),
    _fact(71, "Colonoscopy", 2021, kind=FactKind.PROCEDURE),
    _fact(80, "Influenza vaccine", 2025, kind=FactKind.IMMUNIZATION),
]
_FACTS = st.lists(st.sampled_from(_CHART), max_size=12, unique_by=lambda fact: fact.id)
_ASKED = st.sampled_from(
    ["last two creatinines", "medications", "potassium", "A1c since 2023", "labs last year", "hello", "vitals", ""]
)


@pytest.mark.parametrize(
    ("question", "expected", "reason"),
    [
        ("How is he?", [], "no fact is named"),
        ("last three creatinines", [5, 4, 3], "the newest three"),
        ("3 most recent creatinine values", [5, 4, 3], "the number before"),
        ("creatinine", [5, 4, 3, 2, 1], "all, newest first"),
        ("latest K", [13], "measured ones, when it is about time: not the tablet"),
        ("is he on potassium?", [31, 13, 12, 11], "the tablet too, when it is not"),
        ("trend of A1c since 2023", [21], "hemoglobin is another thing"),
        ("current medications", [30], "what was stopped is not current"),
        ("medications", [31, 30], "all of them"),
        ("what is he allergic to", [41, 40], "what has no date comes last"),
        ("any allergy to penicillin?", [41, 40], "the whole list: that nothing else is there matters too"),
        ("problem list", [51, 50], "also what is over"),
        ("active problems", [50], "not what is over"),
        ("past medical history", [51, 50], "problems by another name"),
        ("blood pressure over the last year", [61], "since a year before now"),
        ("when was the last colonoscopy?", [71], "one of the series"),
        ("vaccines", [80], "by kind"),
        ("latest labs", [21, 22, 5, 13], "one of each series"),
        ("creatinine labs", [5, 4, 3, 2, 1], "a label narrows what is measured"),
        ("abnormal labs in 2022", [20], "a word that is no label does not"),
        ("What was decided at the last visit about creatinine?", [5, 4, 3, 2, 1], "the last visit is no count"),
        ("bronchitis", [51], "a plain word in common"),
    ],
)
def test_the_facts_that_a_question_asks_for(question: str, expected: list[int], reason: str) -> None:
    """Newest first."""
    assert [fact.id.int for fact in about(question, _CHART, limit=99, now=_NOW)] == expected, reason


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How is he?", frozenset()),
        ("latest potassium", _MEASURED),
        ("potassium", _ALL),
        ("current medications", {FactKind.MEDICATION}),
        ("allergies and problems", {FactKind.ALLERGY, FactKind.PROBLEM}),
        ("colonoscopy", _ALL),
    ],
)
def test_a_question_says_in_which_kinds_to_look(question: str, kinds: frozenset[FactKind]) -> None:
    """In none, where it asks for no facts."""
    assert asks(question, _NOW).kinds == kinds


def test_a_question_is_read_into_its_parts() -> None:
    """Count, period, currentness, names; and prints no names."""
    found = asks("last 2 sodium values before 2020 that are active", _NOW)
    assert (found.count, found.period.until.year if found.period.until else 0, found.current) == (2, 2020, True)
    assert found.labels == {"=sodium"}
    assert "sodium" not in repr(found)
    assert asks("last 0 sodium values", _NOW).count is None


@given(_FACTS, _ASKED, st.integers(-1, 9), st.randoms(use_true_random=False))
def test_the_answer_is_a_function_of_the_facts_and_the_question(
    facts: list[Fact], question: str, limit: int, order: random.Random
) -> None:
    """Whatever order they come in; never more than the limit; nothing that was not given; newest first."""
    found = about(question, facts, limit=limit, now=_NOW)
    shuffled = list(facts)
    order.shuffle(shuffled)
    assert about(question, shuffled, limit=limit, now=_NOW) == found
    assert len(found) <= max(limit, 0)
    assert {fact.id for fact in found} <= {fact.id for fact in facts}
    times = [fact.saying.effective_at for fact in found]
    dated = [at for at in times if at is not None]
    assert times == [*sorted(dated, reverse=True), *[None] * (len(times) - len(dated))]


def test_where_there_are_too_many_those_that_share_more_names_stay() -> None:
    """Then the newest."""
    facts = [_fact(1, "Left knee pain", 2010), _fact(2, "Knee swelling", 2020), _fact(3, "Knee swelling", 2021)]
    assert [fact.id.int for fact in about("left knee pain", facts, limit=2, now=_NOW)] == [3, 1]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (
            _fact(1, "Creatinine", value="1.20", unit="mg/dL", status="final"),
            "2020-03-01 Creatinine: 1.20 mg/dL (final)",
        ),
        (_fact(1, "Metformin", status="active", detail="1 tablet"), "2020-03-01 Metformin; 1 tablet (active)"),
        (_fact(1, "Peanut", None), "undated Peanut"),
        (_fact(1, "Culture", value="no\ngrowth\r\n(final)"), "2020-03-01 Culture: no growth (final)"),
    ],
)
def test_a_fact_is_one_line_with_its_value_as_written(fact: Fact, expected: str) -> None:
    """Date in UTC; "1.20" stays "1.20"."""
    assert line(fact) == expected


@given(_FACTS, st.randoms(use_true_random=False))
def test_every_fact_has_its_line_and_every_line_its_fact(facts: list[Fact], order: random.Random) -> None:
    """Whatever order they come in; the offsets name the lines."""
    laid = lay_out(facts)
    shuffled = list(facts)
    order.shuffle(shuffled)
    assert lay_out(shuffled) == laid
    known = {fact.id: fact for fact in facts}
    assert sorted(one.fact for one in laid.lines) == sorted(known)
    assert [laid.text[one.start : one.end] for one in laid.lines] == [line(known[one.fact]) for one in laid.lines]
    assert [laid.text[one.start : one.end] for one in laid.lines] == laid.text.splitlines()


def test_a_series_stands_together_oldest_first_with_its_units_as_they_are() -> None:
    """Differing units are both shown, never converted."""
    facts = [
        _fact(1, "Sodium", 2021, value="140", unit="mmol/L"),
        _fact(2, "Creatinine", 2022, value="106", unit="umol/L"),
        _fact(3, "creatinine", 2020, value="1.20", unit="mg/dL"),
    ]
    assert lay_out(facts).text.splitlines() == [
        "2020-03-01 creatinine: 1.20 mg/dL",
        "2022-03-01 Creatinine: 106 umol/L",
        "2021-03-01 Sodium: 140 mmol/L",
    ]
    assert series(facts[1]) == series(facts[2]) != series(facts[0])


def test_a_layout_prints_no_content() -> None:
    """Nor does a line."""
    assert "Testperson" not in repr(lay_out([_fact(1, "Testperson")]))
