"""Reading again: decided anew, on record before it is shown, and nothing that was closed or changed is passed off."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from phiward.domain.access import NO_STANDING, DataClass
from phiward.domain.audit import EntryKind
from phiward.domain.documents import Document
from phiward.domain.errors import (
    AuditUnavailableError,
    NotAuthenticatedError,
    NotPermittedError,
    PatientNotFoundError,
)
from phiward.domain.passages import Origin
from phiward.domain.people import PurposeOfUse
from phiward.domain.shown import OpenedSource, ShownAnswer, ShownSource
from phiward.domain.text import Secret
from phiward.flow.reading import Reading
from phiward.flow.record import Recorder
from phiward.policy.decide import Policy
from tests.domain.test_shown import ANSWER
from tests.flow.charts import document
from tests.flow.fakes import NOW, POLICY, OpenedTwin, SealerTwin, caller
from tests.flow.test_journey import MARGARET, House

TEXT = "Seen in May. Takes lisinopril daily. Will come again."
NOTE = document(MARGARET.patient, TEXT)


def reading(house: House) -> Reading:
    """Over the same twins as the flow."""
    recorder = Recorder(house.log, SealerTwin(), lambda: NOW, uuid4, POLICY)
    return Reading(house.people, house.admission, house.chart, Policy.load(), recorder, lambda: NOW)


def answer(note: Document = NOTE, **more: object) -> ShownAnswer:
    """One that cites the middle of the note."""
    source = ShownSource(1, Origin.CHART, note.id, note.version, 13, 36, True, TEXT[13:36], "visit")
    return replace(ANSWER, patient=MARGARET.patient, sources=(replace(source, **more),))  # type: ignore[arg-type]


async def again(house: House, made: ShownAnswer) -> None:
    """The answer."""
    await reading(house).answer(uuid4(), Secret("phs_test"), made, PurposeOfUse.TREAT)


async def opened(house: House, made: ShownAnswer, number: int = 1) -> OpenedSource:
    """Its source."""
    return await reading(house).source(uuid4(), Secret("phs_test"), made, number, PurposeOfUse.TREAT)


LOOKS: list[Callable[[House, ShownAnswer], Awaitable[object]]] = [again, opened]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("who", "error", "reason"),
    [
        (None, NotAuthenticatedError, "the session ended"),
        (OpenedTwin(caller(), None, NO_STANDING), PatientNotFoundError, "no patient of hers any more"),
        (OpenedTwin(caller(), MARGARET, NO_STANDING), NotPermittedError, "the relation ended"),
    ],
)
async def test_whoever_may_not_look_any_more_does_not(
    look: Callable[[House, ShownAnswer], Awaitable[object]], who: OpenedTwin | None, error: type[Exception], reason: str
) -> None:
    """The refusal of someone known is on record."""
    house = House()
    house.people.opened, house.chart.documents_held = who, [NOTE]
    with pytest.raises(error):
        await look(house, answer())
    assert house.log.kinds() == (["refusal"] if who else []), reason


@pytest.mark.parametrize("look", LOOKS)
async def test_no_record_no_look(look: Callable[[House, ShownAnswer], Awaitable[object]]) -> None:
    """Promise 1."""
    house = House()
    house.chart.documents_held, house.log.refuse = [NOTE], {EntryKind.RETRIEVAL}
    with pytest.raises(AuditUnavailableError):
        await look(house, answer())


@pytest.mark.parametrize(
    ("held", "number", "reason"),
    [
        ([], 1, "withdrawn, or held back"),
        ([NOTE], 2, "no such source"),
        (
            [replace(NOTE, classes=frozenset({DataClass.PSYCHOTHERAPY}))],
            1,
            "closed by its class since it was cited",
        ),
    ],
)
async def test_a_source_that_is_gone_or_closed_is_not_shown(held: list[Document], number: int, reason: str) -> None:
    """Not even what the answer showed of it."""
    house = House()
    house.chart.documents_held = held
    with pytest.raises(PatientNotFoundError):
        await opened(house, answer(), number)
    assert "retrieval" not in house.log.kinds(), reason


async def test_a_source_opens_at_what_was_cited_and_is_on_record() -> None:
    """Around it the rest of the note; the leaf names the document and none of its words."""
    house = House()
    house.chart.documents_held = [NOTE]
    shown = await opened(house, answer())
    assert (shown.before, shown.cited, shown.after) == (TEXT[:13], TEXT[13:36], TEXT[36:])
    (entry,) = house.log.entries
    assert entry.facts["documents"] == [str(NOTE.id)]
    assert "lisinopril" not in repr(entry)


async def test_a_source_that_changed_is_said_to_have_and_marks_nothing() -> None:
    """Its offsets are of another version."""
    house = House()
    house.chart.documents_held = [replace(NOTE, version=2)]
    shown = await opened(house, answer())
    assert (shown.changed, shown.cited, shown.after) == (True, "", TEXT)


async def test_a_guideline_is_shown_as_it_was_cited_and_facts_that_are_gone_are_not() -> None:
    """A corpus holds no PHI; a fact does."""
    house = House()
    shown = await opened(house, answer(origin=Origin.CORPUS))
    assert shown.cited == TEXT[13:36]
    with pytest.raises(PatientNotFoundError):
        await opened(house, answer(origin=Origin.FACTS, facts=(uuid4(),)))


async def test_an_answer_that_rests_on_facts_can_be_read_again_and_names_each_of_them() -> None:
    """Each with the version that was cited."""
    house = House()
    ids = (uuid4(), uuid4())
    made = answer(origin=Origin.FACTS, facts=ids, fact_versions=(3, 1))
    await again(house, made)
    (entry,) = house.log.entries
    assert entry.facts["facts"] == [str(one) for one in ids]
