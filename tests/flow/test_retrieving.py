"""Retrieval within the grant: what is closed, missing or lost is said, and what is found is a function of the grant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.errors import StorageError, UpstreamError
from phiward.domain.facts import Fact, FactId, FactKind, Saying
from phiward.domain.passages import Origin, RetrievalAsk, Retrieved
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.trust import Trust
from phiward.domain.vendors import DestinationClass
from phiward.flow.retrieving import Bounds, Right
from phiward.retrieval.ports import CorpusPassage
from tests.flow.charts import document
from tests.flow.fakes import caller, treats
from tests.flow.test_journey import MARGARET, OTHER, House

DAY = timedelta(days=1)


def right(*roles: Role, purpose: PurposeOfUse = PurposeOfUse.TREAT) -> Right:
    """Of someone who treats Margaret."""
    return Right(caller(*roles), MARGARET, treats(), purpose, DestinationClass.SELF_HOSTED)


async def find(house: House, question: str, ask: RetrievalAsk | None = None, by: Right | None = None) -> Retrieved:
    """What is found for Margaret's physician."""
    return await house.retriever().find(by or right(), question, ask or RetrievalAsk())


def result(day: int, value: str, label: str = "Creatinine", *classes: DataClass) -> Fact:
    """A result of Margaret's, in March 2024."""
    saying = Saying(FactKind.RESULT, label, (), value, "mg/dL", "final", "", datetime(2024, 3, day, tzinfo=UTC))
    return Fact(FactId(uuid4()), MARGARET.patient, 1, replace(saying, classes=frozenset(classes)))


async def test_a_lost_database_is_no_empty_chart() -> None:
    """Nothing found and nothing asked are different answers."""
    house = House()
    house.chart.lost = True
    with pytest.raises(StorageError):
        await find(house, "dose?")


async def test_a_lost_embedding_model_is_no_search_by_words() -> None:
    """What would rank otherwise is not passed off as the same."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "Takes lisinopril.")]

    async def gone(*_: object) -> None:
        raise UpstreamError("The embedding server is gone.")

    house.embedder.embed = gone  # type: ignore[assignment, method-assign]
    with pytest.raises(UpstreamError):
        await find(house, "lisinopril?")


async def test_a_closed_document_is_counted_and_nothing_of_it_ranks() -> None:
    """Its words would change how rare a word is: they are not there when ranks are made."""
    house = House()
    note = document(MARGARET.patient, "Takes lisinopril for pressure.")
    house.chart.documents_held = [note]
    alone = await find(house, "lisinopril?")
    closed = [document(MARGARET.patient, "lisinopril " * n, DocumentKind.CLINICAL_NOTE, DataClass.HIV) for n in (1, 9)]
    house.chart.documents_held = [note, *closed]
    beside = await find(house, "lisinopril?")
    assert beside.passages == alone.passages
    assert (alone.not_shown, beside.not_shown) == (0, 2)


async def test_billing_gets_no_clinical_passage_and_no_result() -> None:
    """Minimum necessary, fact by fact (45 CFR 164.502(b))."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "Creatinine is high.")]
    house.chart.facts_held = [result(1, "1.20")]
    found = await find(house, "last creatinine?", by=right(Role.BILLING, purpose=PurposeOfUse.HPAYMT))
    assert found.passages == ()
    assert found.not_shown == 2


async def test_what_is_not_indexed_or_held_back_is_said() -> None:
    """A clinician must know what was not looked at."""
    house = House()
    waiting = document(MARGARET.patient, "Takes lisinopril.")
    house.chart.documents_held, house.chart.unindexed, house.chart.held_back = [waiting], frozenset([waiting.id]), 2
    found = await find(house, "lisinopril?")
    assert (found.passages, found.documents, found.not_indexed, found.held_back) == ((), 1, 1, 2)


