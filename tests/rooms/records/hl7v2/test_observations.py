"""Results and reports of ORU messages."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.facts import Code, FactKind
from phiward.records.hl7v2 import observations
from phiward.records.hl7v2.observations import Findings

from .feeds import PID, msh, nothing, parsed, segment

WHO = "urn:hl7v2:HOSP:MRN-7"
OBR = "OBR|1|P-1|F-1^LAB|24323-8^Metabolic panel^LN|||202401020800-0500"
CREATININE = "OBX|1|NM|2160-0^Creatinine^LN||1.20|mg/dL|0.6-1.3|H~A|||F"


def found(*segments: str, count: Counter[str] | None = None) -> Findings:
    """What a result message states."""
    message = parsed(msh("ORU^R01"), PID, *segments)
    return observations.findings(message, WHO, None, nothing() if count is None else count)


def key(code: str = "2160-0", sub: str = "", order: str = "LAB:F-1") -> str:
    """The source id of a result."""
    return f"urn:hl7v2:fact:{WHO}:{order}:{code}:{sub}"


@pytest.mark.parametrize("status", ["D", "W", "X"])
def test_a_result_that_is_wrong_is_taken_back(status: str) -> None:
    """Under the very id under which it was stated."""
    made = found(OBR, CREATININE.removesuffix("F") + status)
    assert (made.facts, made.retracted) == ([], [key()])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(
            "OBX|1|NM|C^Crea||1|||||||I".replace("|||||||", "||||||"), observations.NOT_RESULTED, id="pending"
        ),
        pytest.param("OBX|1|NM|C^Crea|||||||F", observations.NO_VALUE, id="no value"),
        pytest.param("OBX|1|NM|||1", observations.NO_LABEL, id="of what is not said"),
        pytest.param("OBX|1|XPN|C^Name||Example^Ada", observations.TYPE_NOT_READ, id="a type that is not read"),
    ],
)
def test_what_says_nothing_is_counted(line: str, reason: str) -> None:
    """And no fact is made of it."""
    count = nothing()
    assert found(OBR, line, count=count).facts == []
    assert count == {reason: 1}


def test_an_order_without_number_and_service_is_counted() -> None:
    """Its results could never be corrected."""
    count = nothing()
    assert found("OBR|1", CREATININE, count=count).facts == []
    assert count == {observations.NO_ORDER_NUMBER: 1}


def test_a_result_is_as_it_is_written() -> None:
    """Value, unit, range, flags, time, comment."""
    (fact,) = found(OBR, CREATININE, "NTE|1||hemolyzed").facts
    said = fact.saying
    assert (fact.source_id, fact.patient, said.kind) == (key(), WHO, FactKind.RESULT)
    assert (said.label, said.value, said.unit, said.status) == ("Creatinine", "1.20", "mg/dL", "final")
    assert said.codes == (Code("http://loinc.org", "2160-0"),)
    assert said.detail == "of Metabolic panel; reference range 0.6-1.3; flag H, A; hemolyzed"
    assert said.effective_at == datetime(2024, 1, 2, 13, tzinfo=UTC)


def test_a_result_has_its_own_time_where_it_says_so() -> None:
    """OBX-14 before OBR-7."""
    line = segment("OBX", f2="NM", f3="C^Crea", f5="1", f11="C", f14="20240103")
    (fact,) = found(OBR, line).facts
    assert (fact.saying.effective_at, fact.saying.status) == (datetime(2024, 1, 3, tzinfo=UTC), "corrected")


def test_results_are_told_apart_by_sub_id_and_by_order() -> None:
    """And where a sender repeats even that, by their sequence."""
    lines = ("OBX|1|ST|ORG^Organism|1|a", "OBX|2|ST|ORG^Organism|2|b", "OBX|3|ST|ORG^Organism|2|c")
    made = found(OBR, *lines, OBR.replace("F-1", "F-2"), "OBX|1|ST|ORG^Organism|1|d")
    assert [one.source_id for one in made.facts] == [
        key("ORG", "1"),
        key("ORG", "2"),
        key("ORG", "2") + "#2",
        key("ORG", "1", "LAB:F-2"),
    ]


@pytest.mark.parametrize(
    ("segments", "order"),
    [
        pytest.param(("ORC|RE|P-1|F-9^LAB", "OBR|1"), "LAB:F-9", id="of the common order"),
        pytest.param(("OBR|1|P-1^WARD",), "WARD:P-1", id="of who placed it"),
        pytest.param(("OBR|1|||CBC|||20240101",), "CBC:20240101", id="service and time"),
    ],
)
def test_an_order_is_known_by_the_best_number_that_it_has(segments: tuple[str, ...], order: str) -> None:
    """The filler's before the placer's."""
    (fact,) = found(*segments, CREATININE).facts
    assert fact.source_id == key(order=order)


def test_short_texts_are_results() -> None:
    """ "Clear" is what was found, not a report."""
    made = found(OBR, "OBX|1|TX|A^Appearance||Clear", "OBX|2|TX|C^Color||Yellow")
    assert [one.saying.value for one in made.facts] == ["Clear", "Yellow"]
    assert made.documents == []


def test_lines_of_text_are_a_report() -> None:
    """With the figures beside it as results."""
    made = found(
        segment("OBR", f3="F-1^LAB", f4="X^Chest X-ray", f7="20240102", f25="P", f32="77&Reader&Ann"),
        "OBX|1|TX|F^Findings||Line one",
        "OBX|2|TX|F^Findings||Line two",
        "OBX|3|TX|I^Impression||Normal",
        "OBX|4|NM|D^Dose||2|mSv",
    )
    (report,) = made.documents
    assert report.source_id == f"urn:hl7v2:report:{WHO}:LAB:F-1"
    assert report.text == "Findings\nLine one\nLine two\n\nImpression\nNormal"
    assert [one.title for one in report.sections] == ["Findings", "Impression"]
    assert (report.title, report.author, report.kind) == (
        "Chest X-ray (preliminary)",
        "Ann Reader",
        DocumentKind.RESULT,
    )
    assert report.written_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert [one.saying.label for one in made.facts] == ["Dose"]


def test_one_long_text_is_a_report() -> None:
    """Over 200 characters, or of several lines."""
    assert len(found(OBR, "OBX|1|TX|F^Findings||" + "long " * 50).documents) == 1
    assert len(found(OBR, "OBX|1|FT|F^Findings||one\\.br\\two").documents) == 1


def test_a_report_that_was_wrong_is_taken_back() -> None:
    """By the order's status, or because no line stands."""
    lines = ["OBX|1|TX|F^Findings||a||||||W", "OBX|2|TX|F^Findings||b||||||W"]
    report = f"urn:hl7v2:report:{WHO}:LAB:F-1"
    assert found(OBR, *lines).retracted == [report]
    cancelled = segment("OBR", f3="F-1^LAB", f4="X^Chest X-ray", f7="20240102", f25="X")
    assert found(cancelled).retracted == [report]
