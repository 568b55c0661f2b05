"""Reviews: who may not, then what each outcome does, and what happens when nobody decides."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.domain.administration import UnknownIdError
from phiward.domain.emergency import ReviewOutcome
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import Role
from tests.adapters.postgres.emergency_house import EmergencyHouse, emergency_house, unknown
from tests.postgres import RunningDatabase

O = ReviewOutcome  # noqa: E741 - the outcomes


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[EmergencyHouse]:
    """Furnished anew for each test."""
    async with emergency_house(db, running) as made:
        yield made


async def over(house: EmergencyHouse) -> UUID:
    """An emergency that was closed."""
    grant = await house.open()
    await house.emergencies.end(house.caller, grant.id)
    return UUID(str(grant.id))


async def test_nobody_reviews_her_own_access(house: EmergencyHouse) -> None:
    """Although she is a privacy officer too."""
    emergency = await over(house)
    house.base.as_admin("UPDATE person SET roles = '{physician,privacy_officer}' WHERE id = %s", house.caller.person)
    with pytest.raises(NotPermittedError) as caught:
        await house.reviews.decide(house.tenant, emergency, house.caller.person, O.APPROPRIATE, "all fine")
    assert caught.value.rule == "self_review"


async def test_only_an_active_privacy_officer_reviews(house: EmergencyHouse) -> None:
    """Not an administrator, not somebody who left, not somebody of elsewhere."""
    emergency = await over(house)
    administrator = await house.base.home.person(Role.ADMINISTRATOR, practitioner=None)
    house.base.as_admin("UPDATE person SET active = false WHERE id = %s", house.officer)
    for reviewer in (administrator, house.officer, unknown()):
        with pytest.raises(NotPermittedError) as caught:
            await house.reviews.decide(house.tenant, emergency, reviewer, O.APPROPRIATE, "all fine")
        assert caught.value.rule == "reviewer"


async def test_what_cannot_be_decided_is_refused(house: EmergencyHouse) -> None:
    """Unknown, still open, without a note, twice."""
    with pytest.raises(UnknownIdError):
        await house.reviews.decide(house.tenant, unknown(), house.officer, O.APPROPRIATE, "all fine")
    grant = await house.open()
    with pytest.raises(InvalidRequestError, match="open"):
        await house.reviews.decide(house.tenant, grant.id, house.officer, O.APPROPRIATE, "all fine")
    await house.emergencies.end(house.caller, grant.id)
    for note in ("", "  a ", "x" * 5_000):
        with pytest.raises(InvalidRequestError, match="note"):
            await house.reviews.decide(house.tenant, grant.id, house.officer, O.APPROPRIATE, note)
    await house.reviews.decide(house.tenant, grant.id, house.officer, O.APPROPRIATE, "all fine")
    with pytest.raises(InvalidRequestError, match="decided"):
        await house.reviews.decide(house.tenant, grant.id, house.officer, O.INAPPROPRIATE, "changed my mind")


@pytest.mark.parametrize(
    ("outcome", "waits", "incident", "reason"),
    [
        (O.APPROPRIATE, False, False, "done"),
        (O.TRAINING, False, False, "done, and noted"),
        (O.CLARIFY, True, False, "it stays in the queue"),
        (O.INAPPROPRIATE, False, True, "an incident is opened"),
    ],
)
async def test_each_outcome_does_what_it_says(
    house: EmergencyHouse, outcome: ReviewOutcome, waits: bool, incident: bool, reason: str
) -> None:
    """And stands on record with before and after."""
    emergency = await over(house)
    opened = await house.reviews.decide(house.tenant, emergency, house.officer, outcome, "Looked at everything.")
    assert [one.id for one in await house.reviews.queue(house.tenant)] == ([emergency] if waits else []), reason
    assert (opened is not None) == incident
    rows = house.base.as_admin("SELECT kind, opened_by FROM incident WHERE tenant = %s", house.tenant)
    assert rows == ([("inappropriate_emergency_access", house.officer)] if incident else [])
    last = await house.base.last()
    assert (last["action"], last["reviewer"]) == ("emergency.reviewed", str(house.officer))
    assert "Looked at" not in str(last)


async def test_the_queue_says_who_why_and_until_when(house: EmergencyHouse) -> None:
    """The most urgent first; nothing about the patient but an opaque id."""
    emergency = await over(house)
    (entry,) = await house.reviews.queue(house.tenant)
    assert (entry.id, entry.person, entry.patient) == (emergency, house.caller.person, house.patient)
    assert (entry.reason, entry.overdue, entry.outcome) == ("threat_to_life", False, None)
    assert entry.review_due > entry.starts_at
    assert await house.reviews.entry(house.tenant, emergency) == entry
    with pytest.raises(UnknownIdError):
        await house.reviews.entry(house.tenant, unknown())
    await house.reviews.decide(house.tenant, emergency, house.officer, O.TRAINING, "Asked her to note why.")
    assert await house.reviews.queue(house.tenant) == ()
    assert len(await house.reviews.queue(house.tenant, every=True)) == 1


async def test_a_late_review_is_escalated_exactly_once(house: EmergencyHouse) -> None:
    """To officers and administrators; a clarification gives it new time, and then it may be late again."""
    administrator = await house.base.home.person(Role.ADMINISTRATOR, practitioner=None)
    house.base.as_admin("UPDATE person SET email = 'admin@hospital.example' WHERE id = %s", administrator)
    emergency = await over(house)
    assert await house.reviews.escalate(house.tenant) == 0
    house.clock.ahead = timedelta(days=10)
    assert [one.overdue for one in await house.reviews.queue(house.tenant)] == [True]
    assert [await house.reviews.escalate(house.tenant) for _ in range(3)] == [1, 0, 0]
    told = [one for one in house.alerts() if one[0] == "emergency.review_overdue"]
    assert {one[2] for one in told} == {"officer@hospital.example", "admin@hospital.example", "configured"}
    await house.reviews.decide(house.tenant, emergency, house.officer, O.CLARIFY, "Which ward was it?")
    assert await house.reviews.escalate(house.tenant) == 0
    house.clock.ahead = timedelta(days=30)
    assert await house.reviews.escalate(house.tenant) == 1


async def test_what_was_seen_under_a_grant_is_read_from_the_log(house: EmergencyHouse, db: Any) -> None:
    """By the auditor's role; entries without it, or of another grant, are not among them."""
    emergency = await over(house)
    seen = SeenUnderGrant(db.auditor)
    assert await seen.under(house.tenant, emergency) == ()
    for grant, kind in ((str(emergency), "intent"), (str(unknown()), "intent"), (None, "refusal")):
        leaf = (
            '{"facts":{"emergency":%s,"documents":["d1","d2"],"destination_class":"baa"}}'
            % ("null" if grant is None else f'"{grant}"')
        ).encode()
        house.base.as_admin(
            "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)"
            " VALUES (%s, %s, %s, %s, %s, now(), %s)",
            unknown(), house.tenant, unknown(), kind, unknown(), leaf,
        )  # fmt: skip
    (one,) = await seen.under(house.tenant, emergency)
    assert (one.kind, one.documents, one.destination_class) == ("intent", ("d1", "d2"), "baa")
    assert await seen.under(unknown(), emergency) == ()  # the auditor's role reads every organisation


