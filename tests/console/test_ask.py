"""Asking at a page: whom nobody asks about, what a refusal leaves, and an answer in pieces or whole."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from phiward.console.ask import LINES, AskPages, Bedside
from phiward.domain.errors import AuditUnavailableError, PhiwardError, UpstreamError
from phiward.domain.patients import PatientRef
from phiward.domain.shown import SaidSentence, ShownAnswer
from phiward.domain.text import Secret
from phiward.flow.answering import Question
from tests.console.test_emergency import GRANT, GlassTwin
from tests.console.test_patients import PatientsTwin
from tests.console.twins import CSRF, ZORA, PagesHouse
from tests.domain.test_shown import ANSWER

PLACE = f"/ask/{ZORA.ref}"
FORM = {"csrf": CSRF, "once": "one", "question": "An invented <question>", "model": "stub"}


@dataclass
class AnsweringTwin:
    """Says ANSWER, or fails after `sentences` of it."""

    error: PhiwardError | Exception | None = None
    asked: list[Question] = field(default_factory=list)
    waits: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: int = 0

    async def ask(
        self, interaction: UUID, session: Secret, question: Question
    ) -> AsyncIterator[SaidSentence | ShownAnswer]:
        """Sentence by sentence."""
        self.asked.append(question)
        if isinstance(self.error, AuditUnavailableError):
            raise self.error
        yield ANSWER.sentences[0]
        self.begun.set()
        if self.waits is not None:
            await self.waits.wait()
        if self.error is not None:
            raise self.error
        self.ended += 1
        yield replace(ANSWER, interaction=interaction)


class KeptTwin:
    """Nothing was asked before."""

    async def mine(self, session: Secret, patient: PatientRef, most: int) -> Sequence[tuple[UUID, datetime, str]]:
        """Nothing."""
        return ()


class ModelsTwin:
    """Two models."""

    async def models(self, credential: Secret) -> Sequence[str]:
        """The usual one first."""
        return ("stub", "other")


class House(PagesHouse):
    """The pages with their twins."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.glass, self.answering = GlassTwin(), AnsweringTwin(error)
        bedside = Bedside(PatientsTwin(), self.glass)
        self.pages = AskPages(bedside, self.answering, ModelsTwin(), KeptTwin())

    def browser(self, **headers: str) -> Any:
        """A clinician's."""
        return self.client(self.pages.declared(), **headers)


@pytest.mark.parametrize("ref", ["nobody", str(UUID(int=8)), "../account"])
async def test_whoever_is_not_hers_is_nobody(ref: str) -> None:
    """By any address; nothing is asked."""
    house = House()
    async with house.browser() as client:
        told = await client.get(f"/ask/{ref}")
        sent = await client.post(f"/ask/{ref}", data=FORM)
    assert (told.status_code, sent.status_code) == (404, 404)
    assert house.answering.asked == []


@pytest.mark.parametrize(
    ("error", "says", "sent"),
    [
        (AuditUnavailableError("full"), "Not sent: the audit log cannot be written", "Nothing was sent."),
        (UpstreamError("down"), "No answer came", "The audit log says what was sent."),
        (ValueError("a defect with PHI"), "This did not work", ""),
    ],
)
async def test_a_refusal_says_whether_anything_was_sent_and_keeps_the_question(
    error: Exception, says: str, sent: str
) -> None:
    """As a page and in pieces; a defect says nothing of itself."""
    async with House(error).browser() as client:
        page = await client.post(PLACE, data=FORM)
    async with House(error).browser(accept=LINES) as client:
        lines = [json.loads(line) for line in (await client.post(PLACE, data=FORM)).text.splitlines()]
    assert lines[-1]["kind"] == "refused"
    for text in (page.text, lines[-1]["html"]):
        assert says in text
        assert sent in text
        assert "PHI" not in text
    assert "An invented &lt;question&gt;" in page.text


async def test_an_answer_comes_as_a_page_to_go_to_or_in_pieces() -> None:
    """Escaped in both; twice sent is once asked."""
    house = House()
    async with house.browser() as client:
        first, second = [await client.post(PLACE, data=FORM) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(house.answering.asked) == 1
    async with house.browser(accept=LINES) as client:
        answer = await client.post(PLACE, data={**FORM, "once": "two"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [one["kind"] for one in lines] == ["begun", "sentence", "done"]
    assert "An invented &lt;question&gt;" in lines[0]["html"]
    assert lines[-1]["place"] == answer.headers["x-led-to"]


async def test_the_purpose_is_treatment_or_that_of_the_open_glass() -> None:
    """And the strip says so."""
    house = House()
    async with house.browser() as client:
        assert "Emergency access</strong>" not in (await client.get(PLACE)).text
        house.glass.held = GRANT
        assert "Ends at" in (await client.get(PLACE)).text
        await client.post(PLACE, data=FORM)
    assert [one.purpose for one in house.answering.asked] == ["ETREAT"]


async def test_an_answer_is_made_to_its_end_though_its_reader_left() -> None:
    """It waits for her."""
    house = House()
    house.answering.waits = asyncio.Event()
    async with house.browser(accept=LINES) as client:
        task = asyncio.create_task(client.post(PLACE, data=FORM))
        await house.answering.begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    (running,) = house.pages.under_way.values()
    house.answering.waits.set()
    await running
    assert house.answering.ended == 1
