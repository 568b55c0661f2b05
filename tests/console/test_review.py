"""The review page: who may not, what is sealed, what each outcome sets off, and the second of two reviewers."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from phiward.console.review import OUTCOMES, Exchange, ReviewPages, exchanges
from phiward.domain.emergency import ReviewOutcome, SeenText
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import Role
from tests.console.office_twins import ENTRY, GRANT, ME, STEP_UP, OfficeTwin, door
from tests.console.twins import CSRF, NOW, PagesHouse, SessionsTwin, signed

PATH = f"/queue/{GRANT}"
DECIDED = {"csrf": CSRF, "once": "a", "outcome": "training", "why": "all fine"}


def made(office: OfficeTwin, house: PagesHouse, *roles: Role):  # type: ignore[no-untyped-def]
    """A browser of an officer."""
    house.sessions = SessionsTwin(signed(*(roles or (Role.PRIVACY_OFFICER,))))
    return house.client(ReviewPages(office, house.drafts, door()).declared())


async def test_nobody_reviews_her_own_access() -> None:
    """No form, no words; and what the adapter refuses is refused."""
    office = OfficeTwin(entry_=replace(ENTRY, person=ME))
    async with made(office, PagesHouse(), Role.PHYSICIAN, Role.PRIVACY_OFFICER) as browser:
        text = (await browser.get(PATH)).text
        office.refusal = NotPermittedError("Nobody reviews her own access.", rule="self_review")
        refused = [(await browser.post(PATH, data=DECIDED)), (await browser.post(PATH + "/words", data=DECIDED))]
    assert "You are the person reviewed" in text
    assert "Record decision" not in text
    assert f'action="{PATH}' not in text
    assert [one.status_code for one in refused] == [403, 403]
    assert office.asked == []


async def test_her_words_are_shown_only_after_the_press() -> None:
    """And are text."""
    async with made(office := OfficeTwin(), PagesHouse()) as browser:
        before = (await browser.get(PATH)).text
        after = (await browser.post(PATH + "/words", data={"csrf": CSRF})).text
    assert "alone" not in before
    assert "found &lt;b&gt;alone&lt;/b&gt;" in after
    assert "As it left [PATIENT_1]" in after
    assert office.asked == [("read", GRANT)]


async def test_what_fell_outside_is_marked_and_counted() -> None:
    """A refusal, a document that stayed closed, a text that left the hospital."""
    async with made(OfficeTwin(), PagesHouse()) as browser:
        text = (await browser.get(PATH)).text
    assert text.count('<li class="mark">') == 2
    assert "By the rule psychotherapy closed." in text
    assert "2 questions, 2 documents; 1 refused, 1 document stayed closed, 1 sent outside." in text


async def test_each_outcome_says_what_it_sets_off_and_is_recorded_once() -> None:
    """Sent twice it does one thing; an outcome or a note that is none does nothing."""
    async with made(office := OfficeTwin(), PagesHouse()) as browser:
        text = (await browser.get(PATH)).text
        for _, word, sets in OUTCOMES:
            assert word in text
            assert sets in text
        assert (await browser.post(PATH, data={**DECIDED, "once": "b", "outcome": "fine"})).status_code == 400
        assert (await browser.post(PATH, data={**DECIDED, "once": "c", "why": " "})).status_code == 400
        answers = [await browser.post(PATH, data=DECIDED) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, PATH)] * 2
    assert office.asked == [("decide", GRANT, ReviewOutcome.TRAINING, "all fine")]


async def test_while_it_is_open_only_clarifying_can_be_chosen() -> None:
    """The adapter refuses the others; the page says so before."""
    entry = replace(ENTRY, ends_at=NOW + timedelta(minutes=5))
    async with made(OfficeTwin(entry_=entry), PagesHouse()) as browser:
        text = (await browser.get(PATH)).text
    assert text.count(" disabled") == 3
    assert "Until it is over" in text


async def test_the_second_of_two_reviewers_is_told_and_keeps_her_note() -> None:
    """409, with what was decided."""
    office = OfficeTwin(refusal=InvalidRequestError("This review was decided.", param="emergency"))
    async with made(office, PagesHouse()) as browser:
        office.entry_ = replace(ENTRY, outcome="training", reviewed_at=NOW)
        answer = await browser.post(PATH, data={**DECIDED, "why": "my <b>note</b>"})
    assert answer.status_code == 409
    assert "Your decision was not recorded" in answer.text
    assert "my &lt;b&gt;note&lt;/b&gt;" in answer.text
    assert "Record decision" not in answer.text


@pytest.mark.parametrize("path", [PATH, PATH + "/words"])
async def test_whoever_must_confirm_goes_to_the_provider_and_her_note_is_kept(path: str) -> None:
    """And it may be sent again afterwards."""
    house = PagesHouse()
    async with made(office := OfficeTwin(refusal=STEP_UP), house) as browser:
        answer = await browser.post(path, data=DECIDED)
        assert answer.headers["location"].startswith("https://idp.example/")
        assert house.drafts.kept[PATH]["why"] == "all fine"
        office.refusal = None
        text = (await browser.get(PATH)).text
    assert "all fine</textarea>" in text
    assert office.asked == []


@pytest.mark.parametrize("name", ["1", "x" * 40, "00000000-0000-0000-0000-00000000004G", str(GRANT).replace("-", "")])
async def test_an_address_that_names_nothing_is_refused(name: str) -> None:
    """Like an unknown id."""
    async with made(OfficeTwin(), PagesHouse()) as browser:
        answer = await browser.get(f"/queue/{name}")
    assert answer.status_code == 400
    assert "There is nothing of that id here." in answer.text


def test_a_request_is_told_message_by_message_and_what_is_none_as_it_stands() -> None:
    """The last question of hers stands apart."""
    sent = '{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q1"}, {"role": "user", "content": "q2"}]}'  # noqa: E501
    one, two = UUID(int=1), UUID(int=2)
    made = exchanges([SeenText(one, "sent", sent), SeenText(one, "received", "a"), SeenText(two, "sent", "{not json")])
    assert made[one] == Exchange("q2", "a", (("system", "s"), ("user", "q1"), ("user", "q2")))
    assert made[two] == Exchange("", "", (("text", "{not json"),))