async def test_a_clarification_may_be_asked_while_the_access_lasts(house: EmergencyHouse) -> None:
    """Nothing else may; and it is no decision."""
    grant = await house.open()
    assert await house.reviews.decide(house.tenant, grant.id, house.officer, O.CLARIFY, "Which ward is it?") is None
    assert (await house.reviews.entry(house.tenant, grant.id)).outcome is None


async def test_what_was_decided_is_overdue_no_more(house: EmergencyHouse) -> None:
    """However long ago it was due."""
    emergency = await over(house)
    await house.reviews.decide(house.tenant, emergency, house.officer, O.APPROPRIATE, "all fine")
    house.clock.ahead = timedelta(days=10)
    assert [one.overdue for one in await house.reviews.queue(house.tenant, every=True)] == [False]


async def test_the_fourth_access_within_a_day_is_flagged_and_those_before_it_are_not(house: EmergencyHouse) -> None:
    """Also when the others were closed or decided; a day later it is not, nor is another clinician's."""
    first = await over(house)
    await house.reviews.decide(house.tenant, first, house.officer, O.APPROPRIATE, "all fine")
    opened = [first, *[await over(house) for _ in range(3)]]
    flags = {one.id: one.frequent for one in await house.reviews.queue(house.tenant, every=True)}
    assert [flags[one] for one in opened] == [False, False, False, True]
    assert (await house.reviews.entry(house.tenant, opened[-1])).frequent
    house.base.as_admin("UPDATE access_grant SET person = %s WHERE id = %s", house.officer, opened[1])
    assert not (await house.reviews.entry(house.tenant, opened[-1])).frequent
    house.base.as_admin("UPDATE access_grant SET person = %s WHERE id = %s", house.caller.person, opened[1])
    house.base.as_admin("UPDATE access_grant SET starts_at = starts_at - interval '1 day' WHERE id = %s", first)
    assert not (await house.reviews.entry(house.tenant, opened[-1])).frequent


async def test_the_reviewer_reads_why_in_the_clinicians_own_words(house: EmergencyHouse) -> None:
    """They stand sealed under the patient's key; so does the note."""
    emergency = await over(house)
    assert await house.reviews.words(house.tenant, emergency) == ("found alone", None)
    await house.reviews.decide(house.tenant, emergency, house.officer, O.CLARIFY, "Which ward was it?")
    assert await house.reviews.words(house.tenant, emergency) == ("found alone", "Which ward was it?")
    with pytest.raises(UnknownIdError):
        await house.reviews.words(house.tenant, unknown())
