"""A question at a page: refused before anything is sent, then sentence by sentence, and kept."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from phiward.domain.access import NO_STANDING
from phiward.domain.chat import Finished, TextDelta
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError, StorageError
from phiward.domain.people import PurposeOfUse
from phiward.domain.shown import SaidSentence, ShownAnswer
from phiward.domain.text import Secret
from phiward.flow.answering import MOST_QUESTION, Answering, Question
from tests.flow.charts import document
from tests.flow.fakes import NOW, OpenedTwin, caller
from tests.flow.test_journey import MARGARET, House

SAID = "Takes lisinopril daily [note 1]. Nothing else is known of Mars."


@dataclass
class AnswersTwin:
    """Keeps; `lost` cannot."""

    lost: bool = False
    made: list[ShownAnswer] = field(default_factory=list)

    async def keep(self, session: Secret, made: ShownAnswer) -> None:
        """In memory."""
        if self.lost:
            raise StorageError("down")
        self.made.append(made)

    async def find(self, session: Secret, interaction: UUID) -> ShownAnswer | None:
        """Not asked here."""
        return None


async def ask(house: House, answers: AnswersTwin, text: str = "lisinopril?") -> list[SaidSentence | ShownAnswer]:
    """Everything that comes."""
    house.chart.documents_held = [document(MARGARET.patient, "Takes lisinopril daily.")]
    house.client.answer = [TextDelta(0, SAID[:40]), TextDelta(0, SAID[40:]), Finished(0, "stop")]
    answering = Answering(house.flow(), answers, lambda: NOW)
    question = Question(MARGARET.patient, text, "m", PurposeOfUse.TREAT)
    return [one async for one in answering.ask(uuid4(), Secret("phs_test"), question)]


@pytest.mark.parametrize("text", ["", "x" * (MOST_QUESTION + 1)])
async def test_a_question_out_of_its_bounds_is_not_asked(text: str) -> None:
    """Nothing is on record, for nothing was tried."""
    house = House()
    with pytest.raises(InvalidRequestError):
        await ask(house, AnswersTwin(), text)
    assert house.log.kinds() == []


async def test_whoever_is_not_hers_is_nobody_and_the_refusal_is_on_record() -> None:
    """As for every request."""
    house, answers = House(), AnswersTwin()
    house.people.opened = OpenedTwin(caller(), None, NO_STANDING)
    with pytest.raises(PatientNotFoundError):
        await ask(house, answers)
    assert (house.log.kinds(), answers.made) == (["refusal"], [])


async def test_an_answer_that_cannot_be_kept_is_not_complete() -> None:
    """Although its sentences were shown, and stand on record."""
    house = House()
    with pytest.raises(StorageError):
        await ask(house, AnswersTwin(lost=True))
    assert house.log.kinds() == ["intent", "outcome"]


async def test_sentences_come_before_the_answer_that_is_kept() -> None:
    """Each with what it rests on."""
    house, answers = House(), AnswersTwin()
    *sentences, made = await ask(house, answers)
    assert [(one.text, one.supported) for one in sentences if isinstance(one, SaidSentence)] == [
        ("Takes lisinopril daily.", True), ("Nothing else is known of Mars.", False),
    ]  # fmt: skip
    assert answers.made == [made]
    assert isinstance(made, ShownAnswer)
    assert list(made.sentences) == sentences
    assert (made.supported, made.claims, made.sources[0].cited) == (1, 2, True)
