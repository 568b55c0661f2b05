"""Answers that wait, their sources and reports: nobody else's, then one's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from phiward.console.answers import REASONS, AnswerPages
from phiward.console.ask import AskPages, Bedside
from phiward.domain.errors import NotPermittedError, PatientNotFoundError
from phiward.domain.passages import Origin
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.reports import WrongAnswer
from phiward.domain.shown import OpenedSource, ShownAnswer, ShownSource
from phiward.domain.text import Secret
from tests.console.test_ask import AnsweringTwin, ModelsTwin
from tests.console.test_emergency import GlassTwin
from tests.console.test_patients import PatientsTwin
from tests.console.twins import CSRF, ZORA, PagesHouse
from tests.domain.test_shown import ANSWER

SOURCE = ShownSource(1, Origin.CHART, UUID(int=20), 1, 3, 9, True, "stopped <b>", "Clinic note")
MADE = replace(ANSWER, patient=ZORA.ref, sources=(SOURCE,))
PLACE = f"/answers/{MADE.interaction}"


@dataclass
class KeptTwin:
    """One answer."""

    made: ShownAnswer | None = MADE

    async def find(self, session: Secret, interaction: UUID) -> ShownAnswer | None:
        """It, by its id."""
        return self.made if self.made is not None and interaction == self.made.interaction else None

    async def mine(self, session: Secret, patient: PatientRef, most: int) -> Sequence[tuple[UUID, datetime, str]]:
        """Nothing else."""
        return ()


@dataclass
class ReadingTwin:
    """Lets read, or refuses."""

    refusal: Exception | None = None
    read: list[Any] = field(default_factory=list)

    async def answer(self, interaction: UUID, session: Secret, made: ShownAnswer, purpose: PurposeOfUse) -> None:
        """On record."""
        self.read.append("answer")
        if self.refusal:
            raise self.refusal

    async def source(
        self, interaction: UUID, session: Secret, made: ShownAnswer, number: int, purpose: PurposeOfUse
    ) -> OpenedSource:
        """On record."""
        self.read.append(number)
        if self.refusal or number != 1:
            raise self.refusal or PatientNotFoundError
        return OpenedSource("Clinic note", None, None, "It ", "stopped <b>", " then.")


@dataclass
class ReportsTwin:
    """Remembers."""

    made: list[Any] = field(default_factory=list)

    async def report(self, caller: Caller, made: ShownAnswer, reason: WrongAnswer, words: str) -> bool:
        """Once."""
        self.made.append((reason, words))
        return True

    async def reported(self, caller: Caller, made: ShownAnswer) -> bool:
        """Whether."""
        return bool(self.made)


class House(PagesHouse):
    """The pages with their twins."""

    def __init__(self, refusal: Exception | None = None) -> None:
        super().__init__()
        self.kept, self.reading, self.reports = KeptTwin(), ReadingTwin(refusal), ReportsTwin()
        bedside = Bedside(PatientsTwin(), GlassTwin())
        asking = AskPages(bedside, AnsweringTwin(), ModelsTwin(), self.kept)
        self.pages = AnswerPages(bedside, self.kept, self.reading, self.reports, asking)

    def browser(self) -> Any:
        """A clinician's."""
        return self.client(self.pages.declared())


@pytest.mark.parametrize("path", ["/answers/nonsense", f"/answers/{UUID(int=99)}", f"/answers/{UUID(int=99)}/report"])
async def test_an_answer_of_somebody_else_is_nobodys(path: str) -> None:
    """404, and nothing is read."""
    house = House()
    async with house.browser() as client:
        assert (await client.get(path)).status_code == 404
    assert house.reading.read == []


@pytest.mark.parametrize("path", [PLACE, f"{PLACE}/sources/1"])
@pytest.mark.parametrize("refusal", [NotPermittedError("no", rule="minimum"), PatientNotFoundError()])
async def test_what_the_policies_close_since_is_not_shown(path: str, refusal: Exception) -> None:
    """Each look is decided again."""
    async with House(refusal).browser() as client:
        answer = await client.get(path)
    assert answer.status_code in (403, 404)
    assert "Zora takes it" not in answer.text
    assert "stopped" not in answer.text


@pytest.mark.parametrize("number", ["0", "2", "99999", "x", "-1", "1x"])
async def test_a_number_of_no_source_is_none(number: str) -> None:
    """404."""
    async with House().browser() as client:
        assert (await client.get(f"{PLACE}/sources/{number}")).status_code == 404


async def test_an_answer_and_its_source_are_shown_escaped_at_the_passage() -> None:
    """And each look is on record."""
    house = House()
    async with house.browser() as client:
        answer, source = (await client.get(PLACE)).text, (await client.get(f"{PLACE}/sources/1")).text
    assert "1 of 3 sentences" in answer
    assert '<mark id="cited">stopped &lt;b&gt;</mark>' in source
    assert house.reading.read == ["answer", 1]


async def test_a_report_needs_a_reason_and_is_made_once() -> None:
    """Its words go with it."""
    house = House()
    form = {"csrf": CSRF, "once": "one", "reason": "left_out", "words": "An invented <word>"}
    async with house.browser() as client:
        assert (await client.post(f"{PLACE}/report", data={**form, "reason": "rude"})).status_code == 400
        for _ in range(2):
            assert (await client.post(f"{PLACE}/report", data=form)).headers["location"] == PLACE
        assert "Reported as wrong" in (await client.get(PLACE)).text
        assert "You reported this answer" in (await client.get(f"{PLACE}/report")).text
    assert house.reports.made == [(WrongAnswer.LEFT_OUT, "An invented <word>")]


def test_every_reason_of_a_report_has_its_words() -> None:
    """And no other."""
    assert {code for code, _ in REASONS} == set(WrongAnswer)