async def test_segments_of_another_model_are_searched_by_words_and_it_is_said() -> None:
    """Vectors of two models are never compared."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "Takes lisinopril.")]
    house.chart.model = "another model"
    found = await find(house, "lisinopril?")
    assert [one.text for one in found.passages] == ["Takes lisinopril."]
    assert not found.by_meaning
    assert house.embedder.asked == []


async def test_a_passage_is_the_sources_own_text_at_its_place() -> None:
    """So that a citation can be opened at the very words."""
    house = House()
    text = "HISTORY:\nCough for a week.\n\nPLAN:\nStart lisinopril 10 mg daily.\n"
    note = document(MARGARET.patient, text, title="Clinic note")
    house.chart.documents_held = [note]
    found = await find(house, "lisinopril?")
    for one in found.passages:
        assert (one.origin, one.source, one.version) == (Origin.CHART, note.id, 1)
        assert one.text == text[one.start : one.end]
    assert any("lisinopril" in one.text and "PLAN" in one.section.upper() for one in found.passages)


async def test_dates_and_sections_narrow_the_chart() -> None:
    """The start of a span is inside it, its end is not."""
    house = House()
    days = [datetime(2024, 5, day, tzinfo=UTC) for day in (1, 2, 3)]
    house.chart.documents_held = [document(MARGARET.patient, f"Dose on day {day.day}.", at=day) for day in days]
    found = await find(house, "dose?", RetrievalAsk(since=days[1], until=days[2]))
    assert [one.text for one in found.passages] == ["Dose on day 2."]


async def test_a_question_about_a_trend_is_answered_from_the_facts() -> None:
    """The three newest, as they were written, each with its day; another patient's never."""
    house = House()
    strange = replace(result(9, "9.99"), patient=OTHER.patient)
    house.chart.facts_held = [strange, *(result(day, f"1.{day}0") for day in (1, 5, 3, 7))]
    found = await find(house, "What were the last three creatinines?")
    (passage,) = found.passages
    assert passage.origin is Origin.FACTS
    assert passage.text.splitlines() == [
        "2024-03-03 Creatinine: 1.30 mg/dL (final)",
        "2024-03-05 Creatinine: 1.50 mg/dL (final)",
        "2024-03-07 Creatinine: 1.70 mg/dL (final)",
    ]
    assert len(passage.facts) == 3


async def test_closed_facts_take_no_place_among_the_last_three() -> None:
    """The two runs differ only in what is closed: the same passage."""
    house = House()
    house.chart.facts_held = [result(day, f"1.{day}0") for day in (1, 3, 5, 7)]
    alone = await find(house, "last three creatinines?")
    house.chart.facts_held = [*house.chart.facts_held, result(8, "9.9", "Creatinine", DataClass.HIV)]
    beside = await find(house, "last three creatinines?")
    assert beside.passages == alone.passages
    assert beside.not_shown == 1


async def test_a_passage_carries_who_wrote_it_and_facts_the_least_trusted_of_them() -> None:
    """One line of the patient's own makes the whole passage untrusted."""
    house = House()
    house.chart.documents_held = [replace(document(MARGARET.patient, "Creatinine is high."), trust=Trust.STAFF)]
    house.chart.facts_held = [
        replace(result(1, "1.20"), trust=Trust.STAFF),
        replace(result(2, "1.3"), trust=Trust.PATIENT),
    ]
    found = await find(house, "last two creatinines?")
    assert {one.origin: one.trust for one in found.passages} == {Origin.FACTS: Trust.PATIENT, Origin.CHART: Trust.STAFF}


async def test_a_corpus_is_asked_with_a_question_that_names_nobody() -> None:
    """Its engine may stand elsewhere; whom the question is about it never learns, not even as a vector."""
    house = House()
    text = "In heart failure start low and go slow."
    passage = CorpusPassage(uuid4(), UUID(int=5), 0, len(text), text, "Heart failure", "Dosing")
    house.corpora.held = {"guidelines": [passage]}
    found = await find(house, "How is Margaret Okafor dosed?", RetrievalAsk(chart=False, corpora=("guidelines",)))
    ((scope, asked),) = house.embedder.asked
    assert "Okafor" not in asked[0]
    assert scope.patient is None
    (got,) = found.passages
    assert (got.origin, got.corpus, got.source) == (Origin.CORPUS, "guidelines", UUID(int=5))


async def test_chart_and_corpus_stand_together_in_one_answer() -> None:
    """Both kinds may be cited."""
    house = House()
    text = "Start lisinopril low."
    house.corpora.held = {"guidelines": [CorpusPassage(uuid4(), uuid4(), 0, len(text), text, "Pressure")]}
    house.chart.documents_held = [document(MARGARET.patient, "Takes lisinopril.")]
    found = await find(house, "lisinopril?", RetrievalAsk(corpora=("guidelines",)))
    assert [one.origin for one in found.passages] == [Origin.CHART, Origin.CORPUS]
    house.chart.documents_held = [document(MARGARET.patient, f"Lisinopril, dose {n}.") for n in range(20)]
    crowded = await find(house, "lisinopril?", RetrievalAsk(corpora=("guidelines",), limit=3))
    assert Origin.CORPUS in {one.origin for one in crowded.passages}


async def test_no_more_passages_and_characters_than_the_bounds_allow() -> None:
    """A request may ask for fewer, never for more."""
    house = House()
    house.bounds = Bounds(3, 10_000)
    house.chart.documents_held = [document(MARGARET.patient, f"Dose number {n}.") for n in range(9)]
    assert len((await find(house, "dose?")).passages) == 3
    assert len((await find(house, "dose?", RetrievalAsk(limit=2))).passages) == 2
    assert len((await find(house, "dose?", RetrievalAsk(limit=50))).passages) == 3
    house.bounds = Bounds(3, 60)
    assert (await find(house, "dose?")).left_out > 0
