"""The rooms of officer and administrator: nothing is read or done before policy allowed it. The rest: the stories."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from phiward.domain.emergency import ReviewOutcome
from phiward.domain.errors import NotPermittedError
from phiward.domain.people import PurposeOfUse, Role
from phiward.wiring.duties import STEP_UP
from phiward.wiring.office import PeopleRoom, QueueRoom, ReviewRoom
from tests.console.office_twins import ENTRY, GRANT, ME
from tests.console.twins import NOW, signed
from tests.wiring.test_duties import duties, fresh

NOTHING: Any = None
"""Whatever reached for an adapter would fail on it."""
ONE = UUID(int=9)


@pytest.mark.parametrize(
    "call",
    [
        lambda d, who: QueueRoom(d, NOTHING, NOTHING).reviews(who),
        lambda d, who: QueueRoom(d, NOTHING, NOTHING).waiting(who),
        lambda d, who: QueueRoom(d, NOTHING, NOTHING).watched(who),
        lambda d, who: ReviewRoom(d, NOTHING).entry(who, ONE),
        lambda d, who: ReviewRoom(d, NOTHING).seen(who, ONE),
        lambda d, who: ReviewRoom(d, NOTHING).read(who, ENTRY),
        lambda d, who: ReviewRoom(d, NOTHING).decide(who, ONE, ReviewOutcome.TRAINING, "note"),
        lambda d, who: ReviewRoom(d, NOTHING).report(who, ONE),
        lambda d, who: ReviewRoom(d, NOTHING).report_words(who, ONE),
        lambda d, who: ReviewRoom(d, NOTHING).close_report(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).people(who),
        lambda d, who: PeopleRoom(d, NOTHING).person(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).set_roles(who, ONE, [Role.NURSE]),
        lambda d, who: PeopleRoom(d, NOTHING).sessions(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).end_sessions(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).sees(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).grants(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).reason(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).revoke(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).relations(who, "Practitioner/1"),
        lambda d, who: PeopleRoom(d, NOTHING).end_relation(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).patient(who, "MRN-1"),
        lambda d, who: PeopleRoom(d, NOTHING).who_may_see(who, ONE),
        lambda d, who: PeopleRoom(d, NOTHING).who_looked(who, ONE, NOW, NOW),
        lambda d, who: PeopleRoom(d, NOTHING).why(who, ONE, ONE, PurposeOfUse.TREAT),
    ],
)
async def test_a_clinician_reaches_no_room_and_the_refusal_is_on_record(call: Any) -> None:
    """Whatever page she forges."""
    made = duties()
    with pytest.raises(NotPermittedError):
        await call(made, fresh(Role.PHYSICIAN))
    assert len(cast(Any, made.access).told) == 1


async def test_sealed_words_and_decisions_need_a_fresh_login_and_are_never_ones_own() -> None:
    """In this order: first that it is she, then whose it is."""
    room = ReviewRoom(duties(), NOTHING)
    for call in (room.read(signed(Role.PRIVACY_OFFICER).caller, ENTRY),
                 room.decide(signed(Role.PRIVACY_OFFICER).caller, GRANT, ReviewOutcome.TRAINING, "note")):  # fmt: skip
        with pytest.raises(NotPermittedError) as caught:
            await call
        assert caught.value.rule == STEP_UP
    with pytest.raises(NotPermittedError) as caught:
        await room.read(fresh(Role.PRIVACY_OFFICER), replace(ENTRY, person=ME))
    assert caught.value.rule == "self_review"


async def test_nobody_sets_her_own_roles() -> None:
    """Separation of duties, as in the admin API."""
    with pytest.raises(NotPermittedError) as caught:
        await PeopleRoom(duties(), NOTHING).set_roles(fresh(Role.ADMINISTRATOR), ME, [Role.PHYSICIAN])
    assert caught.value.rule == "own_access"


def test_a_rule_is_told_in_words_and_an_unknown_one_by_its_name() -> None:
    """A rule of last year may be gone."""
    room = PeopleRoom(duties(), NOTHING)
    assert "Administrators manage" in room.reason_of("administrator_acts")
    assert room.reason_of("old_rule") == "old rule"
