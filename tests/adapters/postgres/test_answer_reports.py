"""Reports of wrong answers on a real database."""

import json
from collections.abc import AsyncIterator

import pytest_asyncio

from phiward.adapters.postgres.answer_reports import AnswerReports
from phiward.domain.reports import WrongAnswer
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase

WORDS = "Zora Testcase never took that"


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


async def test_a_report_is_made_once_with_its_entry_and_its_alert(house: ConsoleHouse) -> None:
    """Opaque ids and a code in both; her words are sealed."""
    alice, reports = (
        await house.caller(await house.enter(house.alice)),
        AnswerReports(house.administration, house.vault),
    )
    made = house.answer()
    assert not await reports.reported(alice, made)
    assert await reports.report(alice, made, WrongAnswer.LEFT_OUT, WORDS)
    assert not await reports.report(alice, made, WrongAnswer.OTHER, "")
    assert await reports.reported(alice, made)
    leaves = [json.loads(leaf) for (leaf,) in house.sql("SELECT leaf FROM audit_entry WHERE tenant = %s", house.tenant)]
    (told,) = [one["facts"] for one in leaves if one["facts"].get("action") == "answer.reported"]
    assert (told["interaction"], told["reason"]) == (str(made.interaction), "left_out")
    ((kind, facts),) = house.sql("SELECT kind, facts FROM alert WHERE tenant = %s", house.tenant)
    assert kind == "answer.reported"
    ((sealed,),) = house.sql("SELECT sealed_words FROM answer_report WHERE tenant = %s", house.tenant)
    for text in (json.dumps(told), json.dumps(facts), bytes(sealed).decode("latin-1")):
        assert "Zora" not in text
    assert facts["patients"] == [str(house.patient)]
