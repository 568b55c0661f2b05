"""Reported answers on a real database: who may not close one, that words are read on record, and what closing does."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.answer_reports import AnswerReports
from phiward.adapters.postgres.report_desk import ReportDesk
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.reports import WrongAnswer
from tests.adapters.postgres.office_house import OfficeHouse, office_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[OfficeHouse]:
    """Furnished anew for each test."""
    async with office_house(running) as made:
        yield made


async def reported(house: OfficeHouse, words: str = "Zora never took that") -> UUID:
    """By alice; its id."""
    base = house.base
    alice = await base.caller(await base.enter(base.alice))
    await AnswerReports(base.administration, base.vault).report(alice, base.answer(), WrongAnswer.LEFT_OUT, words)
    ((made,),) = base.sql("SELECT id FROM answer_report WHERE tenant = %s", base.tenant)
    return UUID(str(made))


async def test_who_reported_and_who_is_no_officer_closes_nothing(house: OfficeHouse) -> None:
    """Although she is an officer too."""
    report, tenant = await reported(house), house.base.tenant
    house.base.sql("UPDATE person SET roles = '{physician,privacy_officer}' WHERE id = %s", house.base.alice)
    desk = ReportDesk(house.office, house.base.vault)
    for person, rule in ((house.base.alice, "self_review"), (house.base.bob, "reviewer"), (uuid4(), "reviewer")):
        with pytest.raises(NotPermittedError) as caught:
            await desk.close(tenant, report, person)
        assert caught.value.rule == rule
    for wanted in (uuid4(), UUID(int=0)):
        with pytest.raises(UnknownIdError):
            await desk.words(tenant, wanted)
        with pytest.raises(UnknownIdError):
            await desk.close(tenant, wanted, house.officer)
    assert (await desk.one(tenant, report)).closed_at is None
    assert house.actions("answer.report_closed") == []


async def test_reading_and_closing_are_on_record_and_closing_is_once(house: OfficeHouse) -> None:
    """Under the officer's id, with opaque ids alone."""
    report, tenant = await reported(house), house.base.tenant
    desk = ReportDesk(house.office, house.base.vault)
    assert await desk.words(tenant, report) == "Zora never took that"
    (read,) = house.actions("answer.words_read")
    assert read["actor"] == f"person:{house.officer}"
    assert read["patients"] == [str(house.base.patient)]
    await desk.close(tenant, report, house.officer)
    made = await desk.one(tenant, report)
    assert (made.closed_by, made.login, made.reason) == ("wren", "alice", "left_out")
    assert len(house.actions("answer.report_closed")) == 1
    with pytest.raises(InvalidRequestError, match="closed"):
        await desk.close(tenant, report, house.officer)


async def test_another_organisation_finds_nothing(house: OfficeHouse) -> None:
    """Row-level security."""
    report = await reported(house, "")
    other = uuid4()
    house.base.sql("INSERT INTO tenant (id, name) VALUES (%s, %s)", other, str(other))
    with pytest.raises(UnknownIdError):
        await ReportDesk(house.office, house.base.vault).one(other, report)
    assert await ReportDesk(house.office, house.base.vault).words(house.base.tenant, report) == ""
