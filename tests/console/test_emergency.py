"""Emergency access at a page: what does not open a record, the way by the provider, and then the record."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from phiward.console.emergency import IN_WORDS, PATH, EmergencyPages
from phiward.console.sign_in import SignInPages
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant, EmergencyReason
from phiward.domain.errors import InvalidRequestError, NotPermittedError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from tests.console.twins import CSRF, NOW, ORIGIN, PAGES, ZORA, PagesHouse, SignInTwin

FORM = {"csrf": CSRF, "once": "one", "number": "MRN-1", "born": "1970-01-31", "reason": "threat_to_life", "text": ""}
GRANT = EmergencyGrant(UUID(int=9), UUID(int=1), ZORA.ref, NOW, NOW + timedelta(hours=1), False, NOW)


@dataclass
class GlassTwin:
    """Opens, or refuses as a test says."""

    refusal: Exception | None = None
    opened: list[EmergencyAsk] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    held: EmergencyGrant | None = None

    async def open(self, caller: Caller, ask: EmergencyAsk, now: datetime) -> EmergencyGrant:
        """A grant."""
        self.opened.append(ask)
        if self.refusal:
            raise self.refusal
        return GRANT

    async def of(self, caller: Caller, patient: PatientRef) -> EmergencyGrant | None:
        """What is open."""
        return self.held

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open."""
        return () if self.held is None else (self.held,)

    async def close(self, caller: Caller, grant: UUID) -> None:
        """Before its time."""
        if grant != GRANT.id:
            raise InvalidRequestError("There is no emergency access of yours by that id in force.", param="grant")
        self.closed.append(grant)


class House(PagesHouse):
    """The pages with their twins."""

    def __init__(self, refusal: Exception | None = None) -> None:
        super().__init__()
        self.glass, self.sign_in = GlassTwin(refusal), SignInTwin()

    def browser(self) -> Any:
        """A clinician's."""
        door = SignInPages(self.sign_in, self.sessions, PAGES, ORIGIN)
        return self.client(EmergencyPages(self.glass, self.drafts, door).declared())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": ""}, "no number"),
        ({"born": ""}, "no date of birth"),
        ({"born": "31.01.1970"}, "no date"),
        ({"reason": ""}, "no reason"),
        ({"reason": "curious"}, "no such reason"),
    ],
)
async def test_a_form_that_is_not_complete_opens_nothing(change: dict[str, str], reason: str) -> None:
    """What was typed is shown again."""
    house = House()
    async with house.browser() as client:
        answer = await client.post(PATH, data={**FORM, **change})
    assert (answer.status_code, house.glass.opened) == (400, []), reason
    assert "What you typed" in answer.text


async def test_whoever_must_confirm_goes_to_the_provider_and_finds_the_form_as_it_was() -> None:
    """Kept meanwhile; nothing is opened by coming back."""
    house = House(NotPermittedError("Confirm.", rule="step_up"))
    async with house.browser() as client:
        answer = await client.post(PATH, data=FORM)
        assert answer.headers["location"] == "https://idp.example/auth"
        back = await client.get(PATH)
    assert house.sign_in.asked == [("step_up", PATH)]
    assert 'value="MRN-1"' in back.text
    assert "Check what you entered, then open the record" in back.text
    assert house.submissions.led == {}


async def test_a_patient_who_is_not_confirmed_reads_like_one_who_is_not_here() -> None:
    """404, and no name."""
    house = House(PatientNotFoundError())
    async with house.browser() as client:
        answer = await client.post(PATH, data=FORM)
    assert answer.status_code == 404
    assert "There is no record that you may open with this number" in answer.text


async def test_the_record_opens_once_and_the_draft_goes() -> None:
    """By an opaque id."""
    house = House()
    house.drafts.kept[PATH] = {"number": "MRN-1"}
    async with house.browser() as client:
        answers = [await client.post(PATH, data=FORM) for _ in range(2)]
    assert [one.headers["location"] for one in answers] == [f"/ask/{ZORA.ref}"] * 2
    assert [one.birth_date for one in house.glass.opened] == ["1970-01-31"]
    assert house.drafts.kept == {}


async def test_closing_is_for_ones_own_grant() -> None:
    """Another id is none."""
    house = House()
    house.glass.held = GRANT
    async with house.browser() as client:
        for wrong in ("nonsense", str(UUID(int=8))):
            form = {"csrf": CSRF, "once": wrong}
            assert (await client.post(f"{PATH}/{wrong}/close", data=form)).status_code == 400
        answer = await client.post(f"{PATH}/{GRANT.id}/close", data={"csrf": CSRF, "once": "x"})
        assert answer.headers["location"] == PATH
        assert "Open to you now" in (await client.get(PATH)).text
    assert house.glass.closed == [GRANT.id]


def test_every_reason_has_its_words() -> None:
    """And no other."""
    assert set(IN_WORDS) == {str(one) for one in EmergencyReason}
